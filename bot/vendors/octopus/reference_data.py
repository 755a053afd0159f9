"""The vendor's tables of countries, currencies and categories. Each is read at most once a day."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog
from cachetools import TTLCache

from bot.domain.catalogue import Names
from bot.vendors.contract import Refused
from bot.vendors.octopus.catalogue import CategoryPayload, CountryPayload, CurrencyPayload
from bot.vendors.octopus.pages import Get
from bot.vendors.octopus.payloads import Payload, parse_each

log = structlog.get_logger()

T = TypeVar("T", bound=Payload)
_CURRENCIES = "/currencies"


class ReferenceData:
    def __init__(self, get: Get, clock: Callable[[], datetime]) -> None:
        self._get = get
        # The vendor asks to keep its tables for a day.
        self._tables: TTLCache[str, list[Any], datetime] = TTLCache(8, ttl=timedelta(days=1), timer=clock)

    async def currencies(self, *, timeout_s: float | None = None) -> dict[str, str]:
        """ISO 4217 codes by the vendor's currency id."""
        table = await self._table(_CURRENCIES, CurrencyPayload, timeout_s)
        return {payload.id: payload.currency for payload in table}

    def has_currency(self, currency_id: str, currencies: Mapping[str, str]) -> bool:
        if currency_id in currencies:
            return True
        log.warning("octopus_currency_not_in_table", currency_id=currency_id)
        self._tables.pop(_CURRENCIES, None)  # it may be in the table by now
        return False

    async def names(self) -> Names:
        currencies = await self._table(_CURRENCIES, CurrencyPayload)
        countries = await self._table("/countries", CountryPayload)
        return Names(
            countries={payload.alpha_3: payload.name for payload in countries},
            currencies={payload.currency: payload.name or payload.currency for payload in currencies},
            categories=await self._categories(),
        )

    async def _categories(self) -> tuple[str, ...]:
        try:
            categories = await self._table("/categories", CategoryPayload)
        except Refused as error:
            # Products name their category themselves: without the list only filters lose some names.
            log.warning("categories_not_offered", code=error.code, request_id=error.request_id)
            return ()
        return tuple({payload.id: payload.name for payload in categories}.values())

    async def _table(self, path: str, model: type[T], timeout_s: float | None = None) -> list[T]:
        table: list[T] | None = self._tables.get(path)
        if table is None:
            table = parse_each(model, await self._get(path, timeout_s))
            if table:  # an empty one is a mistake of the vendor's, and would last a day
                self._tables[path] = table
        return table
