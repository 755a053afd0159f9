"""/api/v1/countries, currencies, categories, subcategories (section 14)."""

from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox.octopus.api.authenticated_request import AuthenticatedRequest, Endpoint, protected
from bot.sandbox.octopus.errors import not_found
from bot.sandbox.octopus.reference import CATEGORIES, COUNTRIES, CURRENCIES, SUBCATEGORIES
from bot.sandbox.vendors.json_decimal import DecimalJsonResponse

CACHED = {"Cache-Control": "max-age=86400, stale-while-revalidate=600"}


def _named(names: dict[int, str]) -> dict[int, dict[str, Any]]:
    return {number: {"id": number, "name": name} for number, name in names.items()}


def _all(entries: list[dict[str, Any]]) -> Endpoint:
    async def answer(_call: AuthenticatedRequest) -> Response:
        return DecimalJsonResponse(entries, headers=CACHED)

    return answer


def _run_item(entries: dict[int, dict[str, Any]], singular: str) -> Endpoint:
    async def answer(call: AuthenticatedRequest) -> Response:
        number = call.path_id(f"Invalid {singular} ID")
        if number not in entries:
            raise not_found(f"{singular.capitalize()} not found")
        return DecimalJsonResponse(entries[number], headers=CACHED)

    return answer


def _family(plural: str, singular: str, entries: dict[int, dict[str, Any]], *, feature: bool) -> list[Route]:
    path = f"/api/v1/{plural}"
    return [
        protected(path, _all(list(entries.values())), feature=feature),
        protected(path + "/{id}", _run_item(entries, singular), feature=feature),
    ]


ROUTES = [
    *_family("countries", "country", COUNTRIES, feature=False),
    *_family("categories", "category", _named(CATEGORIES), feature=True),
    *_family("subcategories", "subcategory", _named(SUBCATEGORIES), feature=True),
    protected("/api/v1/currencies", _all(list(CURRENCIES.values())), feature=False),
]
