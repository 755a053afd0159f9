"""Who may ask, who may approve, and within which limits: policy.toml as values."""

import re
from enum import StrEnum
from urllib.parse import urlsplit

from pydantic import field_validator

from bot.domain.people import Person, PersonId
from bot.domain.policy.sections import (
    ApproverSet,
    Limits,
    PrincipalSet,
    Purchases,
    Recipients,
    Section,
    Tickets,
    Vendors,
)

_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@([A-Za-z0-9-]+\.)+[A-Za-z]{2,}")
_LONGEST_EMAIL = 254  # the vendor's limit
_LONGEST_URL = 500
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class DenialReason(StrEnum):
    """Why somebody may not do something. The audit log keeps the word."""

    BOT = "bot"
    DEACTIVATED = "deactivated"
    GUEST = "guest"
    FOREIGN_WORKSPACE = "foreign_workspace"
    NOT_A_REQUESTER = "not_a_requester"
    NOT_AN_APPROVER = "not_an_approver"
    NOT_INVOLVED = "not_involved"
    SELF_APPROVAL = "self_approval"
    NOT_THE_REQUESTER = "not_the_requester"
    VENDOR_FORBIDDEN = "vendor_forbidden"
    VENDOR_RESTRICTED = "vendor_restricted"
    UNKNOWN_PERSON = "unknown_person"


class NotPermitted(Exception):
    """This person may not do this. The message is for them."""

    is_audited = False  # in the audit log already

    def __init__(self, reason: DenialReason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class FieldError(ValueError):
    """One field of a request is not right; the message says what would be."""

    is_audited = False  # in the audit log already

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class Policy(Section):
    """The whole of policy.toml."""

    requesters: PrincipalSet
    approvers: ApproverSet
    controllers: PrincipalSet = PrincipalSet()
    limits: Limits = Limits()
    tickets: Tickets = Tickets()
    recipients: Recipients = Recipients()
    purchases: Purchases = Purchases()
    vendors: Vendors = Vendors()

    @field_validator("requesters", "approvers")
    @classmethod
    def _somebody(cls, principals: PrincipalSet) -> PrincipalSet:
        if not principals:
            raise ValueError("names nobody: give users or groups (an empty list never means everybody)")
        return principals

    @property
    def groups(self) -> frozenset[str]:
        """Every user group the policy mentions: what has to be looked up to know a person's rights."""
        principal_sets = (
            self.requesters,
            self.approvers,
            self.controllers,
            *self.vendors.restricted.values(),
        )
        return frozenset().union(*(principals.groups for principals in principal_sets))

    def check_request(self, person: Person) -> None:
        """Raises NotPermitted unless this person may ask for cards."""
        check_identity(person)
        if person not in self.requesters:
            raise NotPermitted(
                DenialReason.NOT_A_REQUESTER,
                "You are not on the list of people who may request gift cards here. "
                "A team lead can add you, or ask for you.",
            )

    def check_decision(self, person: Person, requester: PersonId) -> None:
        """Raises NotPermitted unless this person may approve or decline that requester's order."""
        check_identity(person)
        if person.is_same_person(requester):
            raise NotPermitted(
                DenialReason.SELF_APPROVAL,
                "This is your own request, so somebody else has to decide. That holds for every role.",
            )
        if person not in self.approvers:
            raise NotPermitted(
                DenialReason.NOT_AN_APPROVER, "You are not on the list of approvers, so nothing was decided."
            )

    def check_involved(self, person: Person) -> None:
        """Raises NotPermitted unless this person has any role here."""
        check_identity(person)
        if not (person in self.requesters or person in self.approvers or person in self.controllers):
            raise NotPermitted(
                DenialReason.NOT_INVOLVED,
                "You have no role with gift cards here. A team lead can add you to the list of requesters.",
            )

    def can_view_all(self, person: Person) -> bool:
        """Approvers and controllers may look at any order. Nobody but the requester sees its codes."""
        return person in self.approvers or person in self.controllers

    def vendor_forbidden(self, vendor: str) -> bool:
        """Whether nothing is bought there, whoever asks."""
        return vendor in self.vendors.forbidden

    def vendor_allowed(self, person: Person, vendor: str) -> bool:
        """Whether this person may look at what that vendor sells, and ask for it."""
        principals = self.vendors.restricted.get(vendor)
        return not self.vendor_forbidden(vendor) and (principals is None or person in principals)

    def check_vendor(self, person: Person, vendor: str, *, title: str) -> None:
        """Raises NotPermitted unless this person may request there. `title` is how people call the vendor."""
        if self.vendor_forbidden(vendor):
            raise NotPermitted(
                DenialReason.VENDOR_FORBIDDEN,
                f"Cards of {title} are not bought here. Choose the same card of another vendor.",
            )
        if not self.vendor_allowed(person, vendor):
            raise NotPermitted(
                DenialReason.VENDOR_RESTRICTED,
                f"Only some people may request cards of {title} here, and you are not among them. "
                "Choose the same card of another vendor, or ask one of them.",
            )

    def preference(self, vendor: str) -> int:
        """What to sort the same thing of several vendors by."""
        return 0 if vendor == self.vendors.preferred else 1

    def check_ticket(self, url: str | None, *, workspace_url: str = "") -> str | None:
        """The ticket link, tidied, or None where none is needed. Raises BadField.

        A link into our own Slack workspace is a ticket too: the message shortcut fills it in.
        """
        url = (url or "").strip()
        if not url:
            if self.tickets.required:
                raise FieldError("ticket", "A ticket link is needed here. Paste the address of the ticket.")
            return None
        scheme, hostname, port = _origin(url)
        if (scheme, hostname, port) == _workspace_origin(workspace_url):
            return url
        if scheme != "https" or "." not in hostname:
            raise _invalid_link(url)
        if self.tickets.hosts and hostname not in self.tickets.hosts:
            allowed = ", ".join(sorted(self.tickets.hosts))
            raise FieldError(
                "ticket", f"{hostname} is not one of our ticket systems. Use a link to {allowed}."
            )
        return url

    def check_email(self, address: str | None) -> str | None:
        """The recipient's address, tidied, or None when left out. Raises BadField."""
        address = (address or "").strip()
        if not address:
            return None
        if not _EMAIL.fullmatch(address) or len(address) > _LONGEST_EMAIL:
            raise FieldError("email", f"“{address[:60]}” is not an e-mail address like name@example.com.")
        domain = address.rpartition("@")[2].lower()
        if any(f".{domain}".endswith(f".{blocked}") for blocked in self.recipients.blocked_domains):
            raise FieldError("email", f"Cards cannot be sent to {domain}: that domain is blocked.")
        if self.recipients.domains and domain not in self.recipients.domains:
            allowed = ", ".join(sorted(self.recipients.domains))
            raise FieldError("email", f"Cards can only be sent to addresses at {allowed}, not {domain}.")
        return address

    def check_quantity(self, quantity: int, max_quantity: int | None = None) -> int:
        """The quantity, if this policy and the vendor (`max_quantity`) allow it. Raises BadField."""
        if quantity < 1:
            raise FieldError("quantity", "Ask for at least 1 card.")
        if quantity > self.limits.quantity:
            raise FieldError("quantity", f"At most {self.limits.quantity} cards per order here.")
        if max_quantity is not None and quantity > max_quantity:
            raise FieldError("quantity", f"The vendor sells at most {max_quantity} of this card per order.")
        return quantity


def check_identity(person: Person) -> None:
    """Raises NotPermitted for anybody who can do nothing at all, whatever lists they are on."""
    if person.is_bot:
        raise NotPermitted(DenialReason.BOT, "Bots cannot use gift cards.")
    if person.is_deactivated:
        raise NotPermitted(
            DenialReason.DEACTIVATED, "This account is deactivated, so it cannot use gift cards."
        )
    if person.is_foreign:
        raise NotPermitted(
            DenialReason.FOREIGN_WORKSPACE,
            "Gift cards are only for people of this workspace, and your account belongs to another one.",
        )
    if person.is_guest:
        raise NotPermitted(
            DenialReason.GUEST, "Guest accounts cannot use gift cards. Ask a full member of the team."
        )


def _origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host in lower case, and port of a well-formed link. Raises BadField."""
    try:
        parts = urlsplit(url)
        scheme, hostname, port = parts.scheme, parts.hostname, parts.port
    except ValueError as error:
        raise _invalid_link(url) from error
    odd = any(not c.isprintable() or c.isspace() or c in '<>|"`\\' for c in url)
    if not hostname or "@" in parts.netloc or odd or len(url) > _LONGEST_URL:
        raise _invalid_link(url)
    return scheme, hostname, port


def _workspace_origin(workspace_url: str) -> tuple[str, str, int | None] | None:
    """The same for our Slack; plain http only where that is a stand-in on this machine."""
    try:
        scheme, hostname, port = _origin(workspace_url)
    except FieldError:
        return None
    ours = scheme == "https" or (scheme == "http" and hostname in _LOOPBACK)
    return (scheme, hostname, port) if ours else None


def _invalid_link(url: str) -> FieldError:
    return FieldError("ticket", f"“{url[:60]}” is not a link. Paste the full address, starting with https://")
