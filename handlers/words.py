"""What people type after `/giftcard`: from Slack's escaped text to words, filters, amounts and quantities."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from babel.core import get_global
from babel.numbers import is_currency
from rapidfuzz import process

from bot.domain.money import NotAnAmount, parse_amount
from bot.usecases.rejections import Rejected
from bot.usecases.search_catalogue import Query

_ENTITY = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_WORD = re.compile(r'(?:"[^"]*"?|[^\s"])+')
_CURLY_QUOTES = str.maketrans("“”„«»", '"""""')
_FILTER = re.compile(r"([A-Za-z]{2,20}):(?!//)(.*)", re.DOTALL)
_NUMBER = re.compile(r"[-+]?[\d.,]*\d[\d.,]*")
_QUANTITY = re.compile(r"[x×](\d+)|(\d+)[x×]", re.IGNORECASE)
_FILTERS = ("country", "category", "currency")
_LIKELY = 60  # of 100: below it a suggestion confuses more than it helps


class Misunderstood(Rejected):
    """What was typed makes no sense here; the message shows how it would."""


@dataclass(frozen=True, slots=True)
class Shelves:
    """What filters can be about: (alpha-3, name) of countries, and categories.

    `vendors` are the first halves of product keys, which look like filters and are none.
    """

    countries: Sequence[tuple[str, str]] = ()
    categories: Sequence[str] = ()
    vendors: frozenset[str] = frozenset()
    currencies: Sequence[tuple[str, str]] = ()  # (ISO 4217, name)


@dataclass(frozen=True, slots=True)
class AskedPrice:
    """`quote PRODUCT AMOUNT [xN]`: words for the product, the rest where it was typed."""

    product: Query
    amount: Decimal | None = None
    quantity: int = 1


def unescape(text: str) -> str:
    """The words as they were typed, from what Slack makes of them with `should_escape`."""
    typed = _ENTITY.sub(_as_typed, text)
    return typed.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def split_words(text: str) -> list[str]:
    """Words, with quoted phrases as one. Never fails: a quote left open reaches to the end."""
    words = (word.replace('"', "").strip() for word in _WORD.findall(text.translate(_CURLY_QUOTES)))
    return [word for word in words if word]


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word somebody probably meant."""
    found = process.extractOne(word, list(known), processor=str.casefold, score_cutoff=_LIKELY)
    return found[0] if found else None


def parse_search(words: Sequence[str], shelves: Shelves) -> Query:
    """Free words and filters, in any order. Raises Misunderstood for a filter nobody knows."""
    query, free = _take_filters(words, shelves)
    return replace(query, text=" ".join(free))


def parse_quote(words: Sequence[str], shelves: Shelves) -> AskedPrice:
    """Product words, then the amount, the quantity near the end. Raises Misunderstood."""
    query, rest = _take_filters(words, shelves)
    rest, quantity = _take_quantity(rest)
    rest, currency = _take_currency(rest)
    rest, amount = _take_amount(rest)
    product = replace(query, text=" ".join(rest), currency=query.currency or currency)
    return AskedPrice(product, amount, quantity)


def _take_filters(words: Sequence[str], shelves: Shelves) -> tuple[Query, list[str]]:
    taken: dict[str, str] = {}
    free: list[str] = []
    waiting = iter(words)
    for word in waiting:
        match = _FILTER.fullmatch(word)
        if not match or match[1] in shelves.vendors:
            free.append(word)
            continue
        name, value = match[1].lower(), match[2].strip() or next(waiting, "")
        read = _READERS.get(name)
        if read is None:
            raise Misunderstood(_no_such_filter(match[1]))
        if not value:
            raise Misunderstood(f"Write a {name} after “{name}:”, such as {_EXAMPLES[name]}.")
        taken[name] = read(value, shelves)
    return Query(**taken), free


def _country(text: str, shelves: Shelves) -> str:
    wanted = text.casefold()
    aliases = get_global("territory_aliases")
    alpha_2 = (aliases.get(text.upper()) or [text.upper()])[0]
    for alpha_3, name in shelves.countries:
        if wanted in (alpha_3.casefold(), name.casefold()) or alpha_2 in aliases.get(alpha_3, ()):
            return alpha_3
    likely = nearest(text, [name for _, name in shelves.countries])
    raise Misunderstood(
        f"No card in the catalogue is for “{text[:40]}”. "
        + (f"Did you mean country:{_as_word(likely)}?" if likely else "Write it like country:USA.")
    )


def _category(text: str, shelves: Shelves) -> str:
    for category in shelves.categories:
        if category.casefold() == text.casefold():
            return category
    likely = nearest(text, shelves.categories)
    known = ", ".join(list(shelves.categories)[:12])
    raise Misunderstood(
        f"There is no category “{text[:40]}”. "
        + (f"Did you mean category:{_as_word(likely)}?" if likely else f"There are {known}.")
    )


def _currency(text: str, shelves: Shelves) -> str:
    for code, name in shelves.currencies:
        if text.casefold() in (code.casefold(), name.casefold()):
            return code
    if not is_currency(text.upper()):
        raise Misunderstood(f"“{text[:40]}” is not a currency. Write its code, such as currency:USD.")
    return text.upper()


_READERS: dict[str, Callable[[str, Shelves], str]] = {
    "country": _country,
    "category": _category,
    "currency": _currency,
}
_EXAMPLES = {"country": "country:USA", "category": "category:Gaming", "currency": "currency:USD"}


def _no_such_filter(typed: str) -> str:
    likely = nearest(typed, _FILTERS)
    meant = f"Did you mean {likely}:?" if likely else "There are country:, category: and currency:."
    return f"There is no filter “{typed}:”. {meant}"


def _take_quantity(words: list[str]) -> tuple[list[str], int]:
    """`x3`, `3x`, `×3` or `x 3` among the last three words."""
    for at in range(len(words) - 1, max(len(words) - 4, -1), -1):
        if match := _QUANTITY.fullmatch(words[at]):
            return words[:at] + words[at + 1 :], _count(match[1] or match[2])
        if words[at].lower() in {"x", "×"} and words[at + 1 : at + 2] and words[at + 1].isdecimal():
            return words[:at] + words[at + 2 :], _count(words[at + 1])
    return words, 1


def _count(digits: str) -> int:
    return int(digits[:9])  # enough to be over any limit


def _take_currency(words: list[str]) -> tuple[list[str], str | None]:
    """`USD 50` or `50 USD`; in lower case only behind an amount, because `all` and `try` are currencies."""
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
    except NotAnAmount as wrong:
        raise Misunderstood(str(wrong)) from wrong


def _as_typed(entity: re.Match[str]) -> str:
    target, label = entity[1], entity[2]
    if target[:1] in {"@", "#"}:
        return target[0] + (label or target[1:])
    if target.startswith("!"):
        return "@" + target[1:]
    return label if label is not None else target.removeprefix("mailto:")


def _as_word(value: str) -> str:
    return f'"{value}"' if " " in value else value
