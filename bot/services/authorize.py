"""May this person do this? The policy says, and whoever is refused is on record with it."""

from dataclasses import replace

from bot.domain.orders import Order
from bot.domain.people import Person
from bot.domain.policy import Denial, Facts, Stage
from bot.services.context import AppContext
from bot.services.errors import BadRequest, NotPermitted
from bot.services.record_refusal import record_refusal


async def authorize(
    ctx: AppContext,
    stage: Stage,
    person: Person,
    facts: Facts | None = None,
    *,
    attempted: str,
    order: Order | None = None,
) -> None:
    """Raises NotPermitted, which is on record, or BadRequest with every field that is not right."""
    try:
        check_policy(ctx, stage, person, facts)
    except NotPermitted as error:
        await record_refusal(ctx, person.id, attempted, error, order)
        raise


def check_policy(ctx: AppContext, stage: Stage, person: Person, facts: Facts | None = None) -> None:
    """The same, where the caller puts it on record."""
    denials = ctx.policy.denials(stage, replace(facts or Facts(), person=person))
    for denial in denials:
        if denial.form_field is None:
            raise NotPermitted(with_vendor_title(ctx, denial))
    if denials:
        errors = {str(denial.form_field): denial.sentence for denial in reversed(denials)}
        raise BadRequest(errors, denials)


def with_vendor_title(ctx: AppContext, denial: Denial) -> Denial:
    """People know a vendor by its title, rules by its name."""
    vendor = denial.parameters.get("vendor")
    if not isinstance(vendor, str):
        return denial
    return replace(denial, parameters={**denial.parameters, "vendor": ctx.vendor_title(vendor)})
