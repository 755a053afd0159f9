"""Why a rule says no: a code for the audit log, parameters, and the sentence people are told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from bot.domain.problems import JSON


class DenialReason(StrEnum):
    """Root of the reasons; each rule has its own. The audit log keeps the code.

    The sentence stands beside its code, so that a rule stays one module. It names the denial's parameters
    in braces.
    """

    sentence: str

    def __new__(cls, code: str, sentence: str) -> Self:
        reason = str.__new__(cls, code)
        reason._value_ = code
        reason.sentence = sentence
        return reason

    @classmethod
    def from_code(cls, code: str) -> "DenialReason | None":
        """The reason with this code, of whichever rule; None where that rule is gone."""
        return next(
            (reason for reasons in cls.__subclasses__() for reason in reasons if reason == code), None
        )


@dataclass(frozen=True, slots=True)
class Denial:
    """`form_field` is the field of the request form that would have to change."""

    reason: DenialReason
    parameters: Mapping[str, JSON] = field(default_factory=dict)
    form_field: str | None = None

    @property
    def sentence(self) -> str:
        """For the person who is refused."""
        return self.reason.sentence.format(**self.parameters)
