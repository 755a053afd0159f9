"""What may be written in policy.toml, and the checks that several sections share."""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, field_validator, model_validator

from bot.domain.people import Person

_USER_ID = re.compile(r"[UW][A-Z0-9]{2,}")
_GROUP_ID = re.compile(r"S[A-Z0-9]{2,}")
_LABEL = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"
_DOMAIN = re.compile(rf"({_LABEL}\.)+{_LABEL}")


def check_all_match(texts: frozenset[str], pattern: re.Pattern[str], what: str) -> frozenset[str]:
    """The texts. Raises ValueError with those that are not `what`."""
    wrong = sorted(text for text in texts if not pattern.fullmatch(text))
    if wrong:
        raise ValueError(f"{', '.join(wrong)}: not {what}")
    return texts


def _domains(texts: frozenset[str]) -> frozenset[str]:
    lowered = frozenset(text.strip().lower() for text in texts)
    return check_all_match(lowered, _DOMAIN, "a domain such as acme.example (no @, no https://, no *)")


Domains = Annotated[frozenset[str], AfterValidator(_domains)]


class Section(BaseModel):
    """One table of policy.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PrincipalSet(Section):
    """Some people: by user id, by user group id, or both. Empty means nobody."""

    users: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()

    @field_validator("users")
    @classmethod
    def _user_ids(cls, ids: frozenset[str]) -> frozenset[str]:
        return check_all_match(ids, _USER_ID, "a Slack user id such as U012AB3CD")

    @field_validator("groups")
    @classmethod
    def _group_ids(cls, ids: frozenset[str]) -> frozenset[str]:
        return check_all_match(ids, _GROUP_ID, "a Slack user group id such as S012AB3CD")

    def __contains__(self, person: Person | None) -> bool:
        return person is not None and bool(self.users & person.user_ids or self.groups & person.groups)

    def __bool__(self) -> bool:
        return bool(self.users or self.groups)


class NonEmptyPrincipalSet(PrincipalSet):
    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if not self:
            raise ValueError("names nobody: give users or groups (an empty list never means everybody)")
        return self
