"""Which vendors the policy leaves open, the preferred one first."""

from bot.domain.people import Person
from bot.services.context import AppContext
from bot.vendors.contract import Vendor


def open_vendors(ctx: AppContext) -> dict[str, Vendor]:
    """Those that are not forbidden."""
    rules = ctx.policy.vendors
    names = sorted((name for name in ctx.vendors if name not in rules.forbidden), key=rules.preference)
    return {name: ctx.vendors[name] for name in names}


def vendors_for(ctx: AppContext, person: Person) -> list[str]:
    """Those whose products this person may find and ask for."""
    return [name for name in open_vendors(ctx) if ctx.policy.vendors.allows(person, name)]
