"""Who may do what, and within which limits."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from bot.domain.money import Money
from bot.domain.people import Person, PersonId
from bot.domain.policy import Denial, Facts, Stage
from bot.domain.policy.approvers import ApproverDenial
from bot.domain.policy.four_eyes import FourEyesDenial
from bot.domain.policy.identity import IdentityDenial
from bot.domain.policy.involvement import InvolvementDenial
from bot.domain.policy.limits import LimitDenial
from bot.domain.policy.purchases import PurchaseDenial
from bot.domain.policy.requesters import RequesterDenial
from bot.domain.policy.vendors import VendorDenial
from tests.support.policies import AGENT, CONTROLLER, LEAD, STRANGER, policy

WITH_A_PERSON = sorted(set(Stage) - {Stage.PURCHASE})
APPROVED = Facts(
    vendor="octopus",
    approvers=frozenset({LEAD.id}),
    approved_charge=Money(Decimal(100), "USD"),
)


def denial_of_request(person: Person) -> Denial | None:
    return policy().check(Stage.REQUEST, Facts(person=person))


def denial_of_decision(person: Person, requester: PersonId, **facts: Any) -> Denial | None:
    return policy().check(Stage.DECIDE, Facts(person=person, requester=requester, **facts))


def usd(amount: float) -> Money:
    return Money(Decimal(str(amount)), "USD")


def test_members_of_a_requester_group_may_ask():
    assert denial_of_request(AGENT) is None


def test_somebody_on_no_list_may_not_ask_and_is_told_whom_to_turn_to():
    denial = denial_of_request(STRANGER)
    assert denial
    assert denial.reason is RequesterDenial.NOT_A_REQUESTER
    assert "team lead" in denial.sentence


def test_whoever_has_a_role_may_look_and_nobody_else():
    for person in (AGENT, LEAD, CONTROLLER):
        assert policy().check(Stage.VIEW, Facts(person=person)) is None
    assert policy().check(Stage.VIEW, Facts(person=STRANGER)) == Denial(InvolvementDenial.NOT_INVOLVED)


def test_approvers_and_controllers_see_the_orders_of_others():
    assert [policy().can_view_all(person) for person in (LEAD, CONTROLLER, AGENT)] == [True, True, False]


def test_an_approver_may_decide_on_somebody_elses_request():
    assert denial_of_decision(LEAD, AGENT.id) is None


def test_nobody_decides_on_their_own_request_not_even_an_approver():
    assert denial_of_decision(LEAD, LEAD.id) == Denial(FourEyesDenial.SELF_APPROVAL)


def test_a_requester_who_is_no_approver_decides_nothing():
    assert denial_of_decision(AGENT, LEAD.id) == Denial(ApproverDenial.NOT_AN_APPROVER)


def test_nobody_confirms_what_they_proposed():
    assert denial_of_decision(LEAD, AGENT.id, proposer=LEAD.id) == Denial(FourEyesDenial.OWN_PROPOSAL)
    assert denial_of_decision(LEAD, AGENT.id, proposer=CONTROLLER.id) is None


def test_one_person_approves_once():
    facts = Facts(person=LEAD, requester=AGENT.id, approvers=frozenset({LEAD.id}))
    assert policy().check(Stage.APPROVE, facts) == Denial(FourEyesDenial.ALREADY_APPROVED)
    assert policy().check(Stage.APPROVE, replace(facts, approvers=frozenset({CONTROLLER.id}))) is None


@pytest.mark.parametrize(
    ("stage", "reason"),
    [(Stage.WITHDRAW, RequesterDenial.NOT_YOUR_REQUEST), (Stage.REVEAL, RequesterDenial.NOT_YOUR_CODES)],
)
def test_only_the_requester_takes_a_request_back_and_sees_its_codes(stage, reason):
    assert policy().check(stage, Facts(person=AGENT, requester=AGENT.id)) is None
    assert policy().check(stage, Facts(person=LEAD, requester=AGENT.id)) == Denial(reason)


def test_somebody_with_two_ids_is_one_person():
    lead = replace(LEAD, aliases=frozenset({"W0LEAD"}))
    assert denial_of_decision(lead, PersonId("T1", "W0LEAD")) == Denial(FourEyesDenial.SELF_APPROVAL)
    assert policy().check(Stage.REVEAL, Facts(person=lead, requester=PersonId("T1", "W0LEAD"))) is None


def test_whoever_may_no_longer_ask_sees_no_codes_but_may_take_a_request_back():
    facts = Facts(person=STRANGER, requester=STRANGER.id)
    assert policy().check(Stage.REVEAL, facts) == Denial(RequesterDenial.NOT_A_REQUESTER)
    assert policy().check(Stage.WITHDRAW, facts) is None


@pytest.mark.parametrize("stage", WITH_A_PERSON)
@pytest.mark.parametrize(
    ("flag", "reason"),
    [
        ("is_guest", IdentityDenial.GUEST),
        ("is_bot", IdentityDenial.BOT),
        ("is_deactivated", IdentityDenial.DEACTIVATED),
        ("is_foreign", IdentityDenial.FOREIGN_WORKSPACE),
    ],
)
def test_guests_bots_leavers_and_other_workspaces_can_do_nothing_whatever_lists_they_are_on(
    stage, flag, reason
):
    changed: Any = {flag: True}
    assert policy().check(stage, Facts(person=replace(LEAD, **changed), requester=AGENT.id)) == Denial(reason)


@pytest.mark.parametrize("stage", WITH_A_PERSON)
def test_nobody_in_particular_can_do_nothing(stage):
    assert policy().check(stage, Facts()) == Denial(IdentityDenial.UNKNOWN_PERSON)


def test_a_decision_about_nobodys_request_is_refused():
    assert policy().check(Stage.APPROVE, Facts(person=LEAD)) == Denial(FourEyesDenial.SELF_APPROVAL)


@pytest.mark.parametrize("quantity", [0, -1, 11, 10**9])
@pytest.mark.parametrize("stage", [Stage.QUOTE, Stage.REQUEST])
def test_a_quantity_outside_the_limits_is_refused_at_its_field(quantity, stage):
    denial = policy(limits={"quantity": 10}).check(stage, Facts(person=AGENT, quantity=quantity))
    assert denial
    assert denial.form_field == "quantity"


@pytest.mark.parametrize("stage", [Stage.QUOTE, Stage.REQUEST, Stage.PURCHASE])
def test_a_charge_above_the_limit_of_its_currency_is_refused_with_both(stage):
    rules = policy(limits={"charge": {"USD": 100}}, purchases={"tolerance_percent": 50})
    facts = replace(APPROVED, person=AGENT)
    assert rules.check(stage, replace(facts, charge=usd(100))) is None
    denial = rules.check(stage, replace(facts, charge=usd(100.01)))
    assert denial
    assert denial.reason is LimitDenial.OVER_LIMIT
    assert denial.parameters == {"limit": "USD 100.00", "charge": "USD 100.01"}


def test_a_currency_without_a_limit_has_none():
    charge = Money(Decimal(10**6), "CHF")
    rules = policy(limits={"charge": {"USD": 100}})
    assert rules.check(Stage.REQUEST, Facts(person=AGENT, charge=charge)) is None


def test_children_of_one_order_may_not_cost_more_together_than_it_could():
    rules = policy(limits={"charge": {"USD": 100}})
    facts = replace(APPROVED, charge=usd(60), sibling_charges=(usd(30), Money(Decimal(90), "EUR")))
    assert rules.check(Stage.PURCHASE, facts) is None
    denial = rules.check(Stage.PURCHASE, replace(facts, sibling_charges=(usd(30), usd(11))))
    assert denial
    assert denial.parameters["charge"] == "USD 101.00"


def test_a_purchase_needs_as_many_approvals_as_the_policy_says_now():
    assert policy().check(Stage.PURCHASE, APPROVED) is None
    stricter = policy(approvers={"groups": ["S0LEADS"], "needed": 2})
    assert stricter.check(Stage.PURCHASE, APPROVED) == Denial(
        ApproverDenial.APPROVAL_NO_LONGER_VALID, {"needed": 2, "approved": 1}
    )


@pytest.mark.parametrize(
    ("now", "moved"),
    [(usd(101), False), (usd(101.01), True), (usd(5), False), (Money(Decimal(5), "EUR"), True)],
)
def test_a_charge_that_rose_beyond_the_tolerance_is_not_what_was_approved(now, moved):
    denial = policy().check(Stage.PURCHASE, replace(APPROVED, charge=now))
    parameters = {"approved": "USD 100.00", "now": str(now)}
    assert denial == (Denial(PurchaseDenial.PRICE_MOVED, parameters) if moved else None)


VENDORS = {
    "preferred": "octopus",
    "forbidden": ["cheapcodes"],
    "restricted": {"cardpluspay": {"users": ["U0LEAD"], "groups": ["S0BUYERS"]}},
}
AT_OCTOPUS = Facts(person=LEAD, requester=AGENT.id, vendor="octopus", approvers=frozenset({CONTROLLER.id}))
OF_VENDORS = [Stage.VIEW, Stage.QUOTE, Stage.REQUEST, Stage.APPROVE, Stage.PURCHASE]


def test_without_a_word_about_vendors_all_are_open_and_alike():
    rules = policy().vendors
    assert rules.allows(AGENT, "octopus")
    assert rules.preference("octopus") == rules.preference("cardpluspay")


@pytest.mark.parametrize("stage", OF_VENDORS)
def test_a_forbidden_vendor_is_closed_to_everybody_at_every_stage(stage):
    rules = policy(vendors=VENDORS)
    denial = rules.check(stage, replace(AT_OCTOPUS, vendor="cheapcodes"))
    since = stage is Stage.APPROVE
    reason = VendorDenial.VENDOR_FORBIDDEN_SINCE if since else VendorDenial.VENDOR_FORBIDDEN
    assert denial == Denial(reason, {"vendor": "cheapcodes"})
    assert rules.check(stage, AT_OCTOPUS) is None


@pytest.mark.parametrize("stage", [Stage.VIEW, Stage.QUOTE, Stage.REQUEST])
def test_a_restricted_vendor_is_open_to_its_circle_alone(stage):
    rules = policy(vendors=VENDORS)
    facts = replace(AT_OCTOPUS, vendor="cardpluspay")
    assert rules.check(stage, facts) is None
    buyer = replace(AGENT, groups=AGENT.groups | {"S0BUYERS"})
    assert rules.check(stage, replace(facts, person=buyer)) is None

    denial = rules.check(stage, replace(facts, person=AGENT))
    assert denial == Denial(VendorDenial.VENDOR_RESTRICTED, {"vendor": "cardpluspay"})


def test_approvers_need_not_be_in_the_circle_of_a_restricted_vendor():
    rules = policy(vendors={"restricted": {"cardpluspay": {"users": ["U0AGENT"]}}})
    facts = replace(AT_OCTOPUS, vendor="cardpluspay")
    assert [rules.check(stage, facts) for stage in (Stage.APPROVE, Stage.PURCHASE)] == [None, None]


def test_groups_of_restricted_vendors_are_looked_up_like_all_others():
    assert policy(vendors=VENDORS).groups == {"S0AGENTS", "S0LEADS", "S0BUYERS"}


def test_the_preferred_vendor_sorts_before_the_others():
    rules = policy(vendors=VENDORS).vendors
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
