"""CardPlusPay's lists: where they are in a response, and where they end. Much of it is not documented."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import structlog

from bot.vendors.cardpluspay.identity import CARDPLUSPAY
from bot.vendors.cardpluspay.payloads import Payload
from bot.vendors.contract import OutcomeUnknown
from bot.vendors.http.payloads import Count, Lenient
from bot.vendors.http.responses import MalformedResponse, Response

log = structlog.get_logger()

PAGE = 100  # the vendor's largest
_MOST_PAGES = 1000


class PaginationPayload(Payload):
    total: Lenient[Count] = None
    per_page: Lenient[Count] = None
    current_page: Lenient[Count] = None
    last_page: Lenient[Count] = None


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Any]  # without those of earlier pages
    total: int | None  # of all pages, where the vendor tells
    request_id: str | None


async def pages(
    ask: Callable[[int], Awaitable[Response]], key: str, *, to_the_end: bool = False
) -> AsyncIterator[Page]:
    """A list, page by page. Raises OutcomeUnknown for one that does not end.

    The query parameter `page` is a guess. If it selects nothing new, the list ends there; with `to_the_end`
    that raises OutcomeUnknown when the vendor says that there are more pages.
    """
    seen: set[str] = set()
    for number in range(1, _MOST_PAGES + 1):
        response = await ask(number)
        rows, at = listed(response, key), _pagination(response)
        fresh = []
        for row in rows:
            if (name := _name(row, key)) not in seen:
                seen.add(name)
                fresh.append(row)
        if number > 1 and (at.current_page not in (None, number) or not fresh):
            if at.last_page is not None and at.last_page >= number:
                log.warning("cardpluspay_pages_do_not_advance", list_of=key, page=number, last=at.last_page)
                if to_the_end:
                    raise OutcomeUnknown(
                        f"{CARDPLUSPAY.title} shows page 1 of {at.last_page} only, whichever is asked for.",
                        request_id=response.request_id,
                    )
            return
        yield Page(fresh, at.total, response.request_id)
        if not rows or (at.last_page is not None and number >= at.last_page):
            return
    raise OutcomeUnknown(f"{CARDPLUSPAY.title}'s list has no end: we stopped after {_MOST_PAGES} pages.")


def listed(response: Response, key: str) -> list[Any]:
    """The list whose elements have `key`: `data` itself, or one in it. Raises MalformedResponse."""
    data = response.value
    lists = (
        [data]
        if isinstance(data, list)
        else [value for value in (data.values() if isinstance(data, dict) else ()) if isinstance(value, list)]
    )
    carrying = [rows for rows in lists if any(isinstance(row, dict) and key in row for row in rows)]
    empty = [rows for rows in lists if not rows]
    for found in (carrying, empty):
        if len(found) == 1:
            return found[0]
    raise MalformedResponse(
        f"{CARDPLUSPAY.title} sent {len(carrying)} lists with {key} where one was expected.",
        request_id=response.request_id,
    )


def _name(row: Any, key: str) -> str:
    return str(row.get(key)) if isinstance(row, dict) else ""


def _pagination(response: Response) -> PaginationPayload:
    value = response.value.get("pagination") if isinstance(response.value, dict) else None
    return PaginationPayload.model_validate(value if isinstance(value, dict) else {})
