"""The page about the vendor's contract counts what tests cover, and counts right."""

from collections import Counter

from tests.contract_facts import PAGE, counted, facts, marks

PAGE_TEXT = PAGE.read_text(encoding="utf-8")


def test_each_fact_is_listed_once() -> None:
    assert [fact for fact, times in Counter(facts(PAGE_TEXT)).items() if times > 1] == []
    assert len(facts(PAGE_TEXT)) > 90


def test_each_fact_has_a_test() -> None:
    assert set(facts(PAGE_TEXT)) - {fact for fact, _ in marks()} == set()


def test_tests_cover_facts_that_are_listed() -> None:
    assert {fact for fact, _ in marks()} - set(facts(PAGE_TEXT)) == set()


def test_the_numbers_are_those_that_are_counted() -> None:
    assert counted(PAGE_TEXT) == PAGE_TEXT, "run `python -m tests.contract_facts`"
