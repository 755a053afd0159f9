"""What may be written in policy.toml, and what is refused rather than misread."""

from decimal import Decimal

import pytest
from pydantic import ValidationError

from tests.support.policies import policy


@pytest.mark.parametrize("principals", ["requesters", "approvers"])
def test_an_empty_list_means_nobody_and_is_refused_rather_than_meaning_everybody(principals):
    with pytest.raises(ValidationError, match="names nobody"):
        policy(**{principals: {"users": []}})


@pytest.mark.parametrize("wrong", ["@ava", "ava@example.com", "#general", "u0agent"])
def test_a_name_where_an_id_belongs_is_refused(wrong):
    with pytest.raises(ValidationError, match="not a Slack user id"):
        policy(approvers={"users": [wrong]})


def test_an_unknown_setting_is_refused_rather_than_ignored():
    with pytest.raises(ValidationError, match="tolerence"):
        policy(purchases={"tolerence_percent": 5})


@pytest.mark.parametrize("name", ["purchase", "identity", "four_eyes", "stated_reason"])
def test_a_section_that_does_not_exist_is_refused(name):
    with pytest.raises(ValidationError, match=name):
        policy(**{name: {}})


@pytest.mark.parametrize(
    "wrong", ["@corp.example", "*.corp.example", "https://corp.example", "corp", "", ".corp.example", "a b.c"]
)
def test_a_domain_that_would_never_match_is_refused_with_what_is_wrong_with_it(wrong):
    for sections in (
        {"recipients": {"blocked_domains": [wrong]}},
        {"recipients": {"domains": [wrong]}},
        {"tickets": {"hosts": [wrong]}},
    ):
        with pytest.raises(ValidationError, match=r"not a domain such as acme\.example"):
            policy(**sections)


@pytest.mark.parametrize("currency", ["usd", "US", "USDT", "", "€"])
def test_a_limit_in_no_currency_is_refused_rather_than_never_applied(currency):
    with pytest.raises(ValidationError, match="not a currency in capitals such as USD"):
        policy(limits={"charge": {currency: 10}})


@pytest.mark.parametrize("amount", [0, -1, Decimal("NaN"), Decimal("Infinity")])
def test_a_limit_that_is_no_amount_is_refused(amount):
    with pytest.raises(ValidationError, match=r"charge\.USD"):
        policy(limits={"charge": {"USD": amount}})


def test_limits_by_currency_are_read_without_passing_through_float():
    assert policy(limits={"charge": {"USD": Decimal("0.1")}}).limits.charge["USD"] == Decimal("0.1")
