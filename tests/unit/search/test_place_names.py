"""Countries by the ways in which people type them."""

import pytest

from bot.search.place_names import PlaceNames
from bot.search.text_folding import fold

PLACES = PlaceNames({"USA": "United States", "GBR": "United Kingdom", "TUR": "Türkiye", "XYZ": "Newland"})


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("us", {"USA"}),
        ("usa", {"USA"}),
        ("america", {"USA"}),
        ("uk", {"GBR"}),
        ("gb", {"GBR"}),
        ("de", {"DEU"}),
        ("ua", {"UKR"}),
        ("xk", {"XKX"}),
        ("united states", {"USA"}),
        ("unit", {"USA", "GBR"}),
        ("united k", {"GBR"}),
        ("turkiye", {"TUR"}),
        ("newl", {"XYZ"}),
        ("global", {"GLO"}),
        ("uni", set()),
        ("steam", set()),
        ("", set()),
    ],
)
def test_a_country_is_meant_by_its_codes_names_and_beginnings(typed: str, meant: set[str]) -> None:
    assert PLACES.lookup(typed) == meant


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Café-Bar™ Zürich", "cafe bar zurich"),
        ("  H&M  ", "h m"),
        ("STRASSE straße", "strasse strasse"),
        ("İstanbul", "istanbul"),
        ("7-Eleven_JP", "7 eleven jp"),
        ("楽天ギフト", "楽天キフト"),
        ("?!", ""),
    ],
)
def test_folding_leaves_words_without_case_accents_and_punctuation(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert fold(folded) == folded
