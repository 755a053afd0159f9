"""The fault middleware with this vendor's responses, and the account a request belongs to."""

from collections.abc import Mapping

from starlette.responses import Response

from bot.sandbox.cardpluspay.accounts import account_of_key
from bot.sandbox.cardpluspay.errors import MESSAGES, Refusal, of_status, too_many_requests
from bot.sandbox.cardpluspay.vendor import Vendor
from bot.sandbox.vendors import fault_middleware
from bot.sandbox.vendors.faults import Fault


class FaultMiddleware(fault_middleware.FaultMiddleware):
    stand_in: Vendor

    def invalid_fault(self, why: str) -> Response:
        return Refusal(400, why).answer(self.stand_in.choices)

    def rate_limited(self, fault: Fault) -> Response:
        silent = fault.options.get("header") == "no" or not self.stand_in.choices.retry_after
        return too_many_requests(None if silent else int(fault.seconds(9))).answer(self.stand_in.choices)

    def failing(self, status: int) -> tuple[Response, str]:
        return of_status(status).answer(self.stand_in.choices), MESSAGES.get(status, "OK")

    def account(self, headers: Mapping[str, str]) -> str:
        row = account_of_key(self.stand_in.db, headers.get("x-api-key", ""))
        return "" if row is None else str(row["id"])
