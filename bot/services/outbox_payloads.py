"""What the rows of the outbox carry besides the order and the person they are about. No codes in any."""

from pydantic import BaseModel, ConfigDict

from bot.domain.notifications import NotificationEvent


class OutboxPayload(BaseModel):
    """Written with `model_dump(mode="json")`, read with `model_validate`. The approval card needs none."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class EventPayload(OutboxPayload):
    """Of a notification to the requester, and of an alert to the approvers."""

    event: NotificationEvent


class ProposalPayload(OutboxPayload):
    """The proposal of how an order ended that another approver may confirm."""

    proposal: int


class ReconciliationPayload(OutboxPayload):
    """What does not fit between our books and the vendor's: `found` in all, the first of them in words."""

    vendor: str
    findings: tuple[str, ...]
    found: int


class RevealPage(OutboxPayload):
    """The codes that one message shows, from `first` to `last`, counted from 1.

    `asked` is the audit row of the request that several messages may answer.
    """

    first: int
    last: int
    asked: int
