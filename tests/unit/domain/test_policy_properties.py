"""What holds for every policy: stricter never allows more, and what is refused early stays refused."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.money import Money
from bot.domain.people import Person, PersonId
from bot.domain.policy import Facts, Policy, Stage, Texts

PEOPLE = [PersonId("T1", f"U{number}XX") for number in range(4)]
USERS = [person.user_id for person in PEOPLE]
NAMES = ["octopus", "cardpluspay"]
ORDER_PARTS = ["vendor", "quantity", "charge", "texts"]
HOSTS = ["a.example", "b.example", "mail.a.example"]
amounts = st.decimals(Decimal("0.01"), 200, places=2)
money = st.builds(Money, amounts, st.sampled_from(["USD", "EUR"]))


def some(pool: list[str], *, at_least: int = 0) -> st.SearchStrategy[set[str]]:
    return st.sets(st.sampled_from(pool), min_size=at_least)


@st.composite
def policy_and_stricter_one(draw: st.DrawFn) -> tuple[Policy, Policy]:
    """The second differs from the first in nothing but smaller limits, shorter lists, longer prohibitions."""
    loose: dict[str, dict[str, Any]] = {}
    strict: dict[str, dict[str, Any]] = {}

    def section(name: str, **values: tuple[Any, Any]) -> None:
        loose[name] = {key: pair[0] for key, pair in values.items()}
        strict[name] = {key: pair[1] for key, pair in values.items()}

    def number(most: int, least: int = 1) -> tuple[int, int]:
        high = draw(st.integers(least, most))
        return high, draw(st.integers(least, high))

    def people(at_least: int = 1) -> tuple[set[str], set[str]]:
        many = draw(some(USERS, at_least=at_least))
        return many, draw(some(sorted(many), at_least=at_least)) if many else set()

    def allowed_hosts() -> tuple[set[str], set[str]]:
        """An empty list allows any."""
        many = draw(some(HOSTS))
        return many, draw(some(sorted(many) or HOSTS, at_least=1))

    def longer(pool: list[str]) -> tuple[set[str], set[str]]:
        few = draw(some(pool))
        return few, few | draw(some(pool))

    def charges() -> tuple[dict[str, Decimal], dict[str, Decimal]]:
        smaller = draw(st.dictionaries(st.sampled_from(["USD", "EUR"]), amounts))
        kept = draw(some(sorted(smaller))) if smaller else set()
        return {currency: smaller[currency] + draw(amounts) for currency in kept}, smaller

    def restricted() -> tuple[dict[str, Any], dict[str, Any]]:
        few: dict[str, Any] = {}
        more: dict[str, Any] = {}
        for name in draw(some(NAMES)):
            many, fewer = people()
            more[name] = {"users": fewer}
            if draw(st.booleans()):
                few[name] = {"users": many}
        return few, more

    needed = number(3)
    section("requesters", users=people())
    section("approvers", users=people(), needed=(needed[1], needed[0]))
    section("controllers", users=people(at_least=0))
    section("vendors", forbidden=longer(NAMES), restricted=restricted())
    section("limits", quantity=number(20), charge=charges())
    section("tickets", required=(False, draw(st.booleans())), hosts=allowed_hosts())
    section("recipients", domains=allowed_hosts(), blocked_domains=longer(HOSTS))
    section("purchases", tolerance_percent=number(50, 0))
    return Policy.model_validate(loose), Policy.model_validate(strict)


persons = st.sampled_from([Person(person) for person in PEOPLE])
texts = st.builds(
    Texts,
    reason=st.sampled_from(["", "parcel lost", "x" * 501]),
    ticket_url=st.sampled_from([None, "nonsense", *(f"https://{host}/1" for host in HOSTS)]),
    recipient_email=st.sampled_from([None, "nobody", *(f"ava@{host}" for host in HOSTS)]),
)
facts = st.builds(
    Facts,
    person=persons,
    requester=st.sampled_from(PEOPLE),
    proposer=st.none() | st.sampled_from(PEOPLE),
    approvers=st.frozensets(st.sampled_from(PEOPLE)),
    vendor=st.none() | st.sampled_from(NAMES),
    quantity=st.none() | st.integers(-1, 25),
    charge=st.none() | money,
    approved_charge=money,
    sibling_charges=st.lists(money, max_size=2).map(tuple),
    texts=st.none() | texts,
)


@settings(max_examples=300)
@given(policies=policy_and_stricter_one(), known=facts)
def test_making_any_limit_smaller_never_allows_more(policies, known):
    # Rule by rule, so that one denial does not hide what another rule allows.
    for rule, stricter in zip(policies[0].rules, policies[1].rules, strict=True):
        for stage in rule.stages:
            assert rule.check(stage, known) is None or stricter.check(stage, known), (rule, stage)


@given(policies=policy_and_stricter_one(), known=facts, part=st.sampled_from(ORDER_PARTS))
def test_what_is_refused_while_an_order_is_put_together_is_refused_in_the_end(policies, known, part):
    policy, _ = policies
    so_far = replace(known, **{part: None})
    for rule in policy.rules:
        for stage in rule.stages:
            assert rule.check(stage, so_far) is None or rule.check(stage, known), (rule, stage)


@given(policies=policy_and_stricter_one(), known=facts)
def test_every_denial_can_be_said(policies, known):
    _, stricter = policies
    for denial in (denial for stage in Stage for denial in stricter.denials(stage, known)):
        assert denial.sentence
        assert "{" not in denial.sentence
