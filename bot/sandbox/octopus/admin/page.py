"""/admin, the back office's page, and the pictures of the cards."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.sandbox.octopus.catalogue.pictures import card_picture

HERE = Path(__file__).parent
FRESH = {"Cache-Control": "no-cache"}


async def back_office(_request: Request) -> Response:
    return FileResponse(HERE / "page.html", headers=FRESH)


def asset(kind: str) -> Callable[[Request], Awaitable[Response]]:
    async def answer(_request: Request) -> Response:
        return FileResponse(HERE / f"page.{kind}", headers=FRESH)

    return answer


async def home(_request: Request) -> Response:
    return RedirectResponse("/admin")


async def picture(request: Request) -> Response:
    name = request.path_params["name"]
    return Response(card_picture(name), media_type="image/png", headers={"Cache-Control": "max-age=86400"})


ROUTES = [
    Route("/", home),
    Route("/admin", back_office),
    *[Route(f"/admin/page.{kind}", asset(kind)) for kind in ("css", "js")],
    Route("/images/{name}.png", picture),
]
