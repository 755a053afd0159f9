"""A request to a protected endpoint: checks the token, the IP list and the quota; reads its parameters."""

import ipaddress
import json
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox.octopus import tokens
from bot.sandbox.octopus.errors import bad_request, feature_off, forbidden, invalid, of_status, unauthorised
from bot.sandbox.octopus.vendor import Vendor
from bot.sandbox.vendors.faults import Faults
from bot.sandbox.vendors.json_decimal import DecimalJsonResponse, loads

BIGGEST_ID = 2_147_483_647
BIGGEST_BODY = 1_000_000


@dataclass
class AuthenticatedRequest:
    """`client` is a row of clients, `token` the access token of the request."""

    request: Request
    vendor: Vendor
    faults: Faults
    client: Any
    token: str

    def path_id(self, refusal: str) -> int:
        """The id in the path. Answers 400 with this text unless it is a positive integer."""
        return whole_number(self.request.path_params["id"], bad_request(refusal))

    def integer(self, name: str, usual: int | None = None, *, most: int = BIGGEST_ID) -> Any:
        """A positive integer in the query, `usual` when absent."""
        text = self.request.query_params.get(name)
        refusal = bad_request("Invalid query parameters")
        return usual if text is None else whole_number(text, refusal, most)

    def choice(self, name: str, *known: str) -> str:
        """One of the known words in the query, the first one when absent."""
        word = self.request.query_params.get(name, known[0])
        if word not in known:
            raise bad_request("Invalid query parameters")
        return word

    def page(self, entries: list[Any], total: int, page: int, limit: int) -> Response:
        """The list alone as the body, with the six pagination headers."""
        pages = math.ceil(total / limit)
        headers = {
            "X-Page": str(page),
            "X-Per-Page": str(limit),
            "X-Total-Count": str(total),
            "X-Total-Pages": str(pages),
            "X-Page-Size": str(len(entries)),
            "X-Has-More": "true" if page < pages else "false",
        }
        return DecimalJsonResponse(entries, headers=headers)


Endpoint = Callable[[AuthenticatedRequest], Awaitable[Response]]


def protected(
    path: str, endpoint: Endpoint, *, method: str = "GET", quota: str = "get", feature: bool = True
) -> Route:
    """A route that needs a bearer token, an allowed IP address, the vouchers feature and free quota."""

    async def answer(request: Request) -> Response:
        vendor: Vendor = request.app.state.vendor
        faults: Faults = request.state.faults
        client, token = authenticated(vendor, request, faults)
        if feature and not client["vouchers_enabled"]:
            raise feature_off(vendor.choices.feature_off_status)
        spend(vendor, f"client {client['id']}", quota)
        return await endpoint(AuthenticatedRequest(request, vendor, faults, client, token))

    return Route(path, answer, methods=[method])


def authenticated(vendor: Vendor, request: Request, faults: Faults) -> tuple[Any, str]:
    """The client and its access token. Answers 401 or 403."""
    header = request.headers.get("authorization")
    if not header:
        raise unauthorised("Authorization header required")
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer":
        raise unauthorised("Invalid token")
    if "token-expired" in faults:
        tokens.revoke(vendor, token)
    client_id = tokens.client_of(vendor, token, "access")
    client = vendor.db.one("SELECT * FROM clients WHERE id = ?", client_id)
    require_allowed_ip(client, request)
    return client, token


def require_allowed_ip(client: Any, request: Request) -> None:
    """Answers 403 when the client has an IP list without the caller's address."""
    allowed = json.loads(client["ip_list"])
    refusal = forbidden("IP address not authorized")
    try:
        caller = ipaddress.ip_address(request.client.host if request.client else "")
    except ValueError as error:
        raise refusal from error
    if allowed and not any(caller in ipaddress.ip_network(cidr) for cidr in allowed):
        raise refusal


def spend(vendor: Vendor, who: str, quota: str) -> None:
    if vendor.choices.rate_limits:
        vendor.quotas.spend(who, quota, vendor.clock.now())


async def json_body(request: Request) -> dict[str, Any]:
    """The body as an object with exact decimals. Answers 415, 413 or 400."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise of_status(415)
    raw = await request.body()
    if len(raw) > BIGGEST_BODY:
        raise of_status(413)
    try:
        body = loads(raw)
    except ValueError as error:
        raise invalid("Invalid request body") from error
    if not isinstance(body, dict):
        raise invalid("Invalid request body")
    return body


def whole_number(text: str, refusal: Exception, most: int = BIGGEST_ID) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and 1 <= int(text) <= most):
        raise refusal
    return int(text)
