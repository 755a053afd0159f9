"""Parses what people type after `/giftcard`: words, filters, amounts and quantities."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from babel.numbers import is_currency
from rapidfuzz import process

from bot.domain.countries import ALPHA_2, to_alpha_2
from bot.domain.money import InvalidAmount, parse_amount
from bot.services.errors import RequestRejected
from bot.services.search_catalogue import SearchQuery

_ENTITY = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_WORD = re.compile(r'(?:"[^"]*"?|[^\s"])+')
_CURLY_QUOTES = str.maketrans("“”„«»", '"""""')
_FILTER = re.compile(r"([A-Za-z]{2,20}):(?!//)(.*)", re.DOTALL)
_NUMBER = re.compile(r"[-+]?[\d.,]*\d[\d.,]*")
_QUANTITY = re.compile(r"[x×](\d+)|(\d+)[x×]", re.IGNORECASE)
_FILTER_NAMES = ("country", "category", "currency")
_MIN_SIMILARITY = 60  # of 100: below it a suggestion confuses more than it helps


class UsageError(RequestRejected):
    """What was typed cannot be understood; the message shows how to type it."""


@dataclass(frozen=True, slots=True)
class FilterOptions:
    """The values that filters can have: (alpha-3, name) of countries, and categories.

    `vendors` are the first halves of product keys, which look like filters but are not.
    """

    countries: Sequence[tuple[str, str]] = ()
    categories: Sequence[str] = ()
    vendors: frozenset[str] = frozenset()
    currencies: Sequence[tuple[str, str]] = ()  # (ISO 4217, name)


@dataclass(frozen=True, slots=True)
class QuoteCommand:
    """A parsed `quote PRODUCT AMOUNT [xN]`."""

    product: SearchQuery
    amount: Decimal | None = None
    quantity: int = 1


def unescape(text: str) -> str:
    """Undo the escaping that Slack does with `should_escape`."""
    typed = _ENTITY.sub(_unescape_entity, text)
    return typed.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def split_words(text: str) -> list[str]:
    """Split into words; a quoted phrase is one word. An open quote reaches to the end."""
    words = (word.replace('"', "").strip() for word in _WORD.findall(text.translate(_CURLY_QUOTES)))
    return [word for word in words if word]


def closest_match(word: str, known: Iterable[str]) -> str | None:
    """The known word that the person probably meant."""
    found = process.extractOne(word, list(known), processor=str.casefold, score_cutoff=_MIN_SIMILARITY)
    return found[0] if found else None


def parse_search(words: Sequence[str], filter_options: FilterOptions) -> SearchQuery:
    """Parse free words and filters in any order. Raises UsageError for an unknown filter."""
    query, free = _take_filters(words, filter_options)
    return replace(query, text=" ".join(free))


def parse_quote(words: Sequence[str], filter_options: FilterOptions) -> QuoteCommand:
    """Parse the product's words, then an amount, then a quantity. Raises UsageError."""
    query, rest = _take_filters(words, filter_options)
    rest, quantity = _take_quantity(rest)
    rest, currency = _take_currency(rest)
    rest, amount = _take_amount(rest)
    product = replace(query, text=" ".join(rest), currency=query.currency or currency)
    return QuoteCommand(product, amount, quantity)


def _take_filters(words: Sequence[str], filter_options: FilterOptions) -> tuple[SearchQuery, list[str]]:
    filters: dict[str, str] = {}
    free: list[str] = []
    remaining = iter(words)
    for word in remaining:
        match = _FILTER.fullmatch(word)
        if not match or match[1] in filter_options.vendors:
            free.append(word)
            continue
        name, value = match[1].lower(), match[2].strip() or next(remaining, "")
        read = _FILTER_PARSERS.get(name)
        if read is None:
            raise UsageError(_no_such_filter(match[1]))
        if not value:
            raise UsageError(f"Write a {name} after “{name}:”, such as {_EXAMPLES[name]}.")
        filters[name] = read(value, filter_options)
    return SearchQuery(**filters), free


def _country(text: str, filter_options: FilterOptions) -> str:
    wanted = text.casefold()
    alpha_2 = to_alpha_2(text)
    for alpha_3, name in filter_options.countries:
        if wanted in (alpha_3.casefold(), name.casefold()) or alpha_2 == ALPHA_2.get(alpha_3):
            return alpha_3
    likely = closest_match(text, [name for _, name in filter_options.countries])
    raise UsageError(
        f"No card in the catalogue is for “{text[:40]}”. "
        + (f"Did you mean country:{_quote_if_needed(likely)}?" if likely else "Write it like country:USA.")
    )


def _category(text: str, filter_options: FilterOptions) -> str:
    for category in filter_options.categories:
        if category.casefold() == text.casefold():
            return category
    likely = closest_match(text, filter_options.categories)
    known = ", ".join(list(filter_options.categories)[:12])
    raise UsageError(
        f"There is no category “{text[:40]}”. "
        + (f"Did you mean category:{_quote_if_needed(likely)}?" if likely else f"There are {known}.")
    )


def _currency(text: str, filter_options: FilterOptions) -> str:
    for code, name in filter_options.currencies:
        if text.casefold() in (code.casefold(), name.casefold()):
            return code
    if not is_currency(text.upper()):
        raise UsageError(f"“{text[:40]}” is not a currency. Write its code, such as currency:USD.")
    return text.upper()


_FILTER_PARSERS: dict[str, Callable[[str, FilterOptions], str]] = {
    "country": _country,
    "category": _category,
    "currency": _currency,
}
_EXAMPLES = {"country": "country:USA", "category": "category:Gaming", "currency": "currency:USD"}


def _no_such_filter(typed: str) -> str:
    likely = closest_match(typed, _FILTER_NAMES)
    meant = f"Did you mean {likely}:?" if likely else "There are country:, category: and currency:."
    return f"There is no filter “{typed}:”. {meant}"


def _take_quantity(words: list[str]) -> tuple[list[str], int]:
    """`x3`, `3x`, `×3` or `x 3` among the last three words."""
    for at in range(len(words) - 1, max(len(words) - 4, -1), -1):
        if match := _QUANTITY.fullmatch(words[at]):
            return words[:at] + words[at + 1 :], _parse_count(match[1] or match[2])
        if words[at].lower() in {"x", "×"} and words[at + 1 : at + 2] and words[at + 1].isdecimal():
            return words[:at] + words[at + 2 :], _parse_count(words[at + 1])
    return words, 1


def _parse_count(digits: str) -> int:
    return int(digits[:9])  # enough to be over any limit


def _take_currency(words: list[str]) -> tuple[list[str], str | None]:
    """`USD 50` or `50 USD`. Lower case counts only after an amount: `all` and `try` are currencies too."""
    *rest, last = words or [""]
    if rest and _NUMBER.fullmatch(rest[-1]) and is_currency(last.upper()):
        return rest, last.upper()
    if rest and _NUMBER.fullmatch(last) and rest[-1].isupper() and is_currency(rest[-1]):
        return [*rest[:-1], last], rest[-1]
    return words, None


def _take_amount(words: list[str]) -> tuple[list[str], Decimal | None]:
    if len(words) < 1 or not _NUMBER.fullmatch(words[-1]):
        return words, None
    try:
        return words[:-1], parse_amount(words[-1])
    except InvalidAmount as error:
        raise UsageError(str(error)) from error


def _unescape_entity(entity: re.Match[str]) -> str:
    target, label = entity[1], entity[2]
    if target[:1] in {"@", "#"}:
        return target[0] + (label or target[1:])
    if target.startswith("!"):
        return "@" + target[1:]
    return label if label is not None else target.removeprefix("mailto:")


def _quote_if_needed(value: str) -> str:
    return f'"{value}"' if " " in value else value
