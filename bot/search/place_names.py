"""Countries by the many ways in which people type them."""

from collections.abc import Mapping

from bot.domain.countries import ALPHA_2
from bot.search.text_folding import fold

_ALIASES = {
    "uk": "GBR",
    "britain": "GBR",
    "england": "GBR",
    "america": "USA",
    "states": "USA",
    "uae": "ARE",
    "emirates": "ARE",
    "ksa": "SAU",
    "holland": "NLD",
    "korea": "KOR",
    "turkey": "TUR",
    "turkiye": "TUR",
    "czech republic": "CZE",
    "czechia": "CZE",
    "europe": "EUR",
    "eu": "EUR",
    "global": "GLO",
    "worldwide": "GLO",
    "international": "GLO",
}
_MIN_PREFIX_LENGTH = 4  # below that too many words begin like a country


class PlaceNames:
    """Countries, found by code, name, alias, or the beginning of a name."""

    def __init__(self, names: Mapping[str, str]) -> None:
        """`names` are the vendors', by alpha-3 code."""
        by_code = {code.lower(): alpha3 for alpha3, alpha2 in ALPHA_2.items() for code in (alpha3, alpha2)}
        by_name = {fold(name): alpha3 for alpha3, name in names.items()}
        self._by_word = by_code | _ALIASES | by_name

    def lookup(self, words: str) -> frozenset[str]:
        """Alpha-3 codes that the folded `words` may stand for."""
        if exact := self._by_word.get(words):
            return frozenset({exact})
        if len(words) < _MIN_PREFIX_LENGTH:
            return frozenset()
        return frozenset(a for word, a in self._by_word.items() if word.startswith(words))
