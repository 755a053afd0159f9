"""May this person do this? The policy says, and a refusal of a person is on record."""

from dataclasses import replace

from bot.domain.orders import Order
from bot.domain.people import Person
from bot.domain.policy import Denial, Facts, Stage
from bot.services.context import AppContext
from bot.services.errors import FieldError, NotPermitted
from bot.services.record_refusal import record_refusal


def authorize(
    ctx: AppContext,
    stage: Stage,
    person: Person,
    facts: Facts | None = None,
    *,
    attempted: str,
    order: Order | None = None,
) -> None:
    """Raises NotPermitted, which is on record, or FieldError for the first field that is not right."""
    try:
        check_policy(ctx, stage, person, facts)
    except NotPermitted as error:
        record_refusal(ctx, person.id, attempted, error, order)
        raise


def check_policy(ctx: AppContext, stage: Stage, person: Person, facts: Facts | None = None) -> None:
    """The same for whom a caller puts on record."""
    denial = ctx.policy.check(stage, replace(facts or Facts(), person=person))
    if denial is not None:
        raise as_error(ctx, denial)


def as_error(ctx: AppContext, denial: Denial) -> NotPermitted | FieldError:
    denial = with_vendor_title(ctx, denial)
    if denial.form_field is not None:
        return FieldError(denial.form_field, denial.sentence)
    return NotPermitted(denial)


def with_vendor_title(ctx: AppContext, denial: Denial) -> Denial:
    """People know a vendor by its title, rules by its name."""
    vendor = denial.parameters.get("vendor")
    if not isinstance(vendor, str):
        return denial
    return replace(denial, parameters={**denial.parameters, "vendor": ctx.vendor_title(vendor)})
