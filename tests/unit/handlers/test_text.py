"""Outside text in Slack: harmless, short enough, and still what was written."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.block_kit.dates import slack_datetime
from handlers.block_kit.text import blockquote, link, safe_line, safe_plain_text, safe_text, truncate
from tests.support.every import assert_every
from tests.unit.handlers.order_factories import any_text

WHOLE_ENTITIES = re.compile(r"&(amp|lt|gt);")


def unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


@given(any_text, st.integers(20, 400))
def test_shown_text_keeps_its_limit_and_has_neither_markup_nor_half_an_entity(text, limit):
    result = safe_text(text, limit)
    assert 0 < len(result) <= limit
    assert "<" not in result and ">" not in result
    assert "&" not in WHOLE_ENTITIES.sub("", result)


@given(st.text("ab<>& ", min_size=1, max_size=50).filter(str.strip))
def test_what_fits_is_shown_as_it_was_written(text):
    assert unescaped(safe_text(text, 500)) == text.strip()


@given(any_text)
def test_a_line_is_one_line(text):
    assert "\n" not in safe_line(text)


@given(any_text)
def test_every_quoted_line_stands_behind_the_bar(text):
    result = blockquote(text, 500)
    assert len(result) <= 500
    assert_every(result.split("\n"), lambda piece: piece.startswith(">"))


@given(any_text, st.integers(2, 150))
def test_plain_text_is_never_empty_and_never_too_long(text, limit):
    assert 0 < len(safe_plain_text(text, limit)) <= limit


def test_marks_that_turn_the_reading_order_around_are_dropped():
    assert safe_line("\u202e00.1 DSU\u202c") == "00.1 DSU"


@pytest.mark.parametrize("separator", "\u2028\u2029\x85\x0b\x0c\x1c\x1d\x1e")
def test_no_other_line_break_gets_somebodys_words_out_from_behind_the_bar(separator):
    assert blockquote(f"lost{separator}*Approved by the CFO*").splitlines() == [">lost*Approved by the CFO*"]
    assert separator not in safe_text(f"a{separator}b", 100)


@pytest.mark.parametrize("limit", range(2, 30))
def test_our_own_markup_is_never_cut_within_a_link_or_an_entity(limit):
    result = truncate("a <@U0AGENT01> b &amp; c <https://x.example|y>", limit)
    assert result.count("<") == result.count(">")
    assert "&" not in result or "&amp;" in result


def test_a_link_shows_where_it_leads_and_cannot_be_broken_out_of():
    target, _, label = link("https://tickets.example.com/1|evil> <!channel>").strip("<>").partition("|")
    assert target == "https://tickets.example.com/1%7Cevil%3E %3C!channel%3E"
    assert label == "tickets.example.com/1|evil&gt; &lt;!channel&gt;"


def test_times_are_shown_in_the_readers_zone_with_utc_to_fall_back_on():
    at = datetime(2026, 11, 21, 10, 44, tzinfo=UTC)
    assert slack_datetime(at) == "<!date^1795257840^{date_short_pretty} at {time}|21 Nov 2026 10:44 UTC>"
