from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.domain.people import Person, PersonId
from bot.domain.policy import BadField, NotPermitted, Policy, Reason

AGENT = Person(PersonId("T1", "U0AGENT"), frozenset({"S0AGENTS"}))
LEAD = Person(PersonId("T1", "U0LEAD"), frozenset({"S0LEADS"}))
CONTROLLER = Person(PersonId("T1", "U0CTRL"))
STRANGER = Person(PersonId("T1", "U0NOBODY"))


def policy(**sections: object) -> Policy:
    circles = {
        "requesters": {"groups": ["S0AGENTS", "S0LEADS"]},
        "approvers": {"groups": ["S0LEADS"]},
        "controllers": {"users": ["U0CTRL"]},
    }
    return Policy.model_validate(circles | sections)


def test_members_of_a_requester_group_may_ask():
    policy().check_request(AGENT)


def test_somebody_on_no_list_may_not_ask_and_is_told_whom_to_turn_to():
    with pytest.raises(NotPermitted, match="team lead") as refusal:
        policy().check_request(STRANGER)
    assert refusal.value.reason is Reason.NOT_A_REQUESTER


def test_an_approver_may_decide_on_somebody_elses_request():
    policy().check_decision(LEAD, AGENT.id)


def test_nobody_decides_on_their_own_request_not_even_an_approver():
    with pytest.raises(NotPermitted) as refusal:
        policy().check_decision(LEAD, LEAD.id)
    assert refusal.value.reason is Reason.SELF_APPROVAL


def test_a_requester_who_is_no_approver_decides_nothing():
    with pytest.raises(NotPermitted) as refusal:
        policy().check_decision(AGENT, LEAD.id)
    assert refusal.value.reason is Reason.NOT_AN_APPROVER


@pytest.mark.parametrize(
    ("flag", "reason"),
    [
        ("is_guest", Reason.GUEST),
        ("is_bot", Reason.BOT),
        ("is_deactivated", Reason.DEACTIVATED),
        ("is_foreign", Reason.FOREIGN_WORKSPACE),
    ],
)
def test_guests_bots_leavers_and_other_workspaces_can_do_nothing_whatever_lists_they_are_on(flag, reason):
    changed: Any = {flag: True}
    lead = replace(LEAD, **changed)
    for check in (
        lambda: policy().check_request(lead),
        lambda: policy().check_decision(lead, AGENT.id),
        lambda: policy().check_involved(lead),
    ):
        with pytest.raises(NotPermitted) as refusal:
            check()
        assert refusal.value.reason is reason


@pytest.mark.parametrize("circle", ["requesters", "approvers"])
def test_an_empty_list_means_nobody_and_is_refused_rather_than_meaning_everybody(circle):
    with pytest.raises(ValidationError, match="names nobody"):
        policy(**{circle: {"users": []}})


@pytest.mark.parametrize("wrong", ["@ava", "ava@example.com", "#general", "u0agent"])
def test_a_name_where_an_id_belongs_is_refused(wrong):
    with pytest.raises(ValidationError, match="not a Slack user id"):
        policy(approvers={"users": [wrong]})


def test_an_unknown_setting_is_refused_rather_than_ignored():
    with pytest.raises(ValidationError, match="tolerence"):
        policy(purchases={"tolerence_percent": 5})


@pytest.mark.parametrize(
    "link",
    [
        "not a link",
        "http://tickets.example.com/1",
        "https://",
        "https://x",
        "javascript:alert(1)",
        "https://user:pw@tickets.example.com/1",
        "https://tickets.example.com/1 2",
        "https://tickets.example.com/<script>",
        "https://[broken",
        "https://tickets.example.com/" + "a" * 600,
    ],
)
def test_a_malformed_ticket_link_is_refused_at_its_field(link):
    with pytest.raises(BadField) as bad:
        policy().check_ticket(link)
    assert bad.value.field == "ticket"


def test_a_ticket_elsewhere_is_refused_by_name_of_its_host():
    rules = policy(tickets={"hosts": ["tickets.example.com"]})
    assert rules.check_ticket(" https://tickets.example.com/42 ") == "https://tickets.example.com/42"
    with pytest.raises(BadField, match=r"evil\.example is not one of our ticket systems"):
        rules.check_ticket("https://evil.example/tickets.example.com/42")


def test_a_link_into_our_own_slack_is_a_ticket_too():
    rules = policy(tickets={"hosts": ["tickets.example.com"], "required": True})
    link = "https://acme.slack.com/archives/C1/p17"
    assert rules.check_ticket(link, workspace_url="https://acme.slack.com/") == link


def test_a_ticket_may_be_left_out_only_where_the_policy_lets_it():
    assert policy().check_ticket("  ") is None
    with pytest.raises(BadField, match="needed"):
        policy(tickets={"required": True}).check_ticket("")


@pytest.mark.parametrize(
    "address", ["nobody", "a@b", "a b@example.com", "a@exa mple.com", "x" * 250 + "@a.com"]
)
def test_a_malformed_address_is_refused(address):
    with pytest.raises(BadField, match="not an e-mail address"):
        policy().check_email(address)


def test_foreign_and_blocked_domains_are_refused_by_name():
    with pytest.raises(BadField, match=r"only be sent to addresses at example\.com"):
        policy(recipients={"domains": ["example.com"]}).check_email("a@other.org")
    with pytest.raises(BadField, match="blocked"):
        policy(recipients={"blocked_domains": ["acme.test"]}).check_email("colleague@ACME.test")


@pytest.mark.parametrize("quantity", [0, -1, 11, 10**9])
def test_a_quantity_outside_the_limits_is_refused(quantity):
    with pytest.raises(BadField) as bad:
        policy(limits={"quantity": 10}).check_quantity(quantity)
    assert bad.value.field == "quantity"


def test_the_vendors_own_limit_counts_as_well():
    with pytest.raises(BadField, match="vendor sells at most 3"):
        policy().check_quantity(4, max_quantity=3)


def test_limits_by_currency_are_read_without_passing_through_float():
    assert policy(limits={"charge": {"USD": Decimal("0.1")}}).limits.charge["USD"] == Decimal("0.1")


@given(st.text(max_size=80))
def test_no_text_breaks_the_checks_of_links_and_addresses(text):
    for check in (policy().check_ticket, policy().check_email):
        try:
            check(text)
        except BadField as bad:
            assert str(bad)
