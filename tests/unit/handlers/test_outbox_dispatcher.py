"""The outbox dispatcher: cards, notifications, alerts and codes are each sent once, and failures judged."""

import pytest
from structlog.testing import capture_logs

from bot.domain.lifecycle import OrderState
from bot.domain.notifications import NotificationEvent
from bot.domain.people import Person
from bot.services.decide_request import approve_request
from bot.services.delivery_errors import PermanentFailure, RetryLater
from bot.services.notifications import alert_approvers
from bot.services.reveal_codes import request_codes
from handlers.reveal import REVEAL_LIMITS
from tests.support.at_once import saved, write
from tests.support.every import assert_every
from tests.unit.handlers.block_kit_checks import buttons, said
from tests.unit.handlers.order_factories import AGENT, LEAD


async def with_card(harness):
    """A request whose card is posted and noted with the order, as the worker does it."""
    order = await harness.request()
    [card] = harness.rows_of("card")
    card_ref = await harness.dispatcher.deliver(card)
    write(harness.ctx, lambda tx: tx.orders.set_card(order.id, card_ref))
    return order


async def shown(harness, *codes):
    order = harness.deliver_codes(await harness.request(len(codes)), *codes)
    await request_codes(harness.ctx, Person(AGENT), order.id, limits=REVEAL_LIMITS)
    return harness.rows_of("codes")


async def test_the_first_card_is_posted_and_says_where_it_is(harness):
    await harness.request()
    [card] = harness.rows_of("card")
    card_ref = await harness.dispatcher.deliver(card)
    [message] = harness.slack.sent("chat.postMessage")
    assert message["channel"] == "C0APPROVE1"
    assert card_ref.startswith("C0APPROVE1/1795257840.")
    assert {"Approve", "Decline"} == set(buttons(message["blocks"]))
    assert message["text"].startswith("[SANDBOX] Request GC-")


async def test_a_decision_updates_the_posted_card(harness):
    order = await with_card(harness)
    posted = saved(harness.ctx).orders.get(order.id).card_ref
    await approve_request(harness.ctx, Person(LEAD), order.id)
    await harness.dispatcher.deliver(harness.rows_of("card")[0])
    [update] = harness.slack.sent("chat.update")
    assert f"{update['channel']}/{update['ts']}" == posted
    assert buttons(update["blocks"]) == {} and "approved by <@U0LEAD001>" in said(update["blocks"])


async def test_a_card_somebody_deleted_is_posted_anew(harness):
    order = await with_card(harness)
    await approve_request(harness.ctx, Person(LEAD), order.id)
    harness.slack.refuse("chat.update", "message_not_found")
    first = saved(harness.ctx).orders.get(order.id).card_ref
    second = await harness.dispatcher.deliver(harness.rows_of("card")[0])
    assert len(harness.slack.sent("chat.postMessage")) == 2
    assert second and second != first


async def test_notifications_go_to_the_requesters_dm_which_is_opened_once(harness):
    for _ in range(2):
        await harness.request()
    for row in harness.rows_of("notification"):
        await harness.dispatcher.deliver(row)
    assert len(harness.slack.sent("conversations.open")) == 1
    assert {m["channel"] for m in harness.slack.sent("chat.postMessage")} == {"DU0AGENT01"}


async def test_no_message_unfolds_a_link(harness):
    await harness.request()
    for row in harness.outbox():
        await harness.dispatcher.deliver(row)
    sent = harness.slack.sent("chat.postMessage")
    assert_every(sent, lambda message: message["unfurl_links"] is message["unfurl_media"] is False)


async def test_an_alert_goes_to_the_approvals_channel(harness):
    order = await harness.request()
    write(harness.ctx, lambda tx: alert_approvers(tx, order, NotificationEvent.OUTCOME_UNKNOWN))
    await harness.dispatcher.deliver(harness.rows_of("approver_alert")[0])
    [message] = harness.slack.sent("chat.postMessage")
    assert message["channel"] == "C0APPROVE1" and "never buys it twice" in message["text"]


async def test_codes_are_shown_ephemerally_to_the_requester_in_their_dm_and_nowhere_else(harness):
    [row] = await shown(harness, "CODE-1", "CODE-2")
    await harness.dispatcher.deliver(row)
    [message] = harness.slack.sent("chat.postEphemeral")
    assert (message["channel"], message["user"]) == ("DU0AGENT01", "U0AGENT01")
    assert "`CODE-1`" in said(message["blocks"]) and "`CODE-2`" in said(message["blocks"])
    assert "CODE" not in message["text"]
    others = [call for call in harness.slack.calls if call[0] != "chat.postEphemeral"]
    assert "CODE-" not in str(others)


async def test_many_codes_come_in_several_messages_in_order(harness):
    for row in await shown(harness, *(f"CODE-{n:02}" for n in range(20))):
        await harness.dispatcher.deliver(row)
    messages = harness.slack.sent("chat.postEphemeral")
    assert len(messages) == 3
    words = "".join(said(m["blocks"]) for m in messages)
    assert [words.index(f"CODE-{n:02}") for n in range(20)] == sorted(
        words.index(f"CODE-{n:02}") for n in range(20)
    )


async def test_a_failed_reveal_leaves_no_code_in_exceptions_or_logs(harness):
    [row] = await shown(harness, "CODE-1")
    harness.slack.refuse("chat.postEphemeral", "user_not_in_channel")
    with capture_logs() as logs, pytest.raises(PermanentFailure) as failure:
        await harness.dispatcher.deliver(row)
    assert "CODE-1" not in repr(failure.value) and failure.value.__cause__ is None
    assert "CODE-1" not in str(logs)


@pytest.mark.parametrize(
    ("error", "status", "retry_after", "wait_s"),
    [("ratelimited", 429, "7", 7), ("internal_error", 200, "", 0), ("fatal_error", 503, "", 0)],
)
async def test_a_failure_that_passes_is_for_later(harness, error, status, retry_after, wait_s):
    await harness.request()
    harness.slack.refuse("chat.postMessage", error, status=status, retry_after=retry_after)
    with pytest.raises(RetryLater) as later:
        await harness.dispatcher.deliver(harness.rows_of("card")[0])
    assert later.value.retry_after_s == wait_s


async def test_an_unreachable_slack_is_for_later(harness):
    await harness.request()
    row = harness.rows_of("card")[0]
    harness.client.base_url = "http://127.0.0.1:9/api/"
    with pytest.raises(RetryLater):
        await harness.dispatcher.deliver(row)


@pytest.mark.parametrize("error", ["channel_not_found", "not_in_channel", "is_archived", "missing_scope"])
async def test_a_card_waits_for_the_operator_to_let_us_into_the_channel(harness, error):
    await harness.request()
    harness.slack.refuse("chat.postMessage", error)
    with capture_logs() as logs, pytest.raises(RetryLater) as later:
        await harness.dispatcher.deliver(harness.rows_of("card")[0])
    assert later.value.retry_after_s >= 60
    assert [entry["error"] for entry in logs if entry["log_level"] == "error"] == [error]


@pytest.mark.parametrize("error", ["user_disabled", "cannot_dm_bot", "user_not_found", "channel_not_found"])
async def test_a_requester_slack_cannot_reach_any_more_is_hopeless(harness, error):
    await harness.request()
    harness.slack.refuse("conversations.open", error)
    with pytest.raises(PermanentFailure, match=error):
        await harness.dispatcher.deliver(harness.rows_of("notification")[0])


async def test_a_card_shows_the_order_as_it_is_when_it_is_sent(harness):
    order = await harness.request()
    rows = harness.rows_of("card")
    await approve_request(harness.ctx, Person(LEAD), order.id)
    await harness.dispatcher.deliver(rows[0])
    assert harness.state(order) is OrderState.APPROVED
    assert buttons(harness.slack.sent("chat.postMessage")[0]["blocks"]) == {}


async def test_a_posted_card_is_in_our_channel_even_where_slack_does_not_say_so(harness):
    harness.slack.silent_about = {"channel"}
    await with_card(harness)
    [order] = saved(harness.ctx).orders.all()
    assert str(order.card_ref).startswith("C0APPROVE1/")


async def test_a_card_that_stayed_in_a_channel_we_no_longer_use_is_posted_anew(harness):
    order = await with_card(harness)
    write(harness.ctx, lambda tx: tx.orders.set_card(order.id, "C0OLD0001/1795257840.1"))
    await approve_request(harness.ctx, Person(LEAD), order.id)
    harness.slack.refuse("chat.update", "channel_not_found")
    card_ref = await harness.dispatcher.deliver(harness.rows_of("card")[0])
    assert card_ref.startswith("C0APPROVE1/")


async def test_a_dm_that_is_no_longer_there_is_opened_anew(harness):
    for _ in range(2):
        await harness.request()
    first, second = harness.rows_of("notification")
    await harness.dispatcher.deliver(first)
    harness.slack.refuse_once("chat.postMessage", "channel_not_found")
    await harness.dispatcher.deliver(second)
    assert len(harness.slack.sent("conversations.open")) == 2
    assert len(harness.slack.sent("chat.postMessage")) == 3
