"""A request to a protected endpoint: checks its key, rate limit and signature before the endpoint runs."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox.cardpluspay.accounts import account_of_key
from bot.sandbox.cardpluspay.api.fields import Fields
from bot.sandbox.cardpluspay.choices import Choices
from bot.sandbox.cardpluspay.errors import Refusal, too_many_requests, unauthorised
from bot.sandbox.cardpluspay.fulfilment import catch_up
from bot.sandbox.cardpluspay.request_conditions import RequestConditions
from bot.sandbox.cardpluspay.signing import is_signed
from bot.sandbox.cardpluspay.vendor import BASE_PATH, Vendor
from bot.sandbox.vendors.json_decimal import loads

KEY_HEADER = b"X-API-Key"


@dataclass
class AuthenticatedRequest:
    """`account` is a row of accounts."""

    request: Request
    vendor: Vendor
    account: Any
    conditions: RequestConditions

    @property
    def choices(self) -> Choices:
        return self.conditions.choices

    def query(self) -> Fields:
        return Fields(self.request.query_params, self.choices)

    async def body(self) -> Fields:
        """Answers 400 unless the body is a JSON object."""
        try:
            content = loads(await self.request.body())
        except ValueError as error:
            raise Refusal(400, "Malformed request body") from error
        if not isinstance(content, dict):
            raise Refusal(400, "Malformed request body")
        return Fields(content, self.choices)


Endpoint = Callable[[AuthenticatedRequest], Awaitable[Response]]


def protected(path: str, endpoint: Endpoint, *, method: str = "GET", signed: bool = True) -> Route:
    """A route below the base path, with key, rate limit and, if enabled, signature."""

    async def answer(request: Request) -> Response:
        vendor: Vendor = request.app.state.vendor
        catch_up(vendor)
        conditions = RequestConditions.of(vendor.choices, request.state.faults)
        account = _holder(vendor, request, conditions.choices)
        _spend(vendor, account, conditions.choices)
        if signed and account["public_key"]:
            _demand_signature(vendor, account, request)
        return await endpoint(AuthenticatedRequest(request, vendor, account, conditions))

    return Route(path if path.startswith("/") else f"{BASE_PATH}/{path}", answer, methods=[method])


def _holder(vendor: Vendor, request: Request, choices: Choices) -> Any:
    """The account that has this key. Answers 401 when there is none."""
    key = request.headers.get("x-api-key")
    if key is None or (choices.key_header == "exact" and KEY_HEADER not in request.state.spelled):
        raise unauthorised("API key is missing")
    account = account_of_key(vendor.db, key)
    if account is None or not account["active"]:
        raise unauthorised("Invalid or inactive API key")
    return account


def _spend(vendor: Vendor, account: Any, choices: Choices) -> None:
    if not choices.calls_per_minute:
        return
    who, now = str(account["id"]), vendor.clock.now()
    wait_s = vendor.quotas.spend(who, most=choices.calls_per_minute, now=now)
    if wait_s is not None:
        raise too_many_requests(wait_s if choices.retry_after else None)


def _demand_signature(vendor: Vendor, account: Any, request: Request) -> None:
    challenge, signature = (request.headers.get(f"x-api-{name}", "") for name in ("challenge", "signature"))
    if not (challenge and signature):
        raise unauthorised("Request signature is missing")
    if not is_signed(vendor, account, challenge, signature):
        raise unauthorised("Request signature is invalid")
