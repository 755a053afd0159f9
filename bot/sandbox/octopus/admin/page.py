"""/admin, the page of the back office, and the pictures of the cards."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox.octopus.catalogue.pictures import card_picture
from bot.sandbox.vendors.admin_page import page_routes


async def picture(request: Request) -> Response:
    name = request.path_params["name"]
    return Response(card_picture(name), media_type="image/png", headers={"Cache-Control": "max-age=86400"})


ROUTES = [
    *page_routes(
        Path(__file__).parent,
        name="Octopus Cards",
        icon="🐙",
        target="Path or event",
        path="/api/v1/orders*",
        match="",
        whose="X-Request-Id",
    ),
    Route("/images/{name}.png", picture),
]
