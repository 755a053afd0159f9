"""Vendors: which comes first, which are closed to everybody, and which to all but some."""

from collections.abc import Mapping

from pydantic import Field, ValidationInfo, field_validator

from bot.domain.people import Person
from bot.domain.policy.denials import Denial, DenialReason
from bot.domain.policy.facts import Facts, Stage
from bot.domain.policy.rule import Rule
from bot.domain.policy.section import PrincipalSet


class VendorDenial(DenialReason):
    VENDOR_FORBIDDEN = (
        "vendor_forbidden",
        "Cards of {vendor} are not bought here. Choose the same card of another vendor.",
    )
    VENDOR_FORBIDDEN_SINCE = (
        "vendor_forbidden_since",
        "The policy lets nothing be bought from {vendor} any more, so this can only be declined.",
    )
    VENDOR_RESTRICTED = (
        "vendor_restricted",
        "Only some people may request cards of {vendor} here, and you are not among them. "
        "Choose the same card of another vendor, or ask one of them.",
    )


class Vendors(Rule):
    """Vendors go by their names."""

    stages = frozenset({Stage.VIEW, Stage.QUOTE, Stage.REQUEST, Stage.APPROVE, Stage.PURCHASE})

    preferred: str | None = None
    forbidden: frozenset[str] = frozenset()
    restricted: dict[str, PrincipalSet] = Field({})

    @field_validator("forbidden")
    @classmethod
    def _not_preferred(cls, names: frozenset[str], info: ValidationInfo) -> frozenset[str]:
        if info.data.get("preferred") in names:
            raise ValueError(f"{info.data['preferred']} cannot be preferred and forbidden")
        return names

    @field_validator("restricted")
    @classmethod
    def _to_somebody(cls, principal_sets: dict[str, PrincipalSet]) -> dict[str, PrincipalSet]:
        for name, principals in principal_sets.items():
            if not principals:
                raise ValueError(f"{name} is restricted to nobody: give users or groups, or forbid it")
        return principal_sets

    def check(self, stage: Stage, facts: Facts) -> Denial | None:
        vendor = facts.vendor
        if vendor is None:
            return None
        parameters = {"vendor": vendor}
        if vendor in self.forbidden and stage is Stage.APPROVE:
            return Denial(VendorDenial.VENDOR_FORBIDDEN_SINCE, parameters)
        if vendor in self.forbidden:
            return Denial(VendorDenial.VENDOR_FORBIDDEN, parameters)
        # Approvers need not be among those who may ask.
        if stage not in {Stage.APPROVE, Stage.PURCHASE} and not self.allows(facts.person, vendor):
            return Denial(VendorDenial.VENDOR_RESTRICTED, parameters)
        return None

    def allows(self, person: Person | None, vendor: str) -> bool:
        """Whether this person may look at what that vendor sells, and ask for it."""
        principals = self.restricted.get(vendor)
        return vendor not in self.forbidden and (principals is None or person in principals)

    def preference(self, vendor: str) -> int:
        """What to sort the same thing of several vendors by."""
        return 0 if vendor == self.preferred else 1

    @property
    def named(self) -> frozenset[str]:
        """Every vendor that is mentioned."""
        return self.forbidden | set(self.restricted) | ({self.preferred} if self.preferred else set())

    def principal_sets(self) -> Mapping[str, PrincipalSet]:
        return {f"{vendor} requesters": principals for vendor, principals in self.restricted.items()}
