"""/admin, the page of the back office: a frame that all vendors share, filled by each vendor's files."""

from pathlib import Path
from string import Template

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

FRAME = Path(__file__).parent / "page"
FRESH = {"Cache-Control": "no-cache"}


def page_routes(folder: Path, **words: str) -> list[Route]:
    """The page of the vendor whose `above.html`, `below.html` and `page.js` are in this folder."""

    async def page(_request: Request) -> Response:
        parts = {name: (folder / f"{name}.html").read_text() for name in ("above", "below")}
        return HTMLResponse(
            Template((FRAME / "page.html").read_text()).substitute(words, **parts), headers=FRESH
        )

    return [
        Route("/", _home),
        Route("/admin", page),
        _asset("page.css", FRAME),
        _asset("office.js", FRAME),
        _asset("page.js", folder),
    ]


async def _home(_request: Request) -> Response:
    return RedirectResponse("/admin")


def _asset(name: str, folder: Path) -> Route:
    async def answer(_request: Request) -> Response:
        return FileResponse(folder / name, headers=FRESH)

    return Route(f"/admin/{name}", answer)
