"""*Resolve…*: one approver says how an order ended, another one confirms it, and all see what came of it."""

import pytest
from hypothesis import given

from bot.domain.audit_actions import AuditAction
from bot.domain.lifecycle import RESOLUTIONS, OrderState
from bot.domain.notifications import NotificationEvent
from bot.domain.people import Component
from bot.domain.resolutions import Resolution
from bot.services.notifications import OutboxKind
from bot.services.outbox_payloads import ReconciliationPayload
from handlers import ids
from handlers.views.escalations import escalation_message
from handlers.views.reconciliation import reconciliation_report
from handlers.views.resolutions import NOTE_INPUT, OUTCOME_INPUT, confirmed, proposal_message, resolve_form
from tests.support.at_once import write
from tests.support.order_moves import move_order, move_order_along
from tests.unit.handlers.block_kit_checks import buttons, check_message, check_view, said
from tests.unit.handlers.order_factories import LEAD, NOON, an_order, any_text, orders

LEAD_ID, OTHER_LEAD_ID = "U0LEAD001", "U0LEAD002"


async def lost_order(harness):
    order = await harness.request()
    worker = Component("test")
    states = (OrderState.APPROVED, OrderState.SUBMITTING, OrderState.OUTCOME_UNKNOWN)
    lost = await harness.ctx.write(lambda tx: move_order_along(tx, order, states, actor=worker))
    harness.outbox()
    return lost


def filled(outcome="not_bought", note="Their support says so."):
    option = {"value": outcome} if outcome else None
    return {
        ids.OUTCOME: {OUTCOME_INPUT: {"type": "radio_buttons", "selected_option": option}},
        ids.RESOLUTION_NOTE: {NOTE_INPUT: {"type": "plain_text_input", "value": note}},
    }


async def form_of(harness, order, by=LEAD_ID):
    await harness.people.presses("resolve", str(order.id), by)
    return harness.slack.sent("views.open")[-1]["view"]


async def proposal_button(harness, order):
    """The button in the channel, once somebody proposed."""
    (row,) = harness.rows_of(OutboxKind.PROPOSAL, order)
    await harness.dispatcher.deliver(row)
    message = harness.slack.sent("chat.postMessage")[-1]
    assert message["channel"] == "C0APPROVE1"
    return buttons(message["blocks"])["Confirm"]["value"]


async def test_two_approvers_close_an_order_and_the_proposal_gives_way_to_the_outcome(harness):
    order = await lost_order(harness)
    assert await harness.people.submits(await form_of(harness, order), filled(), LEAD_ID) == {}
    value = await proposal_button(harness, order)

    await harness.people.presses(ids.CONFIRM_RESOLUTION, value, OTHER_LEAD_ID)

    assert harness.state(order) is OrderState.NOT_BOUGHT
    (answer,) = harness.slack.sent("respond")
    assert (answer["replace_original"], answer["response_type"]) == (True, "in_channel")
    assert "closed by two approvers: it was not bought" in said(answer["blocks"])
    assert buttons(answer["blocks"]) == {}


async def test_who_proposed_it_cannot_confirm_it(harness):
    order = await lost_order(harness)
    await harness.people.submits(await form_of(harness, order), filled(), LEAD_ID)
    value = await proposal_button(harness, order)

    await harness.people.presses(ids.CONFIRM_RESOLUTION, value, LEAD_ID)

    (answer,) = harness.slack.sent("respond")
    assert "another approver has to confirm it" in answer["text"]
    assert (answer["replace_original"], answer["response_type"]) == (False, "ephemeral")
    assert harness.state(order) is OrderState.OUTCOME_UNKNOWN


@pytest.mark.parametrize(
    ("by", "says"), [("U0AGENT01", "your own request"), ("U0CTRL001", "not on the list of approvers")]
)
async def test_who_may_not_decide_may_not_resolve(harness, by, says):
    order = await lost_order(harness)
    await harness.people.presses("resolve", str(order.id), by)
    assert says in harness.slack.sent("respond")[0]["text"]
    assert harness.slack.sent("views.open") == []


@pytest.mark.parametrize(
    ("values", "field", "says"),
    [
        (filled(note="  "), ids.RESOLUTION_NOTE, "Say how you know"),
        (filled(note="x" * 501), ids.RESOLUTION_NOTE, "At most 500"),
        (filled(outcome=None), ids.OUTCOME, "Choose how it ended"),
        (filled(outcome="delivered"), ids.OUTCOME, "Choose how it ended"),
    ],
)
async def test_what_is_wrong_with_the_form_is_said_at_its_field(harness, values, field, says):
    order = await lost_order(harness)
    answer = await harness.people.submits(await form_of(harness, order), values, LEAD_ID)
    assert answer["response_action"] == "errors"
    assert says in answer["errors"][field]
    assert harness.rows_of(OutboxKind.PROPOSAL) == []


async def test_an_order_that_ended_by_itself_is_not_resolved(harness):
    order = await lost_order(harness)
    form = await form_of(harness, order)
    write(
        harness.ctx,
        lambda tx: move_order(
            tx, order.id, OrderState.DELIVERED, actor=Component("test"), action=AuditAction.DELIVERED
        ),
    )

    answer = await harness.people.submits(form, filled(), LEAD_ID)

    assert answer["response_action"] == "update"
    assert "is delivered now" in said(answer["view"])
    await harness.people.presses("resolve", str(order.id), OTHER_LEAD_ID)
    assert "nothing left to resolve" in harness.slack.sent("respond")[0]["text"]


async def test_a_button_of_a_proposal_that_was_overtaken_says_so(harness):
    order = await lost_order(harness)
    for outcome in ("not_bought", "resolved"):
        await harness.people.submits(await form_of(harness, order), filled(outcome), LEAD_ID)
    first, second = harness.rows_of(OutboxKind.PROPOSAL, order)

    value = f"{order.id}.{first.payload['proposal']}"
    await harness.people.presses(ids.CONFIRM_RESOLUTION, value, OTHER_LEAD_ID)

    assert "Look at the latest message" in harness.slack.sent("respond")[0]["text"]
    assert second.payload["proposal"] > first.payload["proposal"]


async def test_a_foreign_button_is_from_an_older_version(harness):
    await harness.people.presses(ids.CONFIRM_RESOLUTION, "7", OTHER_LEAD_ID)
    assert "older version" in harness.slack.sent("respond")[0]["text"]


@pytest.mark.parametrize("state", OrderState)
def test_an_alert_can_be_resolved_exactly_where_people_may_close_the_order(state):
    message = escalation_message(an_order(state=state), NotificationEvent.OVERDUE, "client_reference: GC-1")
    assert ("Resolve…" in buttons(message.blocks)) == (state in RESOLUTIONS)
    assert ("For the vendor's support" in said(message.blocks)) == (state in RESOLUTIONS)


def test_the_note_for_support_is_shown_as_it_is_ready_to_paste():
    note = "client_reference: GC-1\norder id: 7\nX-Request-Id: abc (2026-11-21 12:00:00 UTC, placed)"
    message = escalation_message(
        an_order(state=OrderState.CODES_UNAVAILABLE), NotificationEvent.CODES_UNAVAILABLE, note
    )
    assert f"```{note}```" in said(message.blocks)


def test_missing_codes_cannot_be_called_not_bought():
    form = resolve_form(an_order(state=OrderState.CODES_UNAVAILABLE), "live")
    assert "Not bought" not in said(form)


@given(orders, any_text, any_text)
def test_slack_takes_every_alert_form_and_proposal(order, note, support):
    check_message(escalation_message(order, NotificationEvent.OVERDUE, support))
    check_message(confirmed(order, "U0LEAD001"))
    for outcome in RESOLUTIONS.get(order.state, ()):
        check_message(proposal_message(order, Resolution(3, order.id, outcome, note, LEAD, NOON)))
        for environment in ("live", "sandbox"):
            check_view(resolve_form(order, environment))


def report_of(findings, found):
    payload = ReconciliationPayload(vendor="Octopus Cards", findings=tuple(findings), found=found)
    return reconciliation_report(payload)


@pytest.mark.parametrize("found", [1, 20, 21, 500])
def test_a_report_of_a_match_shows_what_fits_and_counts_the_rest(found):
    message = report_of([f"GC-{n}: it is odd." for n in range(min(found, 200))], found)
    check_message(message)
    shown = said(message.blocks)
    assert f"{found} thing{'s do' if found > 1 else ' does'} not fit" in shown
    assert shown.count("it is odd.") == min(found, 20)
    assert (f"… and {found - 20} more." in shown) == (found > 20)


@given(any_text)
def test_whatever_the_vendor_calls_an_order_slack_takes_the_report(text):
    check_message(report_of([text] * 25, 25))
