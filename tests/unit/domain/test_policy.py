from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.domain.people import Person, PersonId
from bot.domain.policy.rules import DenialReason, FieldError, NotPermitted, Policy

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
    assert refusal.value.reason is DenialReason.NOT_A_REQUESTER


def test_an_approver_may_decide_on_somebody_elses_request():
    policy().check_decision(LEAD, AGENT.id)


def test_nobody_decides_on_their_own_request_not_even_an_approver():
    with pytest.raises(NotPermitted) as refusal:
        policy().check_decision(LEAD, LEAD.id)
    assert refusal.value.reason is DenialReason.SELF_APPROVAL


def test_a_requester_who_is_no_approver_decides_nothing():
    with pytest.raises(NotPermitted) as refusal:
        policy().check_decision(AGENT, LEAD.id)
    assert refusal.value.reason is DenialReason.NOT_AN_APPROVER


@pytest.mark.parametrize(
    ("flag", "reason"),
    [
        ("is_guest", DenialReason.GUEST),
        ("is_bot", DenialReason.BOT),
        ("is_deactivated", DenialReason.DEACTIVATED),
        ("is_foreign", DenialReason.FOREIGN_WORKSPACE),
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
    with pytest.raises(FieldError) as bad:
        policy().check_ticket(link)
    assert bad.value.field == "ticket"


def test_a_ticket_elsewhere_is_refused_by_name_of_its_host():
    rules = policy(tickets={"hosts": ["tickets.example.com"]})
    assert rules.check_ticket(" https://tickets.example.com/42 ") == "https://tickets.example.com/42"
    with pytest.raises(FieldError, match=r"evil\.example is not one of our ticket systems"):
        rules.check_ticket("https://evil.example/tickets.example.com/42")


def test_a_link_into_our_own_slack_is_a_ticket_too():
    rules = policy(tickets={"hosts": ["tickets.example.com"], "required": True})
    link = "https://acme.slack.com/archives/C1/p17"
    assert rules.check_ticket(link, workspace_url="https://acme.slack.com/") == link


@pytest.mark.parametrize("workspace", ["https://acme.slack.com/", "https://acme.slack.com"])
@pytest.mark.parametrize(
    "link",
    [
        "https://acme.slack.com.evil.example/x",
        "https://acme.slack.com@evil.example/",
        "https://acme.slack.com:8443/x",
        "https://acme.slack.com/x\n*Charge*\n*USD 1.00*",
        "https://acme.slack.com/x\u2028y",
        "https://acme.slack.com/<!channel>",
        "https://acme.slack.com\\@evil.example/",
        "http://acme.slack.com/archives/C1/p17",
    ],
)
def test_what_only_looks_like_a_link_into_our_slack_is_no_ticket(workspace, link):
    rules = policy(tickets={"hosts": ["tickets.example.com"]})
    with pytest.raises(FieldError) as bad:
        rules.check_ticket(link, workspace_url=workspace)
    assert bad.value.field == "ticket"


def test_plain_http_is_for_a_slack_on_this_machine_only():
    link = "http://127.0.0.1:8300/archives/C1/p17"
    assert policy().check_ticket(link, workspace_url="http://127.0.0.1:8300/") == link
    for workspace in ("http://127.0.0.1:8301/", "https://127.0.0.1:8300/", ""):
        with pytest.raises(FieldError):
            policy().check_ticket(link, workspace_url=workspace)
    with pytest.raises(FieldError):
        policy().check_ticket("http://slack.test/archives/C1/p17", workspace_url="http://slack.test/")


def test_a_ticket_may_be_left_out_only_where_the_policy_lets_it():
    assert policy().check_ticket("  ") is None
    with pytest.raises(FieldError, match="needed"):
        policy(tickets={"required": True}).check_ticket("")


@pytest.mark.parametrize(
    "address", ["nobody", "a@b", "a b@example.com", "a@exa mple.com", "x" * 250 + "@a.com"]
)
def test_a_malformed_address_is_refused(address):
    with pytest.raises(FieldError, match="not an e-mail address"):
        policy().check_email(address)


def test_foreign_and_blocked_domains_are_refused_by_name():
    with pytest.raises(FieldError, match=r"only be sent to addresses at example\.com"):
        policy(recipients={"domains": ["example.com"]}).check_email("a@other.org")
    with pytest.raises(FieldError, match="blocked"):
        policy(recipients={"blocked_domains": ["acme.test"]}).check_email("colleague@ACME.test")


@pytest.mark.parametrize("address", ["x@acme.test", "x@ACME.test", "x@mail.acme.test", "x@a.b.Acme.Test"])
def test_a_blocked_domain_is_blocked_however_it_is_written_and_with_all_below_it(address):
    rules = policy(recipients={"blocked_domains": ["Acme.TEST"]})
    with pytest.raises(FieldError, match="blocked"):
        rules.check_email(address)
    assert rules.check_email("x@notacme.test") == "x@notacme.test"


def test_domains_and_hosts_are_the_same_in_capitals():
    assert policy(recipients={"domains": ["Example.COM"]}).check_email("a@example.com")
    assert policy(tickets={"hosts": ["Tickets.Example.com"]}).check_ticket("https://tickets.example.com/1")


@pytest.mark.parametrize(
    "wrong", ["@corp.example", "*.corp.example", "https://corp.example", "corp", "", ".corp.example", "a b.c"]
)
def test_a_domain_that_would_never_match_is_refused_with_what_is_wrong_with_it(wrong):
    for sections in (
        {"recipients": {"blocked_domains": [wrong]}},
        {"recipients": {"domains": [wrong]}},
        {"tickets": {"hosts": [wrong]}},
    ):
        with pytest.raises(ValidationError, match=r"not a domain such as acme\.example"):
            policy(**sections)


@pytest.mark.parametrize("currency", ["usd", "US", "USDT", "", "€"])
def test_a_limit_in_no_currency_is_refused_rather_than_never_applied(currency):
    with pytest.raises(ValidationError, match="not a currency in capitals such as USD"):
        policy(limits={"charge": {currency: 10}})


@pytest.mark.parametrize("amount", [0, -1, Decimal("NaN"), Decimal("Infinity")])
def test_a_limit_that_is_no_amount_is_refused(amount):
    with pytest.raises(ValidationError, match=r"charge\.USD"):
        policy(limits={"charge": {"USD": amount}})


@pytest.mark.parametrize("quantity", [0, -1, 11, 10**9])
def test_a_quantity_outside_the_limits_is_refused(quantity):
    with pytest.raises(FieldError) as bad:
        policy(limits={"quantity": 10}).check_quantity(quantity)
    assert bad.value.field == "quantity"


def test_the_vendors_own_limit_counts_as_well():
    with pytest.raises(FieldError, match="vendor sells at most 3"):
        policy().check_quantity(4, max_quantity=3)


def test_limits_by_currency_are_read_without_passing_through_float():
    assert policy(limits={"charge": {"USD": Decimal("0.1")}}).limits.charge["USD"] == Decimal("0.1")


@given(st.text(max_size=80))
def test_no_text_breaks_the_checks_of_links_and_addresses(text):
    for check in (policy().check_ticket, policy().check_email):
        try:
            check(text)
        except FieldError as error:
            assert str(error)


VENDORS = {
    "preferred": "octopus",
    "forbidden": ["cheapcodes"],
    "restricted": {"cardpluspay": {"users": ["U0LEAD"], "groups": ["S0BUYERS"]}},
}


def test_without_a_word_about_vendors_all_are_open_and_alike():
    rules = policy()
    assert rules.vendor_allowed(AGENT, "octopus")
    assert rules.preference("octopus") == rules.preference("cardpluspay")


def test_a_forbidden_vendor_is_closed_to_everybody():
    with pytest.raises(NotPermitted, match="Cards of Cheap Codes are not bought here") as refusal:
        policy(vendors=VENDORS).check_vendor(LEAD, "cheapcodes", title="Cheap Codes")
    assert refusal.value.reason is DenialReason.VENDOR_FORBIDDEN
    assert policy(vendors=VENDORS).vendor_forbidden("cheapcodes")


def test_a_restricted_vendor_is_open_to_its_circle_alone():
    rules = policy(vendors=VENDORS)
    rules.check_vendor(LEAD, "cardpluspay", title="CardPlusPay")
    rules.check_vendor(replace(AGENT, groups=frozenset({"S0BUYERS"})), "cardpluspay", title="CardPlusPay")

    with pytest.raises(NotPermitted, match="Only some people may request cards of CardPlusPay") as refusal:
        rules.check_vendor(AGENT, "cardpluspay", title="CardPlusPay")
    assert refusal.value.reason is DenialReason.VENDOR_RESTRICTED
    assert not rules.vendor_forbidden("cardpluspay")


def test_groups_of_restricted_vendors_are_looked_up_like_all_others():
    assert "S0BUYERS" in policy(vendors=VENDORS).groups


def test_the_preferred_vendor_sorts_before_the_others():
    rules = policy(vendors=VENDORS)
    assert sorted(["cardpluspay", "octopus"], key=rules.preference) == ["octopus", "cardpluspay"]


@pytest.mark.parametrize(
    "vendors",
    [
        {"preferred": "octopus", "forbidden": ["octopus"]},
        {"restricted": {"octopus": {"users": []}}},
        {"banned": ["octopus"]},
    ],
)
def test_rules_about_vendors_that_make_no_sense_are_refused(vendors):
    with pytest.raises(ValidationError):
        policy(vendors=vendors)
