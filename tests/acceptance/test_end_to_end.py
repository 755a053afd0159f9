"""From `/giftcard` to a code in hand, over both transports, with every process a real one."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.every import assert_none
from tests.support.processes import Process
from tests.support.running_system import AGENT, CONTROLLER, GUEST, LEAD, OTHER_LEAD, STRANGER, RunningSystem
from tests.support.slack_user import Form, SlackUser, everything_said


def fill_in(agent: SlackUser, product: str = "steam us", quantity: str = "2") -> Form:
    """The order form, filled in and showing its quote."""
    agent.command("")
    form = agent.form("Gift card")
    form.choose("product", product)
    form.until("Denomination")
    _, denomination = form.element("denomination")
    if denomination["type"] == "static_select":
        form.choose("denomination", "")
    else:
        form.type("denomination", denomination.get("min_value", "20"))
    form.type("quantity", quantity)
    form.type("reason", "parcel lost twice")
    form.type("ticket", "https://tickets.example.com/4711")
    return form.until(f"({quantity} cards of" if quantity != "1" else "Total payable")


def ask(agent: SlackUser, product: str = "steam us", quantity: str = "2") -> None:
    answer = fill_in(agent, product, quantity).submit()
    assert answer["ok"], answer
    agent.sees("before the approvers")


def buy(system: RunningSystem, product: str = "steam us", quantity: str = "2") -> tuple[SlackUser, SlackUser]:
    """The agent asks, the lead approves."""
    agent, lead = system.person(AGENT), system.person(LEAD)
    ask(agent, product, quantity)
    card = lead.sees("asks for", kind="message")
    assert lead.press(card, "approve")["ok"]
    agent.sees("approved by")
    return agent, lead


def codes_shown(system: RunningSystem, agent: SlackUser, count: int) -> None:
    """Press *Show codes* and compare with what the vendor sold."""
    ready = agent.sees("ready", "Show codes", kind="message")
    agent.forget()
    assert agent.press(ready, "show_codes")["ok"]
    shown = everything_said(agent.sees("Codes of", kind="ephemeral"))
    (theirs,) = [
        o for o in system.back_office.orders() if o["client_reference"] == system.order()["client_reference"]
    ]
    assert len(theirs["vouchers"]) == count
    for voucher in theirs["vouchers"]:
        assert (voucher["card_number"] or voucher["claim_url"]) in shown
    assert_no_code_left(system)


def assert_no_code_left(system: RunningSystem) -> None:
    """No code stands in a persistent message, the log, the audit log or the outbox."""
    at_rest = system.bot.logged() + json.dumps(
        system.rows("SELECT * FROM audit")
        + system.rows("SELECT * FROM outbox")
        + system.rows("SELECT * FROM orders")
    )
    for order in system.back_office.orders():
        for voucher in order["vouchers"]:
            for secret in (voucher["card_number"], voucher["claim_url"]):
                if secret:
                    assert system.persistent_messages(secret) == []
                    assert secret not in at_rest


def test_two_cards_are_asked_for_approved_bought_and_handed_over(system):
    agent, lead = buy(system, quantity="2")
    codes_shown(system, agent, 2)

    settled = lead.sees("delivered", "approved by", kind="message_changed")
    assert "approve" not in json.dumps([b for b in settled["message"]["blocks"] if b["type"] == "actions"])
    order = system.order()
    system.until(
        lambda: system.rows("SELECT 1 FROM audit WHERE order_id = ? AND action = 'codes_shown'", order["id"]),
        "the reveal is on record",
    )
    rows = {r["action"]: r for r in system.rows("SELECT * FROM audit WHERE order_id = ?", order["id"])}
    assert rows["approved"]["actor_user"] == LEAD
    assert json.loads(rows["purchase_intended"]["details"])["approvers"] == [f"T0ACME001/{LEAD}"]
    assert {"codes_requested", "codes_shown"} <= set(rows)


def test_eight_cards_arrive_a_little_later(system):
    agent, _ = buy(system, quantity="8")
    codes_shown(system, agent, 8)


def test_a_euro_card_is_paid_from_the_dollar_wallet(system):
    agent, lead = system.person(AGENT), system.person(LEAD)
    form = fill_in(agent, "zalando germany", "2")
    form.choose("wallet", "", lambda option: "USD" in option["text"]["text"])
    form.until("FX rate")
    assert form.submit()["ok"]
    card = lead.sees("asks for", "FX rate", kind="message")
    lead.press(card, "approve")
    codes_shown(system, agent, 2)
    order = system.order()
    assert (order["charge_currency"], order["face_value_currency"]) == ("USD", "EUR")
    wallet = next(w for w in system.back_office.wallets() if w["currency"] == "USD")
    assert f"{wallet['amount']:.2f}" == f"{float(order['balance_after_amount']):.2f}"


def test_codes_are_gone_after_a_reload_and_show_codes_brings_them_back_audited(system):
    agent, _ = buy(system)
    ready = agent.sees("ready", "Show codes", kind="message")
    codes_shown(system, agent, 2)
    agent.reload()
    assert "Codes of" not in everything_said(agent.history(ready["channel"]))

    agent.press(ready, "show_codes")
    agent.sees("Codes of", kind="ephemeral")

    system.until(
        lambda: len(system.rows("SELECT 1 FROM audit WHERE action = 'codes_shown'")) >= 2,
        "two reveals on record",
    )


def test_nobody_but_the_requester_is_shown_codes(system):
    agent, lead = buy(system)
    agent.sees("ready", "Show codes", kind="message")
    lead.command(f"codes {system.order()['client_reference']}")
    lead.sees("only to the person who asked", kind="ephemeral")


def test_a_decline_needs_a_reason_which_the_requester_is_told(system):
    agent, lead = system.person(AGENT), system.person(LEAD)
    ask(agent)
    lead.press(lead.sees("asks for", kind="message"), "decline")
    form = lead.form()
    assert "reason" in form.submit()["errors"]
    form.type("reason", "already refunded by bank transfer")
    assert form.submit()["ok"]

    agent.sees("already refunded by bank transfer", kind="message")
    settled = lead.sees("declined", kind="message_changed")
    assert_none(settled["message"]["blocks"], lambda b: b["type"] == "actions")


def test_nobody_approves_their_own_request(system):
    lead = system.person(LEAD)
    ask(lead)
    lead.press(lead.sees("asks for", kind="message"), "approve")
    lead.sees("own request", kind="ephemeral")
    assert system.order()["state"] == "pending_approval"


def test_two_approvers_at_the_same_instant_make_one_decision(system):
    agent, lead, other = system.person(AGENT), system.person(LEAD), system.person(OTHER_LEAD)
    ask(agent)
    card = lead.sees("asks for", kind="message")
    with ThreadPoolExecutor(2) as both:
        list(both.map(lambda slack_user: slack_user.press(card, "approve"), [lead, other]))

    agent.sees("ready", "Show codes", kind="message")
    order = system.order()
    assert (
        len(system.rows("SELECT 1 FROM audit WHERE order_id = ? AND action = 'approved'", order["id"])) == 1
    )
    assert [o["client_reference"] for o in system.back_office.orders()].count(order["client_reference"]) == 1
    answers = [everything_said(f) for s in (lead, other) for f in s.frames if f["type"] == "ephemeral"]
    assert sum("already approved" in answer for answer in answers) <= 1
    system.until(
        lambda: (
            any("already approved" in everything_said(c) for c in system.calls(kind="response_url"))
            or any(
                "already approved" in everything_said(c) for c in system.calls(method="chat.postEphemeral")
            )
        ),
        "the second approver is told",
    )


def test_the_same_click_delivered_twice_is_one_decision(system):
    agent, lead = system.person(AGENT), system.person(LEAD)
    ask(agent)
    system.control.post("/faults", json={"kind": "duplicate", "method": "block_actions"})
    lead.press(lead.sees("asks for", kind="message"), "approve")
    agent.sees("ready", "Show codes", kind="message")
    reference = system.order()["client_reference"]
    assert [o["client_reference"] for o in system.back_office.orders()].count(reference) == 1


def test_a_form_submitted_twice_is_one_request(system):
    agent = system.person(AGENT)
    form = fill_in(agent)
    before = len(system.rows("SELECT 1 FROM orders"))
    system.control.post("/faults", json={"kind": "duplicate", "method": "view_submission"})
    assert form.submit()["ok"]
    agent.sees("before the approvers")
    assert len(system.rows("SELECT 1 FROM orders")) == before + 1


@pytest.mark.parametrize(
    ("field", "typed", "mended"),
    [
        ("quantity", "21", "1"),
        ("ticket", "https://evil.example/1", "https://tickets.example.com/1"),
        ("email", "kim@nowhere", "kim@example.com"),
    ],
)
def test_a_wrong_entry_is_said_at_its_field_and_nothing_typed_is_lost(system, field, typed, mended):
    agent = system.person(AGENT)
    form = fill_in(agent)
    form.type(field, typed)
    answer = form.submit()
    assert not answer["ok"]
    assert set(answer["errors"]) == {form.element(field)[0]}
    form.type(
        field, {"quantity": "1", "ticket": "https://tickets.example.com/1", "email": "kim@example.com"}[field]
    )
    assert form.submit()["ok"]


def test_a_vendor_that_is_down_is_said_in_the_form_which_stays_as_it_is(system):
    agent = system.person(AGENT)
    agent.command("")
    form = agent.form("Gift card")
    system.back_office.arm("error", method="*", path="*", status=503, times=0)
    form.choose("product", "steam us")
    form.until("Denomination")
    form.choose("denomination", "")
    form.type("quantity", "2")
    form.type("reason", "parcel lost twice")
    form.type("ticket", "https://tickets.example.com/4711")
    before = len(system.rows("SELECT 1 FROM orders"))
    form.submit()
    form.until("What you typed is kept")
    assert "parcel lost twice" in form.text
    assert len(system.rows("SELECT 1 FROM orders")) == before

    system.back_office.reset()
    assert form.submit()["ok"]
    agent.sees("before the approvers")


def test_a_guest_and_a_stranger_are_refused_kindly_and_on_record(system):
    guest = system.person(GUEST)
    guest.command("")
    guest.sees("Guest", kind="ephemeral")
    stranger = system.person(STRANGER)
    stranger.command("", channel="C0SUPPORT1")
    stranger.sees("workspace", kind="ephemeral")
    reasons = [
        json.loads(r["details"])["reason"]
        for r in system.rows("SELECT * FROM audit WHERE action = 'refused'")
    ]
    assert {"guest", "foreign_workspace"} <= set(reasons)


def test_a_lead_who_left_the_group_decides_nothing_from_that_moment(system):
    agent, lead = system.person(AGENT), system.person(LEAD)
    ask(agent)
    card = lead.sees("asks for", kind="message")
    system.control.post("/groups", json={"usergroup": "S0LEADS01", "users": [OTHER_LEAD]})
    try:
        lead.press(card, "approve")
        lead.sees("not on the list of approvers", kind="ephemeral")
        assert system.order()["state"] == "pending_approval"
    finally:
        system.control.post("/groups", json={"usergroup": "S0LEADS01", "users": [LEAD, OTHER_LEAD]})


def test_an_expired_trigger_is_answered_with_what_to_do(system):
    agent = system.person(AGENT)
    system.control.post("/faults", json={"kind": "expired_trigger"})
    agent.command("")
    agent.sees("/giftcard", "again", kind="ephemeral")


def test_search_quote_status_mine_pending_balance_and_help_answer(system):
    agent, controller = system.person(AGENT), system.person(CONTROLLER)
    agent.command("search steam country:USA")
    agent.sees("Steam", "United States", "Discount", kind="ephemeral")
    agent.command("quote steam us 20 x2")
    agent.sees("Wallet after", kind="ephemeral")
    agent.command("balance")
    agent.sees("USD 25,000.00", kind="ephemeral")
    agent.command("help")
    agent.sees("/giftcard search", kind="ephemeral")
    agent.command("serach steam")
    agent.sees("Did you mean", "search", kind="ephemeral")
    ask(agent)
    reference = system.order()["client_reference"]
    for text in (f"status {reference}", "status", "mine"):
        agent.forget()
        agent.command(text)
        agent.sees(reference, kind="ephemeral")
    for text in ("pending", f"status {reference}"):
        controller.forget()
        controller.command(text)
        controller.sees(reference, kind="ephemeral")


def test_the_message_shortcut_fills_in_the_link_to_the_conversation(system):
    agent = system.person(AGENT)
    message = agent.history("C0SUPPORT1")[0]
    agent.post(
        "shortcut", callback_id="gift_card_for_conversation", channel="C0SUPPORT1", message_ts=message["ts"]
    )
    form = agent.form("Gift card")
    assert form.element("ticket")[1]["initial_value"].startswith(system.address)
    form.close()
    agent.post("shortcut", callback_id="issue_gift_card")
    assert "initial_value" not in agent.form("Gift card").element("ticket")[1]


def test_home_shows_ones_own_requests(system):
    agent = system.person(AGENT)
    ask(agent)
    agent.post("home", tab="home")
    home = agent.sees(system.order()["client_reference"], kind="home")
    agent.press(home, "open_order_form")
    assert agent.form("Gift card")


def test_a_bot_killed_after_the_approval_buys_once_when_it_is_back(system):
    agent, lead = system.person(AGENT), system.person(LEAD)
    ask(agent)
    system.back_office.choose(reads="always")
    system.back_office.arm("delay-after", seconds=2)
    lead.press(lead.sees("asks for", kind="message"), "approve")
    reference = system.order()["client_reference"]
    system.until(
        lambda: any(o["client_reference"] == reference for o in system.back_office.orders()), "bought"
    )
    system.bot.kill()

    system.start_bot()

    codes_shown(system, agent, 2)
    assert [o["client_reference"] for o in system.back_office.orders()].count(reference) == 1


def test_a_stopped_bot_leaves_in_time_and_in_order(system):
    assert system.bot.stop() == 0
    assert "event=bot_stopped" in system.bot.logged()
    system.start_bot()


def test_a_second_bot_on_the_same_database_is_turned_away(system, tmp_path):
    second = Process("run", log=tmp_path / "second.log", env=system.env)
    try:
        assert second.popen.wait(15) != 0
        assert "already" in second.logged() or "in use" in second.logged()
        assert "Traceback" not in second.logged()
    finally:
        second.end()


def test_everything_the_bot_said_was_good_slack(system):
    """Nothing the bot sent in this module was refused for its form."""
    agent = system.person(AGENT)
    agent.command("help")
    agent.sees("/giftcard search", kind="ephemeral")
    wrong = [c for c in system.calls() if "invalid" in str(c.get("response")) and c["kind"] == "api"]
    assert wrong == []
    assert "Traceback" not in system.bot.logged()
