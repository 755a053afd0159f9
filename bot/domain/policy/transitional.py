"""The old ways to ask the policy, until their callers are moved."""

from bot.domain.people import Person, PersonId
from bot.domain.policy.denials import Denial, DenialReason
from bot.domain.policy.facts import Facts, Stage, Texts


class NotPermitted(Exception):
    """This person may not do this. The message is for them."""

    is_audited = False  # in the audit log already

    def __init__(self, denial: Denial | DenialReason, message: str = "") -> None:
        denial = denial if isinstance(denial, Denial) else Denial(denial)
        super().__init__(message or denial.sentence)
        self.reason = denial.reason


class FieldError(ValueError):
    """One field of a request is not right; the message says what would be."""

    is_audited = False  # in the audit log already

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class TransitionalChecks:
    def denials(self, stage: Stage, facts: Facts) -> list[Denial]:
        raise NotImplementedError

    def _refuse(self, stage: Stage, facts: Facts) -> None:
        for denial in self.denials(stage, facts):
            if denial.form_field:
                raise FieldError(denial.form_field, denial.sentence)
            raise NotPermitted(denial)

    def check_request(self, person: Person) -> None:
        self._refuse(Stage.REQUEST, Facts(person=person))

    def check_decision(self, person: Person, requester: PersonId) -> None:
        self._refuse(Stage.DECIDE, Facts(person=person, requester=requester))

    def check_ticket(self, url: str | None, *, workspace_url: str = "") -> str | None:
        url = (url or "").strip() or None
        self._field("ticket", Texts(reason="-", ticket_url=url, workspace_url=workspace_url))
        return url

    def check_email(self, address: str | None) -> str | None:
        address = (address or "").strip() or None
        self._field("email", Texts(reason="-", recipient_email=address))
        return address

    def vendor_forbidden(self, vendor: str) -> bool:
        facts = Facts(vendor=vendor, approvers=frozenset(PersonId("", str(n)) for n in range(99)))
        return bool(self.denials(Stage.PURCHASE, facts))

    def _field(self, name: str, texts: Texts) -> None:
        for denial in self.denials(Stage.REQUEST, Facts(texts=texts)):
            if denial.form_field == name:
                raise FieldError(name, denial.sentence)
