"""The messenger: cards, notices, alarms and codes, each sent once and judged when it fails."""

import pytest
from structlog.testing import capture_logs

from bot.domain.orders import OrderState
from bot.domain.people import Person
from bot.usecases.decide_request import approve_request
from bot.usecases.deliveries import Hopeless, Later
from bot.usecases.notices import Event, alarm
from bot.usecases.reveal_codes import ask_for_codes
from tests.unit.handlers.orders import AGENT, LEAD
from tests.unit.handlers.reading import buttons, said


async def with_card(office):
    """A request whose card is posted and noted with the order, as the worker does it."""
    order = await office.request()
    [card] = office.rows_of("card")
    posted = await office.messenger.deliver(card)
    with office.desk.transaction():
        office.desk.store.orders.change(order.id, **posted)
    return order


async def shown(office, *codes):
    order = office.deliver_codes(await office.request(len(codes)), *codes)
    ask_for_codes(office.desk, Person(AGENT), order.id)
    return office.rows_of("codes")


async def test_the_first_card_is_posted_and_says_where_it_is(office):
    await office.request()
    [card] = office.rows_of("card")
    posted = await office.messenger.deliver(card)
    [message] = office.slack.sent("chat.postMessage")
    assert posted["card_channel"] == message["channel"] == "C0APPROVE1"
    assert posted["card_ts"].startswith("1795257840.")
    assert {"Approve", "Decline"} == set(buttons(message["blocks"]))
    assert message["text"].startswith("[SANDBOX] Request GC-")


async def test_a_decision_updates_the_posted_card(office):
    order = await with_card(office)
    approve_request(office.desk, Person(LEAD), order.id)
    await office.messenger.deliver(office.rows_of("card")[0])
    [update] = office.slack.sent("chat.update")
    assert buttons(update["blocks"]) == {} and "approved by <@U0LEAD001>" in said(update["blocks"])


async def test_a_card_somebody_deleted_is_posted_anew(office):
    order = await with_card(office)
    approve_request(office.desk, Person(LEAD), order.id)
    office.slack.refuse("chat.update", "message_not_found")
    posted = await office.messenger.deliver(office.rows_of("card")[0])
    assert len(office.slack.sent("chat.postMessage")) == 2 and posted["card_ts"]


async def test_notices_go_to_the_requesters_dm_which_is_opened_once(office):
    for _ in range(2):
        await office.request()
    for row in office.rows_of("notice"):
        await office.messenger.deliver(row)
    assert len(office.slack.sent("conversations.open")) == 1
    assert {m["channel"] for m in office.slack.sent("chat.postMessage")} == {"DU0AGENT01"}


async def test_no_message_unfolds_a_link(office):
    await office.request()
    for row in office.outbox():
        await office.messenger.deliver(row)
    sent = office.slack.sent("chat.postMessage")
    assert sent and all(m["unfurl_links"] is m["unfurl_media"] is False for m in sent)


async def test_an_alarm_goes_to_the_approvals_channel(office):
    order = await office.request()
    with office.desk.transaction():
        alarm(office.desk, order, Event.UNSETTLED)
    await office.messenger.deliver(office.rows_of("alarm")[0])
    [message] = office.slack.sent("chat.postMessage")
    assert message["channel"] == "C0APPROVE1" and "never buys it twice" in message["text"]


async def test_codes_are_shown_ephemerally_to_the_requester_in_their_dm_and_nowhere_else(office):
    [row] = await shown(office, "CODE-1", "CODE-2")
    await office.messenger.deliver(row)
    [message] = office.slack.sent("chat.postEphemeral")
    assert (message["channel"], message["user"]) == ("DU0AGENT01", "U0AGENT01")
    assert "`CODE-1`" in said(message["blocks"]) and "`CODE-2`" in said(message["blocks"])
    assert "CODE" not in message["text"]
    others = [call for call in office.slack.calls if call[0] != "chat.postEphemeral"]
    assert "CODE-" not in str(others)


async def test_many_codes_come_in_several_messages_in_order(office):
    for row in await shown(office, *(f"CODE-{n:02}" for n in range(20))):
        await office.messenger.deliver(row)
    messages = office.slack.sent("chat.postEphemeral")
    assert len(messages) == 3
    words = "".join(said(m["blocks"]) for m in messages)
    assert [words.index(f"CODE-{n:02}") for n in range(20)] == sorted(
        words.index(f"CODE-{n:02}") for n in range(20)
    )


async def test_a_failed_reveal_leaves_no_code_in_exceptions_or_logs(office):
    [row] = await shown(office, "CODE-1")
    office.slack.refuse("chat.postEphemeral", "user_not_in_channel")
    with capture_logs() as logs, pytest.raises(Hopeless) as failure:
        await office.messenger.deliver(row)
    assert "CODE-1" not in repr(failure.value) and failure.value.__cause__ is None
    assert "CODE-1" not in str(logs)


@pytest.mark.parametrize(
    ("error", "status", "retry_after", "wait_s"),
    [("ratelimited", 429, "7", 7), ("internal_error", 200, "", 0), ("fatal_error", 503, "", 0)],
)
async def test_passing_trouble_is_for_later(office, error, status, retry_after, wait_s):
    await office.request()
    office.slack.refuse("chat.postMessage", error, status=status, retry_after=retry_after)
    with pytest.raises(Later) as later:
        await office.messenger.deliver(office.rows_of("card")[0])
    assert later.value.retry_after_s == wait_s


async def test_an_unreachable_slack_is_for_later(office):
    await office.request()
    row = office.rows_of("card")[0]
    office.messenger._client.base_url = "http://127.0.0.1:9/api/"
    with pytest.raises(Later):
        await office.messenger.deliver(row)


@pytest.mark.parametrize("error", ["channel_not_found", "not_in_channel", "is_archived", "missing_scope"])
async def test_a_card_waits_for_the_operator_to_let_us_into_the_channel(office, error):
    await office.request()
    office.slack.refuse("chat.postMessage", error)
    with capture_logs() as logs, pytest.raises(Later) as later:
        await office.messenger.deliver(office.rows_of("card")[0])
    assert later.value.retry_after_s >= 60
    assert [entry["error"] for entry in logs if entry["log_level"] == "error"] == [error]


@pytest.mark.parametrize("error", ["user_disabled", "cannot_dm_bot", "user_not_found", "channel_not_found"])
async def test_a_requester_slack_cannot_reach_any_more_is_hopeless(office, error):
    await office.request()
    office.slack.refuse("conversations.open", error)
    with pytest.raises(Hopeless, match=error):
        await office.messenger.deliver(office.rows_of("notice")[0])


async def test_a_card_shows_the_order_as_it_is_when_it_is_sent(office):
    order = await office.request()
    rows = office.rows_of("card")
    approve_request(office.desk, Person(LEAD), order.id)
    await office.messenger.deliver(rows[0])
    assert office.state(order) is OrderState.APPROVED
    assert buttons(office.slack.sent("chat.postMessage")[0]["blocks"]) == {}


async def test_a_posted_card_is_in_our_channel_even_where_slack_does_not_say_so(office):
    office.slack.silent_about = {"channel"}
    await with_card(office)
    [order] = office.desk.store.orders.all()
    assert order.card_channel == "C0APPROVE1"


async def test_a_card_that_stayed_in_a_channel_we_no_longer_use_is_posted_anew(office):
    order = await with_card(office)
    with office.desk.transaction():
        office.desk.store.orders.change(order.id, card_channel="C0OLD0001")
    approve_request(office.desk, Person(LEAD), order.id)
    office.slack.refuse("chat.update", "channel_not_found")
    posted = await office.messenger.deliver(office.rows_of("card")[0])
    assert posted["card_channel"] == "C0APPROVE1"


async def test_a_dm_that_is_no_longer_there_is_opened_anew(office):
    for _ in range(2):
        await office.request()
    first, second = office.rows_of("notice")
    await office.messenger.deliver(first)
    office.slack.refuse_once("chat.postMessage", "channel_not_found")
    await office.messenger.deliver(second)
    assert len(office.slack.sent("conversations.open")) == 2
    assert len(office.slack.sent("chat.postMessage")) == 3
