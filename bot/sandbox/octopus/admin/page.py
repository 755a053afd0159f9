"""/admin, the back office's page, and the pictures of the cards."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

PAGE = Path(__file__).parent / "page.html"


async def back_office(_request: Request) -> Response:
    return HTMLResponse(PAGE.read_text())


async def home(_request: Request) -> Response:
    return RedirectResponse("/admin")


ROUTES = [Route("/", home), Route("/admin", back_office)]
