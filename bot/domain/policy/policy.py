"""The policy: every rule there is, in the order in which they are asked."""

from bot.domain.people import Person
from bot.domain.policy.approvers import Approvers
from bot.domain.policy.denials import Denial
from bot.domain.policy.facts import Facts, Stage
from bot.domain.policy.four_eyes import FourEyes
from bot.domain.policy.identity import Identity
from bot.domain.policy.involvement import Involvement
from bot.domain.policy.limits import Limits
from bot.domain.policy.purchases import Purchases
from bot.domain.policy.recipients import Recipients
from bot.domain.policy.requesters import Requesters
from bot.domain.policy.rule import Rule
from bot.domain.policy.section import PrincipalSet, Section
from bot.domain.policy.stated_reason import StatedReason
from bot.domain.policy.tickets import Tickets
from bot.domain.policy.vendors import Vendors


class Policy(Section):
    """The whole of policy.toml. A field is a section, and a section that is a rule is asked."""

    requesters: Requesters
    approvers: Approvers
    controllers: PrincipalSet = PrincipalSet()
    vendors: Vendors = Vendors()
    limits: Limits = Limits()
    tickets: Tickets = Tickets()
    recipients: Recipients = Recipients()
    purchases: Purchases = Purchases()

    @property
    def rules(self) -> tuple[Rule, ...]:
        """In the order in which they are asked: who somebody is comes first."""
        sections = (getattr(self, name) for name in type(self).model_fields)
        involvement = Involvement(
            requesters=self.requesters, approvers=self.approvers, controllers=self.controllers
        )
        return (
            Identity(),
            FourEyes(),
            involvement,
            *(section for section in sections if isinstance(section, Rule)),
            StatedReason(),
        )

    def denials(self, stage: Stage, facts: Facts) -> list[Denial]:
        """All of them: a form shows what is wrong with each of its fields at once."""
        asked = (rule for rule in self.rules if stage in rule.stages)
        return [denial for rule in asked if (denial := rule.check(stage, facts))]

    def check(self, stage: Stage, facts: Facts) -> Denial | None:
        """The first reason why this may not happen, or None."""
        return next(iter(self.denials(stage, facts)), None)

    @property
    def groups(self) -> frozenset[str]:
        """Every user group the policy mentions: what has to be looked up to know a person's rights."""
        return frozenset().union(*(principals.groups for principals in self.principal_sets.values()))

    @property
    def principal_sets(self) -> dict[str, PrincipalSet]:
        """All people it lists, by what an operator calls them."""
        return {name: people for rule in self.rules for name, people in rule.principal_sets().items()}

    def can_view_all(self, person: Person) -> bool:
        """Approvers and controllers may look at any order. Nobody but the requester sees its codes."""
        return person in self.approvers or person in self.controllers
