"""Reasons, ticket links and addresses: what is typed into the form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.policy import Denial, Facts, Policy, Stage, Texts
from bot.domain.policy.recipients import RecipientDenial
from bot.domain.policy.stated_reason import LONGEST_REASON, ReasonDenial
from bot.domain.policy.tickets import TicketDenial
from tests.support.policies import AGENT, policy

FIELDS = {"ticket_url": "ticket", "recipient_email": "email"}


def denial(rules: Policy, *, reason: str = "parcel lost twice", **texts: str) -> Denial | None:
    """Of a request with these texts."""
    return rules.check(Stage.REQUEST, Facts(person=AGENT, texts=Texts(reason=reason, **texts)))


def test_a_request_says_why():
    assert denial(policy(), reason="") == Denial(ReasonDenial.REASON_MISSING, form_field="reason")


def test_a_reason_is_as_long_as_a_card_can_show():
    assert denial(policy(), reason="x" * LONGEST_REASON) is None
    too_long = denial(policy(), reason="x" * (LONGEST_REASON + 1))
    assert too_long
    assert too_long.reason is ReasonDenial.REASON_TOO_LONG
    assert "500 characters" in too_long.sentence


def test_everything_wrong_is_told_at_once():
    texts = Texts(reason="", ticket_url="nonsense", recipient_email="nobody")
    denials = policy().denials(Stage.REQUEST, Facts(person=AGENT, texts=texts))
    assert {each.form_field for each in denials} == {"reason", "ticket", "email"}


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
    refused = denial(policy(), ticket_url=link)
    assert refused
    assert (refused.reason, refused.form_field) == (TicketDenial.NOT_A_LINK, "ticket")


def test_a_ticket_elsewhere_is_refused_by_name_of_its_host():
    rules = policy(tickets={"hosts": ["tickets.example.com"]})
    assert denial(rules, ticket_url="https://tickets.example.com/42") is None
    refused = denial(rules, ticket_url="https://evil.example/tickets.example.com/42")
    assert refused
    assert "evil.example is not one of our ticket systems" in refused.sentence


def test_a_link_into_our_own_slack_is_a_ticket_too():
    rules = policy(tickets={"hosts": ["tickets.example.com"], "required": True})
    link = "https://acme.slack.com/archives/C1/p17"
    assert denial(rules, ticket_url=link, workspace_url="https://acme.slack.com/") is None


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
    refused = denial(rules, ticket_url=link, workspace_url=workspace)
    assert refused
    assert refused.form_field == "ticket"


def test_plain_http_is_for_a_slack_on_this_machine_only():
    link = "http://127.0.0.1:8300/archives/C1/p17"
    assert denial(policy(), ticket_url=link, workspace_url="http://127.0.0.1:8300/") is None
    for workspace in ("http://127.0.0.1:8301/", "https://127.0.0.1:8300/", ""):
        assert denial(policy(), ticket_url=link, workspace_url=workspace)
    assert denial(
        policy(), ticket_url="http://slack.test/archives/C1/p17", workspace_url="http://slack.test/"
    )


def test_a_ticket_may_be_left_out_only_where_the_policy_lets_it():
    assert denial(policy()) is None
    missing = denial(policy(tickets={"required": True}))
    assert missing == Denial(TicketDenial.TICKET_MISSING, form_field="ticket")


@pytest.mark.parametrize(
    "address", ["nobody", "a@b", "a b@example.com", "a@exa mple.com", "x" * 250 + "@a.com"]
)
def test_a_malformed_address_is_refused(address):
    refused = denial(policy(), recipient_email=address)
    assert refused
    assert "not an e-mail address" in refused.sentence


def test_foreign_and_blocked_domains_are_refused_by_name():
    foreign = denial(policy(recipients={"domains": ["example.com"]}), recipient_email="a@other.org")
    assert foreign
    assert "only be sent to addresses at example.com, not other.org" in foreign.sentence
    rules = policy(recipients={"blocked_domains": ["acme.test"]})
    blocked = denial(rules, recipient_email="colleague@ACME.test")
    assert blocked
    assert blocked.reason is RecipientDenial.DOMAIN_BLOCKED


@pytest.mark.parametrize("address", ["x@acme.test", "x@ACME.test", "x@mail.acme.test", "x@a.b.Acme.Test"])
def test_a_blocked_domain_is_blocked_however_it_is_written_and_with_all_below_it(address):
    rules = policy(recipients={"blocked_domains": ["Acme.TEST"]})
    assert denial(rules, recipient_email=address)
    assert denial(rules, recipient_email="x@notacme.test") is None


def test_domains_and_hosts_are_the_same_in_capitals():
    recipients, tickets = {"domains": ["Example.COM"]}, {"hosts": ["Tickets.Example.com"]}
    assert denial(policy(recipients=recipients), recipient_email="a@example.com") is None
    assert denial(policy(tickets=tickets), ticket_url="https://tickets.example.com/1") is None


@given(st.text(max_size=80), st.sampled_from(sorted(FIELDS)))
def test_no_text_breaks_the_checks_of_links_and_addresses(text, name):
    refused = denial(policy(), **{name: text})
    assert refused is None or (refused.sentence and refused.form_field == FIELDS[name])
