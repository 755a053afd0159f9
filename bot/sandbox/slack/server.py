"""The stand-in's web application: its routes and background tasks."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from bot.sandbox.slack import client_api, control, response_url_posts, web_api
from bot.sandbox.slack.stand_in import StandIn
from bot.sandbox.slack.vendor_admin import VendorAdmin

PAGE = Path(__file__).parent / "page"
PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "Cache-Control": "no-cache",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
Answer = Callable[[StandIn, Request], Awaitable[Response]]


def build(slack: StandIn, vendors: Sequence[VendorAdmin] = ()) -> Starlette:
    def route(path: str, answer: Answer, *methods: str) -> Route:
        async def endpoint(request: Request) -> Response:
            return await answer(slack, request)

        return Route(path, endpoint, methods=list(methods))

    async def vendor_faults(_: StandIn, request: Request) -> Response:
        return await control.answer_for_vendor(vendors, request)

    async def list_vendors(_: StandIn, _request: Request) -> Response:
        return await control.list_vendors(vendors)

    async def session(socket: WebSocket) -> None:
        await client_api.serve_session(slack, socket)

    async def app_socket(socket: WebSocket) -> None:
        await slack.socket_mode.serve(socket)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        for vendor in vendors:
            slack.tasks.start(slack.network.watch(vendor))
        slack.state_writer.write()
        yield
        slack.leave()
        for vendor in vendors:
            await vendor.close()
        await slack.dispatcher.transport.close()
        slack.state_writer.write()

    return Starlette(
        lifespan=lifespan,
        routes=[
            route("/api/{method}", web_api.answer_call, "GET", "POST"),
            route("/hooks/{team}/{key}/{secret}", response_url_posts.answer_response_url_post, "POST"),
            route("/client/boot", _boot, "GET"),
            route("/client/history", _history, "GET"),
            route("/client/{client_call}", client_api.answer_client_call, "POST"),
            route("/control/vendors", list_vendors, "GET"),
            route("/control/vendors/{number:int}/faults", vendor_faults, "GET", "POST", "DELETE"),
            route("/control/{handler}", control.answer_control, "GET", "POST", "DELETE"),
            WebSocketRoute("/client/socket", session),
            WebSocketRoute("/socket/", app_socket),
            route("/", _page, "GET"),
            route("/page/{path:path}", _page, "GET"),
            route("/archives/{channel}/{ts}", _page, "GET"),
            route("/health", _health, "GET"),
        ],
    )


async def _boot(slack: StandIn, request: Request) -> Response:
    async def work() -> dict[str, object]:
        return client_api.boot(slack, request.query_params["user"])

    return await client_api.answered(work)


async def _history(slack: StandIn, request: Request) -> Response:
    async def work() -> dict[str, object]:
        return client_api.history(slack, request.query_params["user"], request.query_params["channel"])

    return await client_api.answered(work)


async def _health(slack: StandIn, request: Request) -> Response:  # noqa: ARG001  # an Answer gets both
    return JSONResponse({"ok": True})


async def _page(slack: StandIn, request: Request) -> Response:  # noqa: ARG001
    wanted = (PAGE / request.path_params.get("path", "index.html")).resolve()
    if not wanted.is_relative_to(PAGE) or not wanted.is_file():
        return Response("Not found", 404)
    return FileResponse(wanted, headers=PAGE_HEADERS)
