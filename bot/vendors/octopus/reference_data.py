"""The vendor's reference tables, kept for a day: countries, currencies and categories."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

import structlog

from bot.domain.catalogue import Names
from bot.vendors.contract import Refused
from bot.vendors.http.responses import Response
from bot.vendors.octopus.cache import CachedTable
from bot.vendors.octopus.catalogue import CategoryPayload, CountryPayload, CurrencyPayload
from bot.vendors.octopus.payloads import parse_each

log = structlog.get_logger()


class Get(Protocol):
    async def __call__(self, path: str, timeout_s: float | None = None) -> Response: ...


class ReferenceData:
    def __init__(self, get: Get, clock: Callable[[], datetime]) -> None:
        self._get = get
        self._countries = CachedTable(self._read_countries, clock)
        self._currencies = CachedTable(self._read_currencies, clock)
        self._categories = CachedTable(self._read_categories, clock)

    async def currencies(self, *, timeout_s: float | None = None) -> dict[str, str]:
        """ISO 4217 codes by the vendor's currency id."""
        table = await self._currencies.get(timeout_s)
        return {number: payload.currency for number, payload in table.items()}

    def has_currency(self, currency_id: str, currencies: Mapping[str, str]) -> bool:
        if currency_id in currencies:
            return True
        log.warning("octopus_currency_not_in_table", currency_id=currency_id)
        self._currencies.forget()  # it may be in the table by now
        return False

    async def names(self) -> Names:
        currencies = (await self._currencies.get()).values()
        return Names(
            countries=await self._countries.get(),
            currencies={payload.currency: payload.name or payload.currency for payload in currencies},
            categories=tuple((await self._categories.get()).values()),
        )

    async def _read_countries(self, timeout_s: float | None) -> dict[str, str]:
        response = await self._get("/countries", timeout_s)
        return {payload.alpha_3: payload.name for payload in parse_each(CountryPayload, response)}

    async def _read_currencies(self, timeout_s: float | None) -> dict[str, CurrencyPayload]:
        response = await self._get("/currencies", timeout_s)
        return {payload.id: payload for payload in parse_each(CurrencyPayload, response)}

    async def _read_categories(self, timeout_s: float | None) -> dict[str, str]:
        try:
            response = await self._get("/categories", timeout_s)
        except Refused as error:
            # Products name their category themselves: without the list only filters lose some names.
            log.warning("categories_not_offered", code=error.code, request_id=error.request_id)
            return {}
        return {payload.id: payload.name for payload in parse_each(CategoryPayload, response)}
