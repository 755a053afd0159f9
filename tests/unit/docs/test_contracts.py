"""The pages about the vendors' contracts count what tests cover, and count right."""

from collections import Counter

import pytest

from tests.contract_facts import CONTRACTS, Contract, vendors_marked

every_contract = pytest.mark.parametrize("contract", CONTRACTS.values(), ids=CONTRACTS)


@every_contract
def test_each_fact_is_listed_once(contract: Contract) -> None:
    facts = contract.facts()

    assert Counter(facts) == Counter(set(facts))
    assert len(facts) > 70


@every_contract
def test_each_fact_has_a_test(contract: Contract) -> None:
    assert set(contract.facts()) - {fact for fact, _ in contract.marks()} == set()


@every_contract
def test_tests_cover_facts_that_are_listed(contract: Contract) -> None:
    assert {fact for fact, _ in contract.marks()} - set(contract.facts()) == set()


@every_contract
def test_the_numbers_are_those_that_are_counted(contract: Contract) -> None:
    assert contract.counted() == contract.read(), "run `python -m tests.contract_facts`"


def test_tests_name_vendors_that_have_a_page() -> None:
    assert vendors_marked() == CONTRACTS.keys()
