"""A rule: its section of policy.toml, the stages it speaks at, and its check."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from bot.domain.policy.denials import Denial
from bot.domain.policy.facts import Facts, Stage
from bot.domain.policy.section import PrincipalSet, Section


class Rule(Section):
    """The fields of a rule are the keys of its section. A rule without fields holds under every policy."""

    stages: ClassVar[frozenset[Stage]]

    @abstractmethod
    def check(self, stage: Stage, facts: Facts) -> Denial | None:
        """Why not. Asked at the rule's own stages; it answers from the facts alone."""

    def principal_sets(self) -> Mapping[str, PrincipalSet]:
        """The people its section lists, by what an operator calls them: they are looked up in Slack."""
        return {}
