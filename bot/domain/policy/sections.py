"""The sections of policy.toml, each with what may be written in it."""

import re
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from bot.domain.people import Person

_USER_ID = re.compile(r"[UW][A-Z0-9]{2,}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_LABEL = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"
_DOMAIN = re.compile(rf"({_LABEL}\.)+{_LABEL}")
_GROUP_ID = re.compile(r"S[A-Z0-9]{2,}")


def _all_match(texts: frozenset[str], pattern: re.Pattern[str], what: str) -> frozenset[str]:
    wrong = sorted(text for text in texts if not pattern.fullmatch(text))
    if wrong:
        raise ValueError(f"{', '.join(wrong)}: not {what}")
    return texts


def _domains(texts: frozenset[str]) -> frozenset[str]:
    lowered = frozenset(text.strip().lower() for text in texts)
    return _all_match(lowered, _DOMAIN, "a domain such as acme.example (no @, no https://, no *)")


Domains = Annotated[frozenset[str], AfterValidator(_domains)]
PositiveAmount = Annotated[Decimal, Field(gt=0)]


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PrincipalSet(Section):
    """Some people: by user id, by user group id, or both. Empty means nobody."""

    users: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()

    @field_validator("users")
    @classmethod
    def _user_ids(cls, ids: frozenset[str]) -> frozenset[str]:
        return _all_match(ids, _USER_ID, "a Slack user id such as U012AB3CD")

    @field_validator("groups")
    @classmethod
    def _group_ids(cls, ids: frozenset[str]) -> frozenset[str]:
        return _all_match(ids, _GROUP_ID, "a Slack user group id such as S012AB3CD")

    def __contains__(self, person: Person) -> bool:
        return bool(self.users & person.user_ids or self.groups & person.groups)

    def __bool__(self) -> bool:
        return bool(self.users or self.groups)


class ApproverSet(PrincipalSet):
    """The people who may approve, and how many different ones an order needs."""

    needed: int = Field(1, ge=1, le=10)


class Limits(Section):
    """What one order may be at most."""

    quantity: int = Field(100, ge=1, le=5000)
    charge: dict[str, PositiveAmount] = {}  # by wallet currency; a currency not named has no limit

    @field_validator("charge")
    @classmethod
    def _currencies(cls, charge: dict[str, Decimal]) -> dict[str, Decimal]:
        _all_match(frozenset(charge), _CURRENCY, "a currency in capitals such as USD")
        return charge


class Tickets(Section):
    """Whether a ticket link is needed, and where it must point."""

    required: bool = False
    hosts: Domains = frozenset()  # empty: any https host


class Recipients(Section):
    """Which recipient addresses are taken."""

    domains: Domains = frozenset()  # empty: any
    blocked_domains: Domains = frozenset()  # with all below them: our own, so that staff cannot send to staff


class Purchases(Section):
    """How far the charge may rise between approval and purchase, and how long is waited for what.

    `grace_minutes`: a vendor that takes no reference of ours may finish a lost purchase that late.
    """

    tolerance_percent: Decimal = Field(Decimal(1), ge=0, le=50)
    expire_after_hours: int = Field(72, ge=1, le=24 * 30)
    grace_minutes: int = Field(15, ge=1, le=24 * 60)


class Vendors(Section):
    """Which vendors come first, which are closed to everybody, and which to all but some. By their names."""

    preferred: str | None = None
    forbidden: frozenset[str] = frozenset()
    restricted: dict[str, PrincipalSet] = {}

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

    @property
    def named(self) -> frozenset[str]:
        """Every vendor that is mentioned."""
        return self.forbidden | set(self.restricted) | ({self.preferred} if self.preferred else set())
