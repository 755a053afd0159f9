"""Responses: the envelope, pagination, amounts as text or number, times with an offset."""

import math
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from starlette.responses import Response

from bot.sandbox.cardpluspay.choices import Choices
from bot.sandbox.vendors.json_decimal import DecimalJsonResponse

ZONE = timezone(timedelta(hours=2))


def success(message: str, content: Any, status: int = 200) -> Response:
    return DecimalJsonResponse({"success": True, "message": message, "data": content}, status)


def as_text(amount: Decimal, choices: Choices) -> str | Decimal:
    """For a field that is documented as a string of two decimals."""
    return amount if choices.money == "swapped" else str(amount)


def as_number(amount: Decimal, choices: Choices) -> str | Decimal:
    """For a field that is documented as a number."""
    return str(amount) if choices.money == "swapped" else amount


def short(amount: Decimal) -> Decimal:
    """20.00 becomes 20."""
    return Decimal(format(amount.normalize(), "f"))


def pagination(total: int, per_page: int, page: int) -> dict[str, int]:
    last_page = max(1, math.ceil(total / per_page))
    return {"total": total, "per_page": per_page, "current_page": page, "last_page": last_page}


def iso_timestamp(seconds: float) -> str:
    """ISO 8601 to the second with a numeric offset, e.g. 2026-06-02T11:15:31+02:00."""
    return datetime.fromtimestamp(seconds, ZONE).isoformat(timespec="seconds")
