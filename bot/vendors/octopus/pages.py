"""Octopus Cards' lists, page by page, and where they end."""

from collections.abc import AsyncIterator
from typing import Protocol, TypeVar

from bot.vendors.contract import OutcomeUnknown
from bot.vendors.http.responses import Response
from bot.vendors.octopus.catalogue import ProductPayload
from bot.vendors.octopus.identity import OCTOPUS
from bot.vendors.octopus.orders import OrderPayload
from bot.vendors.octopus.payloads import elements, parse_each
from bot.vendors.octopus.wallet_transactions import TransactionPayload

Listed = TypeVar("Listed", ProductPayload, TransactionPayload, OrderPayload)
_MOST_PAGES = 200


class Get(Protocol):
    async def __call__(self, path: str, timeout_s: float | None = None, **query: str | int) -> Response: ...


async def pages(
    get: Get, path: str, model: type[Listed], limit: int, **query: str | int
) -> AsyncIterator[tuple[Response, list[Listed]]]:
    """Raises OutcomeUnknown for a list that does not end."""
    seen: set[str | None] = set()
    for page in range(1, _MOST_PAGES + 1):
        response = await get(path, None, page=page, limit=limit, **query)
        payloads = parse_each(model, response)
        ids = {payload.id for payload in payloads}
        if ids and ids <= seen and _more_by_headers(response, page) is None:
            return  # the list has no pages, and is the same each time
        seen |= ids
        yield response, payloads
        if not _has_more(response, page, limit):
            return
    raise OutcomeUnknown(f"{OCTOPUS.title}' list at {path} has no end: we stopped after {_MOST_PAGES} pages.")


def total_of(response: Response) -> int | None:
    """The number of elements on all pages, where the vendor tells it."""
    total = response.headers.get("x-total-count", "")
    return int(total) if total.isascii() and total.isdigit() and len(total) < 10 else None


def _more_by_headers(response: Response, page: int) -> bool | None:
    """Whether the headers say that there are more pages. None without such headers."""
    more = response.headers.get("x-has-more", "").lower()
    pages = response.headers.get("x-total-pages", "")
    if more in ("true", "false"):
        return more == "true"
    if pages.isascii() and pages.isdigit() and len(pages) < 10:
        return page < int(pages)
    return None


def _has_more(response: Response, page: int, limit: int) -> bool:
    """Without headers, a full page may be followed by another."""
    size, more = len(elements(response)), _more_by_headers(response, page)
    return size > 0 and (size >= limit if more is None else more)
