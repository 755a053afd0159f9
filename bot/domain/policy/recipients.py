"""Which addresses cards may be sent to."""

import re

from bot.domain.policy.denials import Denial, DenialReason
from bot.domain.policy.facts import Facts, Stage
from bot.domain.policy.rule import Rule
from bot.domain.policy.section import Domains

_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@([A-Za-z0-9-]+\.)+[A-Za-z]{2,}")
_LONGEST_EMAIL = 254  # the vendor's limit


class RecipientDenial(DenialReason):
    NOT_AN_ADDRESS = "not_an_address", "“{address}” is not an e-mail address like name@example.com."
    DOMAIN_BLOCKED = "domain_blocked", "Cards cannot be sent to {domain}: that domain is blocked."
    DOMAIN_NOT_ALLOWED = (
        "domain_not_allowed",
        "Cards can only be sent to addresses at {allowed}, not {domain}.",
    )


class Recipients(Rule):
    stages = frozenset({Stage.REQUEST})

    domains: Domains = frozenset()  # empty: any
    blocked_domains: Domains = frozenset()  # with all below them: our own, so that staff cannot send to staff

    def check(self, stage: Stage, facts: Facts) -> Denial | None:
        address = facts.texts.recipient_email if facts.texts else None
        if not address:
            return None
        if not _EMAIL.fullmatch(address) or len(address) > _LONGEST_EMAIL:
            return _denial(RecipientDenial.NOT_AN_ADDRESS, address=address[:60])
        domain = address.rpartition("@")[2].lower()
        if any(f".{domain}".endswith(f".{blocked}") for blocked in self.blocked_domains):
            return _denial(RecipientDenial.DOMAIN_BLOCKED, domain=domain)
        if self.domains and domain not in self.domains:
            allowed = ", ".join(sorted(self.domains))
            return _denial(RecipientDenial.DOMAIN_NOT_ALLOWED, allowed=allowed, domain=domain)
        return None


def _denial(reason: RecipientDenial, **parameters: str) -> Denial:
    return Denial(reason, parameters, form_field="email")
