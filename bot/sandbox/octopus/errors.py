"""The error responses: an envelope of name, code and message."""

from starlette.responses import Response

from bot.sandbox.vendors.json_decimal import DecimalJsonResponse


class Refusal(Exception):  # a response, not an error of ours
    """A response with the error envelope."""

    def __init__(
        self, status: int, name: str, code: str, message: str, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status, self.name, self.code, self.message = status, name, code, message
        self.headers = headers or {}

    def answer(self) -> Response:
        body = {"error": {"name": self.name, "code": self.code, "message": self.message}}
        return DecimalJsonResponse(body, self.status, self.headers)


def invalid(message: str) -> Refusal:
    return Refusal(400, "ValidationException", "VALIDATION_FAILURE", message)


def bad_request(message: str) -> Refusal:
    return Refusal(400, "BadRequestError", "BAD_REQUEST", message)


def feature_off(status: int) -> Refusal:
    """The documentation names two statuses for a feature that is not enabled."""
    if status == 403:
        return forbidden("Feature not enabled")
    message = "The requested feature is not enabled for this client"
    return Refusal(400, "BadRequestError", "INVALID_FEATURE", message)


def insufficient_funds(status: int = 400) -> Refusal:
    return Refusal(status, "BadRequestError", "INSUFFICIENT_FUNDS", "Insufficient wallet balance")


def unauthorised(message: str) -> Refusal:
    return Refusal(401, "UnauthorizedError", "UNAUTHORIZED", message)


def forbidden(message: str) -> Refusal:
    return Refusal(403, "ForbiddenError", "FORBIDDEN", message)


def not_found(message: str) -> Refusal:
    return Refusal(404, "NotFoundError", "NOT_FOUND", message)


def too_many_requests(retry_after_s: int) -> Refusal:
    message = f"Rate limit exceeded. Retry after {retry_after_s} seconds."
    return Refusal(
        429, "TooManyRequestsError", "TOO_MANY_REQUESTS", message, {"Retry-After": str(retry_after_s)}
    )


OTHER_STATUSES = {
    404: ("NotFoundError", "NOT_FOUND", "Resource not found"),
    405: ("MethodNotAllowedError", "METHOD_NOT_ALLOWED", "Method not allowed"),
    413: ("PayloadTooLargeError", "PAYLOAD_TOO_LARGE", "Request body too large"),
    415: ("UnsupportedMediaTypeError", "UNSUPPORTED_MEDIA_TYPE", "Content-Type must be application/json"),
    500: ("InternalServerError", "INTERNAL_SERVER_ERROR", "Internal server error"),
    502: ("BadGatewayError", "BAD_GATEWAY", "Bad gateway"),
    503: ("ServiceUnavailableError", "SERVICE_UNAVAILABLE", "Service unavailable"),
    504: ("GatewayTimeoutError", "GATEWAY_TIMEOUT", "Gateway timeout"),
}


def of_status(status: int, headers: dict[str, str] | None = None) -> Refusal:
    return Refusal(status, *OTHER_STATUSES[status], headers)
