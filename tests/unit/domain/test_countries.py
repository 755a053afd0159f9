"""Countries by their codes and names."""

import pytest

from bot.domain.countries import ALPHA_2, ALPHA_3, country_name, to_alpha_2


def test_every_country_has_both_its_codes():
    assert len(ALPHA_2) == len(ALPHA_3) == 250
    assert {alpha_3: alpha_2 for alpha_2, alpha_3 in ALPHA_3.items()} == ALPHA_2


@pytest.mark.parametrize("code", ["DDR", "ZAR", "QUU", "ASC", "ANT", "ZZZ"])
def test_what_is_no_country_today_has_no_code(code):
    assert code not in ALPHA_2


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("USA", "United States"),
        ("GBR", "United Kingdom"),
        ("XKX", "Kosovo"),
        ("GLO", "Worldwide"),
        ("XQX", "XQX"),
    ],
)
def test_countries_have_their_names(code, name):
    assert country_name(code) == name


@pytest.mark.parametrize(
    ("code", "alpha_2"), [("GBR", "GB"), ("gb", "GB"), ("uk", "GB"), ("826", "GB"), ("XKX", "XK"), ("?", "?")]
)
def test_any_code_people_use_leads_to_alpha_2(code, alpha_2):
    assert to_alpha_2(code) == alpha_2
