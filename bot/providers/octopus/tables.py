"""The vendor's reference tables, kept for a day: countries, currencies and categories."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

import structlog

from bot.domain.catalogue import Names
from bot.providers.contract import Refused
from bot.providers.http.answers import Reply
from bot.providers.octopus.catalogue import CategoryShape, CountryShape, CurrencyShape
from bot.providers.octopus.kept import Kept
from bot.providers.octopus.shapes import readable

log = structlog.get_logger()


class Get(Protocol):
    async def __call__(self, path: str, timeout_s: float | None = None) -> Reply: ...


class Tables:
    def __init__(self, get: Get, clock: Callable[[], datetime]) -> None:
        self._get = get
        self._countries = Kept(self._read_countries, clock)
        self._currencies = Kept(self._read_currencies, clock)
        self._categories = Kept(self._read_categories, clock)

    async def currencies(self, *, timeout_s: float | None = None) -> dict[str, str]:
        """ISO 4217 codes by the vendor's currency id."""
        table = await self._currencies.get(timeout_s)
        return {number: shape.currency for number, shape in table.items()}

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
            currencies={shape.currency: shape.name or shape.currency for shape in currencies},
            categories=tuple((await self._categories.get()).values()),
        )

    async def _read_countries(self, timeout_s: float | None) -> dict[str, str]:
        reply = await self._get("/countries", timeout_s)
        return {shape.alpha_3: shape.name for shape in readable(CountryShape, reply)}

    async def _read_currencies(self, timeout_s: float | None) -> dict[str, CurrencyShape]:
        reply = await self._get("/currencies", timeout_s)
        return {shape.id: shape for shape in readable(CurrencyShape, reply)}

    async def _read_categories(self, timeout_s: float | None) -> dict[str, str]:
        try:
            reply = await self._get("/categories", timeout_s)
        except Refused as refusal:
            # Products name their category themselves: without the list only filters lose some names.
            log.warning("categories_not_offered", code=refusal.code, request_id=refusal.request_id)
            return {}
        return {shape.id: shape.name for shape in readable(CategoryShape, reply)}
