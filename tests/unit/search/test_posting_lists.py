"""Sets of products as bits say the same as sets of products, whether a key is frequent or rare."""

from hypothesis import given
from hypothesis import strategies as st

from bot.search.posting_lists import PostingLists, page_of, positions_in

SIZE = 1_000
KEYS = st.text("ab", max_size=3)
POSITIONS = st.dictionaries(KEYS, st.sets(st.integers(0, SIZE - 1), max_size=12).map(sorted), max_size=15)


@given(POSITIONS, st.lists(KEYS))
def test_products_with_one_of_several_keys(positions: dict[str, list[int]], keys: list[str]) -> None:
    expected = {position for key in keys for position in positions.get(key, [])}

    assert list(positions_in(PostingLists(positions, SIZE).any_of(keys))) == sorted(expected)


@given(POSITIONS, KEYS)
def test_products_with_a_key_that_begins_so(positions: dict[str, list[int]], prefix: str) -> None:
    expected = {at for key, found in positions.items() if key.startswith(prefix) for at in found}

    assert list(positions_in(PostingLists(positions, SIZE).with_prefix(prefix))) == sorted(expected)


@given(st.lists(st.sets(st.integers(0, SIZE - 1))), st.integers(1, 20), st.integers(0, 60))
def test_a_page_runs_over_from_one_group_into_the_next(
    groups: list[set[int]], limit: int, offset: int
) -> None:
    everything = [position for group in groups for position in sorted(group)]
    as_hits = [sum(1 << position for position in group) for group in groups]

    assert page_of(as_hits, limit, offset) == everything[offset : offset + limit]


@given(POSITIONS)
def test_every_key_is_known(positions: dict[str, list[int]]) -> None:
    assert sorted(PostingLists(positions, SIZE)) == sorted(positions)


def test_where_nothing_is_sold_nothing_is_found() -> None:
    nothing = PostingLists({}, 0)

    assert list(positions_in(nothing.any_of(["a"]) | nothing.with_prefix("a"))) == []
