"""Whether a request needs a ticket link, and where it may point."""

from urllib.parse import urlsplit

from bot.domain.policy.denials import Denial, DenialReason
from bot.domain.policy.facts import Facts, Stage
from bot.domain.policy.rule import Rule
from bot.domain.policy.section import Domains

_LONGEST_URL = 500
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_Origin = tuple[str, str, int | None]  # scheme, host in lower case, port


class TicketDenial(DenialReason):
    TICKET_MISSING = "ticket_missing", "A ticket link is needed here. Paste the address of the ticket."
    NOT_A_LINK = "not_a_link", "“{url}” is not a link. Paste the full address, starting with https://"
    FOREIGN_TICKET = (
        "foreign_ticket",
        "{host} is not one of our ticket systems. Use a link to {allowed}.",
    )


class Tickets(Rule):
    stages = frozenset({Stage.REQUEST})

    required: bool = False
    hosts: Domains = frozenset()  # empty: any https host

    def check(self, stage: Stage, facts: Facts) -> Denial | None:
        if facts.texts is None:
            return None
        url = facts.texts.ticket_url
        if not url:
            return _denial(TicketDenial.TICKET_MISSING) if self.required else None
        origin = _origin(url)
        # The message shortcut fills in a link to the message.
        if origin is not None and origin == _workspace_origin(facts.texts.workspace_url):
            return None
        if origin is None or origin[0] != "https" or "." not in origin[1]:
            return _denial(TicketDenial.NOT_A_LINK, url=url[:60])
        host = origin[1]
        if self.hosts and host not in self.hosts:
            return _denial(TicketDenial.FOREIGN_TICKET, host=host, allowed=", ".join(sorted(self.hosts)))
        return None


def _denial(reason: TicketDenial, **parameters: str) -> Denial:
    return Denial(reason, parameters, form_field="ticket")


def _origin(url: str) -> _Origin | None:
    """Of a well-formed link."""
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme, parts.hostname, parts.port
    except ValueError:
        return None
    odd = any(not c.isprintable() or c.isspace() or c in '<>|"`\\' for c in url)
    if not host or "@" in parts.netloc or odd or len(url) > _LONGEST_URL:
        return None
    return scheme, host, port


def _workspace_origin(workspace_url: str) -> _Origin | None:
    """Of our Slack; plain http only where that is a stand-in on this machine."""
    origin = _origin(workspace_url)
    if origin is None:
        return None
    scheme, host, _ = origin
    return origin if scheme == "https" or (scheme == "http" and host in _LOOPBACK) else None
