"""Error responses: the envelope with `success` false. There are no error codes, only status and message."""

from typing import Any

from starlette.responses import Response

from bot.sandbox.cardpluspay.choices import Choices
from bot.sandbox.vendors.json_decimal import DecimalJsonResponse

MESSAGES = {
    400: "Bad request",
    403: "Forbidden",
    404: "Resource not found",
    405: "Method not allowed",
    409: "Conflict",
    429: "Too many requests, please slow down",
    500: "Something went wrong, please try again later",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


class Refusal(Exception):  # a response, not an error of ours
    """`details` become `data`; without them, the choice `failure_data` decides what `data` is."""

    def __init__(
        self,
        status: int,
        message: str,
        details: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status}: {message}")
        self.status, self.message, self.details = status, message, details
        self.headers = headers or {}

    def answer(self, choices: Choices) -> Response:
        body: dict[str, Any] = {"success": False, "message": self.message}
        if self.details is not None:
            body["data"] = self.details
        elif choices.failure_data != "absent":
            body["data"] = {} if choices.failure_data == "empty" else None
        return DecimalJsonResponse(body, self.status, self.headers)


class NotSold(Refusal):
    """No stock or not enough money. `terms` are those of the order that was refused."""

    def __init__(self, message: str, terms: dict[str, Any]) -> None:
        super().__init__(400, message)
        self.terms = terms


def unauthorised(message: str) -> Refusal:
    return Refusal(401, message)


def not_found(message: str) -> Refusal:
    return Refusal(404, message)


def unknown_item(status: int) -> Refusal:
    return Refusal(status, "Invalid item" if status == 400 else "Item not found")


def invalid(errors: dict[str, list[str]], choices: Choices) -> Refusal:
    details = {"errors": errors} if choices.field_errors else None
    return Refusal(422, "The given data was invalid", details)


def too_many_requests(retry_after_s: int | None) -> Refusal:
    headers = {} if retry_after_s is None else {"Retry-After": str(retry_after_s)}
    return Refusal(429, MESSAGES[429], headers=headers)


def of_status(status: int) -> Refusal:
    return Refusal(status, MESSAGES.get(status, "The request could not be processed"))
