"""ISO 3166-1: the countries by their two codes, and their names. Codes are those of Babel's CLDR data."""

from collections.abc import Mapping
from functools import cache

from babel import Locale
from babel.core import get_global

EVERYWHERE = "GLO"  # stands where a country's alpha-3 code would, for what is sold to several
_names: Mapping[str, str] = Locale("en").territories  # by alpha-2
# CLDR also has codes of countries that are gone, of parts of a country, of unions, and for tests.
_NO_COUNTRIES = frozenset(
    "ASC BUR CPT DDR DGA FXX QUU TAA TMP XAA XBB XKK YMD ZAR ZZZ".split()  # noqa: SIM905
)


def _alpha_2_by_alpha_3() -> dict[str, str]:
    found = {"XKX": "XK"}  # what most vendors use for Kosovo
    for alpha_3, territories in get_global("territory_aliases").items():
        is_alpha_3 = len(alpha_3) == 3 and alpha_3.isalpha() and alpha_3 not in _NO_COUNTRIES
        if is_alpha_3 and len(territories) == 1 and territories[0] in _names:
            found[alpha_3] = territories[0]
    return found


ALPHA_2: Mapping[str, str] = _alpha_2_by_alpha_3()  # by alpha-3
ALPHA_3: Mapping[str, str] = {alpha_2: alpha_3 for alpha_3, alpha_2 in ALPHA_2.items()}


def to_alpha_2(code: str) -> str:
    """`GB` for GBR, UK, 826 and GB, in any case; a code that is in no list stays as it is."""
    code = code.upper()
    return ALPHA_2.get(code) or (get_global("territory_aliases").get(code) or [code])[0]


@cache
def country_name(alpha_3: str) -> str:
    """`United Kingdom` for GBR, `Worldwide` for GLO, the code itself where it is in no list."""
    if alpha_3 == EVERYWHERE:
        return "Worldwide"
    return _names.get(ALPHA_2.get(alpha_3, alpha_3), alpha_3)
