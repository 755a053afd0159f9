"""What people mean: brand, country, amount and currency in any order, finished or not, with a typo or not."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.search.place_names import PlaceNames
from bot.search.text_folding import fold

_SYMBOLS = "$€£¥₹"
_AMOUNT = re.compile(r"(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d{1,2})?)([a-z]{3})?")
_MAX_PLACE_WORDS = 4  # words: `united states of america`
_MAX_QUERY_WORDS = 12
_MIN_TYPO_LENGTH = 4


@dataclass(frozen=True, slots=True)
class QueryTerm:
    """Some words next to each other: part of a name, or else one of these countries or currencies."""

    words: tuple[str, ...]
    countries: frozenset[str] = frozenset()
    currencies: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """What somebody typed, understood: all terms must hold, and all amounts must be sold."""

    terms: tuple[QueryTerm, ...]
    amounts: tuple[Decimal, ...] = ()

    @property
    def names_only(self) -> "ParsedQuery":
        """The brand alone: better than nothing when it is not sold there or at that face value."""
        return ParsedQuery(tuple(term for term in self.terms if not term.countries | term.currencies))

    @property
    def prefix(self) -> str:
        """How the name of a good result begins."""
        return self.terms[0].words[0] if self.terms else ""

    @property
    def countries(self) -> frozenset[str]:
        return frozenset(country for term in self.terms for country in term.countries)

    @property
    def currencies(self) -> frozenset[str]:
        return frozenset(currency for term in self.terms for currency in term.currencies)


class QueryParser:
    """Understands text, knowing what is on sale."""

    def __init__(self, place_names: PlaceNames, currencies: Mapping[str, str], words: Iterable[str]) -> None:
        """`currencies` are names by code, `words` folded ones of product names."""
        self._place_names = place_names
        self._currencies = {fold(name): code for code, name in currencies.items()}
        self._currencies |= {fold(code): code for code in currencies}
        self._vocabulary = sorted(word for word in words if word.isalpha())

    def interpretations(self, text: str) -> Iterator[ParsedQuery]:
        """What the text may mean, likeliest first: try the next when nothing fits."""
        asked = self._parse(text)
        yield asked
        yield self._as_name(text)
        likely = (asked, self._corrected(asked))
        yield likely[1]
        yield from (replace(query, amounts=()) for query in likely if query.amounts)
        yield from (query.names_only for query in likely if query.names_only.terms)

    def _parse(self, text: str) -> ParsedQuery:
        amounts: list[Decimal] = []
        words: list[str] = []
        for chunk in text.casefold().split()[:_MAX_QUERY_WORDS]:
            amount, rest = self._amount(chunk)
            if amount is not None:
                amounts.append(amount)
            words += fold(rest).split()
        return ParsedQuery(self._terms(words[:_MAX_QUERY_WORDS]), tuple(amounts))

    def _as_name(self, text: str) -> ParsedQuery:
        """Every word, numbers too, as part of the name: `7 Eleven` is one."""
        return ParsedQuery(tuple(QueryTerm((word,)) for word in fold(text).split()[:_MAX_QUERY_WORDS]))

    def _corrected(self, query: ParsedQuery) -> ParsedQuery:
        """The same with one slip of the finger undone in words that no name has."""
        return ParsedQuery(
            tuple(
                QueryTerm(tuple(map(self._corrected_word, t.words)), t.countries, t.currencies)
                for t in query.terms
            ),
            query.amounts,
        )

    def _amount(self, chunk: str) -> tuple[Decimal | None, str]:
        """The amount in a chunk like `50`, `$12.50` or `20eur`, and what else is in it."""
        matched = _AMOUNT.fullmatch(chunk.strip(_SYMBOLS))
        if matched is None or (matched[2] and matched[2] not in self._currencies):
            return None, chunk
        digits = matched[1]
        thousands = re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", digits)
        return Decimal(digits.replace(",", "" if thousands else ".")), matched[2] or ""

    def _terms(self, words: Sequence[str]) -> tuple[QueryTerm, ...]:
        terms: list[QueryTerm] = []
        rest = list(words)
        while rest:
            for length in range(min(_MAX_PLACE_WORDS, len(rest)), 0, -1):
                phrase = " ".join(rest[:length])
                countries, currency = self._place_names.lookup(phrase), self._currencies.get(phrase)
                if countries or currency or length == 1:
                    break
            terms.append(
                QueryTerm(tuple(rest[:length]), countries, frozenset({currency} if currency else ()))
            )
            del rest[:length]
        return tuple(terms)

    def _corrected_word(self, word: str) -> str:
        if len(word) < _MIN_TYPO_LENGTH:
            return word
        # Compared with beginnings too, because the word may not be finished.
        for reach in (0, -1, 1):
            beginnings = [known[: len(word) + reach] for known in self._vocabulary]
            nearest = process.extractOne(word, beginnings, scorer=OSA.distance, score_cutoff=1)
            if nearest:
                return str(nearest[0])
        return word
