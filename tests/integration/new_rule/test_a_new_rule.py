"""A new rule is one module and one line in the policy: every stage asks it, and people read its words."""

import json
from pathlib import Path

import pytest

from bot.config import InvalidPolicy
from bot.config.policy_file import load_policy
from bot.domain.lifecycle import OrderState
from bot.domain.orders import Order
from bot.domain.policy import Policy
from bot.services.context import AppContext
from bot.services.decide_request import approve_request, decline_request
from bot.services.errors import NotPermitted, StaleOrder
from bot.services.problem_text import problem_line
from tests.integration.new_rule.forbidden_products import ForbiddenProducts
from tests.support.at_once import saved
from tests.support.orders import approved, ask, bought, work
from tests.support.people import LEAD

PEOPLE = '[requesters]\ngroups = ["S0AGENTS"]\n[approvers]\ngroups = ["S0LEADS"]\n'
OUR_WORDS = "is on the list of those we do not give"


class PolicyWithProducts(Policy):
    products: ForbiddenProducts = ForbiddenProducts()  # the one line


@pytest.fixture
def policy_file(tmp_path: Path) -> Path:
    return tmp_path / "policy.toml"


@pytest.fixture(autouse=True)
def allowed(ctx: AppContext, policy_file: Path) -> None:
    """The policy has the rule, and nothing is forbidden yet."""
    policy_file.write_text(PEOPLE)
    ctx.policy = load_policy(policy_file, PolicyWithProducts)


def forbid(ctx: AppContext, policy_file: Path, product_id: str) -> None:
    policy_file.write_text(f'{PEOPLE}[products]\nforbidden = ["{product_id}"]\n')
    ctx.policy = load_policy(policy_file, PolicyWithProducts)


def last_refusal(ctx: AppContext, order: Order | None = None) -> tuple[str, str]:
    """(attempted, reason) as it is on record."""
    rows = saved(ctx).audit.rows(order_id=order.id) if order else saved(ctx).audit.rows()
    details = json.loads(list(rows)[-1].details)
    return details["attempted"], details["reason"]


def test_its_section_is_read_as_strictly_as_every_other(policy_file):
    policy_file.write_text(f"{PEOPLE}[products]\nforbiden = []\n")
    with pytest.raises(InvalidPolicy, match=r"\[products\] forbiden: is not a setting that exists"):
        load_policy(policy_file, PolicyWithProducts)


def test_without_the_rule_its_section_is_a_mistake(policy_file):
    policy_file.write_text(f"{PEOPLE}[products]\nforbidden = []\n")
    with pytest.raises(InvalidPolicy, match=r"\[products\]: is not a setting that exists"):
        load_policy(policy_file)


async def test_a_request_is_refused_in_its_words_and_on_record_by_its_code(ctx, policy_file):
    product = saved(ctx).catalogue.search("steam usa", limit=1).products[0]
    forbid(ctx, policy_file, product.product_id)

    with pytest.raises(NotPermitted, match=OUR_WORDS):
        await ask(ctx)

    assert last_refusal(ctx) == ("request", "product_forbidden")
    assert list(saved(ctx).orders.all()) == []


async def test_an_approval_is_refused_and_a_decline_is_not(ctx, policy_file):
    order = await ask(ctx)
    forbid(ctx, policy_file, order.terms.line.product_id)

    with pytest.raises(StaleOrder, match=OUR_WORDS):
        await approve_request(ctx, LEAD, order.id)

    assert saved(ctx).orders.get(order.id).state is OrderState.PENDING_APPROVAL
    assert (await decline_request(ctx, LEAD, order.id, "no longer")).state is OrderState.DECLINED


async def test_what_is_approved_already_is_not_bought(ctx, policy_file, clock, back_office):
    order = await approved(ctx)
    forbid(ctx, policy_file, order.terms.line.product_id)

    order = await work(ctx, clock, order)

    assert order.state is OrderState.REFUSED
    assert str(problem_line(order)).startswith("Not bought: ")
    assert OUR_WORDS in str(problem_line(order))
    assert bought(back_office, order) == []


async def test_a_lost_purchase_is_not_sent_again(ctx, policy_file, clock, back_office):
    order = await approved(ctx)
    back_office.arm("drop-before", path="/api/v1/orders")
    order = await work(ctx, clock, order)
    forbid(ctx, policy_file, order.terms.line.product_id)

    order = await work(ctx, clock, order, steps=4)

    assert order.state is OrderState.OUTCOME_UNKNOWN
    assert OUR_WORDS in str(problem_line(order))
    assert bought(back_office, order) == []
