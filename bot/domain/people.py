"""People as Slack knows them, and the components that act without one."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PersonId:
    """Who somebody is: names are for display, this is the identity."""

    team_id: str
    user_id: str

    def __str__(self) -> str:
        return f"{self.team_id}/{self.user_id}"


@dataclass(frozen=True, slots=True)
class Person:
    """A person at the moment of asking: what Slack said of them just now."""

    id: PersonId
    groups: frozenset[str] = field(default_factory=frozenset)  # ids of enabled user groups they are in
    is_guest: bool = False
    is_bot: bool = False
    is_deactivated: bool = False
    is_foreign: bool = False  # from another workspace
    aliases: frozenset[str] = field(default_factory=frozenset)  # further user ids Slack has for them

    @property
    def user_ids(self) -> frozenset[str]:
        return self.aliases | {self.id.user_id}

    def is_same_person(self, other: PersonId) -> bool:
        """True when `other` is this person, under whichever of their ids."""
        return other.team_id == self.id.team_id and other.user_id in self.user_ids


@dataclass(frozen=True, slots=True)
class Component:
    """A part of this program acting on its own, named in the audit log."""

    name: str

    def __str__(self) -> str:
        return f"component/{self.name}"


Actor = PersonId | Component
