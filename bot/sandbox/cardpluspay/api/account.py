"""API information (2.1), the balance (2.7), and challenges for accounts that sign requests (1.2)."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.sandbox.cardpluspay.api.authenticated_request import AuthenticatedRequest, protected
from bot.sandbox.cardpluspay.responses import as_text, iso_timestamp, success
from bot.sandbox.cardpluspay.signing import issue_challenge
from bot.sandbox.cardpluspay.vendor import BASE_PATH
from bot.sandbox.vendors.currencies import from_minor_units


async def read_information(_request: Request) -> Response:
    """No key is needed."""
    return success("CardPlusPay API", {"name": "CardPlusPay API", "version": "v1", "deprecations": []})


async def read_balance(call: AuthenticatedRequest) -> Response:
    currency = call.account["currency"]
    balance = as_text(from_minor_units(call.account["balance"], currency), call.choices)
    content = {"balance": balance, "currency": currency, "state": "success"}
    return success("Balance retrieved successfully", content)


async def give_challenge(call: AuthenticatedRequest) -> Response:
    challenge, expires_at = issue_challenge(call.vendor, call.account)
    return success("Challenge issued", {"challenge": challenge, "expires_at": iso_timestamp(expires_at)})


def routes(challenge_path: str) -> list[BaseRoute]:
    return [
        Route(BASE_PATH, read_information),
        Route(f"{BASE_PATH}/", read_information),
        protected("balance", read_balance),
        protected(challenge_path, give_challenge, signed=False),
    ]
