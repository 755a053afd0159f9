"""What requesters, approvers and controllers read about orders."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.lifecycle import OrderState
from bot.domain.lines import UnparsedDeliverable
from bot.domain.money import Money
from bot.domain.notifications import NotificationEvent
from bot.domain.problems import Problem, ProblemCode
from bot.kinds.gift_card import Voucher
from bot.services.outbox_payloads import RevealPage
from handlers import ids
from handlers.block_kit.blocks import SANDBOX_MARK
from handlers.reveal import REVEAL_LIMITS
from handlers.views.approval_card import approval_card
from handlers.views.codes import codes_message
from handlers.views.escalations import escalation_message
from handlers.views.home import home, home_without_access
from handlers.views.modals import decline_form
from handlers.views.notifications import notification_message
from handlers.views.orders import order_status, own_orders, pending
from handlers.views.states import STATE_TEXTS
from tests.unit.handlers.block_kit_checks import buttons, check_message, check_view, said
from tests.unit.handlers.order_factories import (
    AGENT,
    LEAD,
    OTHER_LEAD,
    a_file,
    an_order,
    any_text,
    approval,
    files,
    orders,
    some_text,
)

DECIDED = [state for state in OrderState if state is not OrderState.PENDING_APPROVAL]


def test_the_card_has_everything_a_decision_needs():
    file = a_file(
        needed=2,
        approvals=(approval(LEAD),),
        forex_rate=Decimal("0.9234"),
        fee=Money(Decimal("0.45"), "EUR"),
        charge=Money(Decimal("45.23"), "EUR"),
        balance_after=Money(Decimal("454.77"), "EUR"),
        recipient_email="customer@example.com",
    )
    card = said(approval_card(file).blocks)
    for fact in (
        "<@U0AGENT01> asks for *2 × USD 25.00 Steam (United States)*",
        ">Parcel lost twice",
        "<https://tickets.example.com/4711|tickets.example.com/4711>",
        "customer@example.com",
        "*Face value*\nUSD 50.00",
        "*Discount*\nUSD 1.50",
        "1 USD = 0.9234 EUR",
        "*Fee*\nEUR 0.45",
        "*Charge*\n*EUR 45.23*",
        "*Wallet after*\nEUR 454.77",
        "Approvals: 1 of 2 · approved by <@U0LEAD001>",
    ):
        assert fact in card


def test_the_card_asks_twice_before_money_is_spent_and_names_the_charge():
    approve = buttons(approval_card(a_file()).blocks)["Approve"]
    assert approve["confirm"]["text"]["text"] == (
        "The bot then buys 2 cards at USD 25.00 for USD 48.50. There is no way back."
    )


def test_decision_buttons_carry_the_order_and_the_terms_on_screen_and_nothing_else():
    file = a_file()
    card = buttons(approval_card(file).blocks)
    for label in ("Approve", "Decline"):
        assert card[label]["value"] == f"7.{file.order.digest[:12]}"


def test_a_moved_price_is_pointed_out_while_the_request_waits():
    file = a_file(problem=Problem(ProblemCode.PRICE_MOVED, {"approved": "USD 48.50", "now": "USD 49.90"}))
    assert "⚠️ *Look twice:* The charge was USD 48.50 when this was approved and is USD 49.90 now." in said(
        approval_card(file).blocks
    )


@pytest.mark.parametrize("state", DECIDED)
def test_a_decided_card_shows_the_outcome_and_has_no_live_buttons(state):
    card = approval_card(a_file(state=state))
    assert buttons(card.blocks) == {}
    assert STATE_TEXTS[state].label in said(card.blocks)


def test_a_declined_card_says_who_and_why():
    file = a_file(
        state=OrderState.DECLINED,
        problem=Problem(ProblemCode.DECLINED, {"note": "Duplicate of 4710"}),
        approvals=(approval(LEAD, approved=False),),
    )
    card = said(approval_card(file).blocks)
    assert "declined by <@U0LEAD001>" in card and ">Duplicate of 4710" in card


def test_an_approved_card_names_every_approver_and_the_codes_that_came():
    file = a_file(state=OrderState.DELIVERED, codes_held=2, approvals=(approval(LEAD), approval(OTHER_LEAD)))
    assert "approved by <@U0LEAD001>, <@U0LEAD002> · 2 of 2 codes" in said(approval_card(file).blocks)


def test_a_reason_cannot_pass_for_a_figure_of_ours():
    card = approval_card(a_file(reason="lost\n*Charge*\n*USD 1.00*"))
    why = next(block["text"]["text"] for block in card.blocks if "*Why*" in said(block))
    assert why == "*Why*\n>lost\n>*Charge*\n>*USD 1.00*"


@given(files)
def test_slack_takes_every_card(file):
    check_message(approval_card(file))


@given(files, st.sampled_from(NotificationEvent))
def test_slack_takes_every_notification_and_alert(file, event):
    check_message(notification_message(file, event))
    check_message(escalation_message(file.order, event))


@given(files, st.booleans())
def test_slack_takes_every_status(file, own):
    check_message(order_status(file, own=own))


@given(st.lists(files, max_size=10), st.booleans())
def test_slack_takes_every_list(some, can_view_all):
    check_message(own_orders(some))
    check_message(pending(some, approvals_channel="C0APPROVE1", can_view_all=can_view_all))


@given(st.lists(files, max_size=10), st.none() | st.lists(files, max_size=20), st.booleans(), any_text)
def test_slack_takes_every_home(own, waiting, may_request, why):
    for environment in ("live", "sandbox"):
        drawn = home(
            own, waiting, may_request=may_request, approvals_channel="C0APPROVE1", environment=environment
        )
        check_view(drawn, "home")
        check_view(home_without_access(why, environment), "home")
        assert (SANDBOX_MARK in said(drawn)) == (environment == "sandbox")


@given(orders)
def test_slack_takes_every_decline_form(order):
    for environment in ("live", "sandbox"):
        view = decline_form(order, environment)
        check_view(view)
        assert view["title"]["text"].startswith("SANDBOX") == (environment == "sandbox")


def test_ready_and_part_ready_orders_come_with_a_button_and_no_others_do():
    with_codes = {
        event
        for event in NotificationEvent
        if "Show codes" in buttons(notification_message(a_file(codes_held=1), event).blocks)
    }
    assert with_codes == {
        NotificationEvent.DELIVERED,
        NotificationEvent.PARTIALLY_DELIVERED,
        NotificationEvent.PARTIALLY_FULFILLED,
        NotificationEvent.CODES_NOT_SHOWN,
    }


def test_the_requester_can_take_back_what_waits_and_see_what_is_here():
    offered = buttons(own_orders([a_file(), a_file(state=OrderState.DELIVERED, codes_held=2)]).blocks)
    assert set(offered) == {"Withdraw", "Show codes"}


def test_somebody_elses_order_offers_nothing_to_press():
    assert buttons(order_status(a_file(codes_held=2), own=False).blocks) == {}


def test_an_alert_names_every_reference_the_vendor_will_ask_for():
    order = an_order(state=OrderState.OUTCOME_UNKNOWN, vendor_order_id="90017", vendor_request_id="req-5f2")
    words = said(escalation_message(order, NotificationEvent.OUTCOME_UNKNOWN).blocks)
    assert "`GC-261121-7K3MQ9VX`" in words and "`90017`" in words and "`req-5f2`" in words
    assert "never buys it twice" in words


secrets = st.text(min_size=1, max_size=60).filter(str.strip)
vouchers = st.builds(
    Voucher,
    card_number=st.none() | secrets,
    pin_code=st.none() | secrets,
    claim_url=st.none() | secrets.map(lambda path: f"https://claim.example.com/{path}"),
    expires_at=some_text,
    voucher_reference_number=some_text,
)


def code_messages(order, held):
    """As they are asked for: so many cards in each."""
    for page in REVEAL_LIMITS.pages(len(held), asked=1):
        yield codes_message(order, held, page)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2028-11-21T00:00:00Z", "Valid until 21 Nov 2028"),
        ("2028-11-21", "Valid until 21 Nov 2028"),
        ("2028-11-21T14:30:00+02:00", "Valid until 21 Nov 2028 12:30 UTC"),
        ("24 months from purchase", "Valid until 24 months from purchase"),
        ("0001-01-01T00:00:00+14:00", "Valid until 0001-01-01T00:00:00+14:00"),
    ],
)
def test_until_when_a_card_is_valid_is_written_as_people_write_it(written, read):
    [message] = code_messages(an_order(), [Voucher("CODE-1", expires_at=written)])
    assert read in said(message.blocks).splitlines()


@given(orders, st.lists(vouchers, min_size=1, max_size=30))
def test_slack_takes_codes_in_any_number(order, held):
    for message in code_messages(order, held):
        check_message(message)


def test_every_code_is_shown_once_whole_and_numbered():
    held = [Voucher(card_number=f"CODE-{n:04}", pin_code=f"PIN-{n:04}") for n in range(1, 31)]
    order = replace(an_order(), terms=replace(an_order().terms, line=an_order().terms.line.part(30)))
    shown = "\n".join(said(message.blocks) for message in code_messages(order, held))
    for n in range(1, 31):
        assert shown.count(f"`CODE-{n:04}`") == shown.count(f"`PIN-{n:04}`") == 1
        assert f"*{n} of 30*" in shown


def test_the_notification_of_a_code_message_has_no_code():
    for message in code_messages(an_order(), [Voucher("SECRET-CODE", "SECRET-PIN", "https://secret")]):
        assert "SECRET" not in message.text.upper()


def test_a_code_too_long_for_one_section_is_split_from_its_facts_not_cut():
    url = "https://claim.example.com/" + "a" * 2800
    [message] = code_messages(an_order(), [Voucher("C" * 200, "1234", url)])
    check_message(message)
    assert url in said(message.blocks)


def test_the_form_for_a_decline_is_about_the_terms_that_were_on_screen():
    order = an_order()
    assert decline_form(order, "live")["private_metadata"] == ids.decision_value(order.id, order.digest[:12])
    assert AGENT.user_id in said(decline_form(order, "live"))


def test_what_people_typed_is_escaped_once_wherever_it_is_shown():
    file = a_file(
        reason="a < b & c", problem=Problem(ProblemCode.DECLINED, {"note": "d < e"}), product_name="P&G"
    )
    for message in (
        approval_card(file),
        order_status(file, own=True),
        pending([file], approvals_channel="C0APPROVE1", can_view_all=True),
        own_orders([file]),
        notification_message(
            a_file(state=OrderState.DECLINED, problem=Problem(ProblemCode.DECLINED, {"note": "d < e"})),
            NotificationEvent.DECLINED,
        ),
    ):
        words = said(message.blocks)
        assert "&amp;amp;" not in words and "&amp;lt;" not in words
        assert "a < b" not in words and "d < e" not in words


def test_screen_readers_are_spared_the_asterisks():
    assert "*" not in notification_message(a_file(), NotificationEvent.APPROVED).payload("live")["text"]


def test_an_answer_nobody_could_read_is_shown_in_pieces_that_fit_and_says_when_it_is_cut():
    message = codes_message(
        an_order(), [UnparsedDeliverable("<a>&`" * 4000)], RevealPage(first=1, last=1, asked=1)
    )

    check_message(message)
    texts = [block["text"]["text"] for block in message.blocks if block["type"] == "section"]
    assert "Only its beginning is shown" in texts[1]
    assert "&lt;a&gt;&amp;'" in texts[2]
