"""What people mean: brand, country, amount and currency in any order, finished or not, with a typo or not."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from rapidfuzz import process
from rapidfuzz.distance import OSA

from store.places import Places
from store.words import fold

_SYMBOLS = "$€£¥₹"
_AMOUNT = re.compile(r"(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d{1,2})?)([a-z]{3})?")
_LONGEST_PLACE = 4  # words: `united states of america`
_MOST_WORDS = 12
_SHORTEST_WITH_TYPO = 4


@dataclass(frozen=True, slots=True)
class Term:
    """Some words next to each other: part of a name, or else one of these countries or currencies."""

    words: tuple[str, ...]
    countries: frozenset[str] = frozenset()
    currencies: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody typed, understood: all terms must hold, and all amounts must be sold."""

    terms: tuple[Term, ...]
    amounts: tuple[Decimal, ...] = ()

    @property
    def only_names(self) -> "Wish":
        """The brand alone: better than nothing when it is not sold there or at that face value."""
        return Wish(tuple(term for term in self.terms if not term.countries | term.currencies))

    @property
    def begins(self) -> str:
        """How the name of a good result begins."""
        return self.terms[0].words[0] if self.terms else ""

    @property
    def countries(self) -> frozenset[str]:
        return frozenset(country for term in self.terms for country in term.countries)

    @property
    def currencies(self) -> frozenset[str]:
        return frozenset(currency for term in self.terms for currency in term.currencies)


class Interpreter:
    """Understands text, knowing what is on sale."""

    def __init__(self, places: Places, currencies: Mapping[str, str], words: Iterable[str]) -> None:
        """`currencies` are names by code, `words` folded ones of product names."""
        self._places = places
        self._currencies = {fold(name): code for code, name in currencies.items()}
        self._currencies |= {fold(code): code for code in currencies}
        self._vocabulary = sorted(word for word in words if word.isalpha())

    def wishes(self, text: str) -> Iterator[Wish]:
        """What the text may mean, likeliest first: try the next when nothing fits."""
        asked = self._wish(text)
        yield asked
        yield self._as_name(text)
        likely = (asked, self._corrected(asked))
        yield likely[1]
        yield from (replace(wish, amounts=()) for wish in likely if wish.amounts)
        yield from (wish.only_names for wish in likely if wish.only_names.terms)

    def _wish(self, text: str) -> Wish:
        amounts: list[Decimal] = []
        words: list[str] = []
        for chunk in text.casefold().split()[:_MOST_WORDS]:
            amount, rest = self._amount(chunk)
            if amount is not None:
                amounts.append(amount)
            words += fold(rest).split()
        return Wish(self._terms(words[:_MOST_WORDS]), tuple(amounts))

    def _as_name(self, text: str) -> Wish:
        """Every word, numbers too, as part of the name: `7 Eleven` is one."""
        return Wish(tuple(Term((word,)) for word in fold(text).split()[:_MOST_WORDS]))

    def _corrected(self, wish: Wish) -> Wish:
        """The same with one slip of the finger undone in words that no name has."""
        return Wish(
            tuple(
                Term(tuple(map(self._corrected_word, t.words)), t.countries, t.currencies) for t in wish.terms
            ),
            wish.amounts,
        )

    def _amount(self, chunk: str) -> tuple[Decimal | None, str]:
        """The amount in a chunk like `50`, `$12.50` or `20eur`, and what else is in it."""
        matched = _AMOUNT.fullmatch(chunk.strip(_SYMBOLS))
        if matched is None or (matched[2] and matched[2] not in self._currencies):
            return None, chunk
        digits = matched[1]
        thousands = re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", digits)
        return Decimal(digits.replace(",", "" if thousands else ".")), matched[2] or ""

    def _terms(self, words: Sequence[str]) -> tuple[Term, ...]:
        terms: list[Term] = []
        rest = list(words)
        while rest:
            for length in range(min(_LONGEST_PLACE, len(rest)), 0, -1):
                phrase = " ".join(rest[:length])
                countries, currency = self._places.meant_by(phrase), self._currencies.get(phrase)
                if countries or currency or length == 1:
                    break
            terms.append(Term(tuple(rest[:length]), countries, frozenset({currency} if currency else ())))
            del rest[:length]
        return tuple(terms)

    def _corrected_word(self, word: str) -> str:
        if len(word) < _SHORTEST_WITH_TYPO:
            return word
        # Compared with beginnings too, because the word may not be finished.
        for reach in (0, -1, 1):
            beginnings = [known[: len(word) + reach] for known in self._vocabulary]
            nearest = process.extractOne(word, beginnings, scorer=OSA.distance, score_cutoff=1)
            if nearest:
                return str(nearest[0])
        return word
