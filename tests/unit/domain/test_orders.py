import re
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from bot.domain.lifecycle import OrderState
from bot.domain.money import Money
from bot.domain.orders import Order, OrderId, new_client_reference
from bot.domain.people import PersonId
from bot.domain.problems import Problem, ProblemCode
from bot.domain.quotes import OrderTerms
from bot.kinds.gift_card import GiftCardLine
from tests.support.every import assert_every

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
LINE = GiftCardLine("8101", Money(Decimal("20.00"), "EUR"), 3)
ORDER = Order(
    id=OrderId(1),
    client_reference="GC-261121-7K3MQ9VX",
    state=OrderState.PENDING_APPROVAL,
    requester=PersonId("T1", "U0AGENT"),
    terms=OrderTerms("octopus", "31", LINE),
    product_name="Nimbus Play Card",
    country="DEU",
    discount=Money(Decimal("2.40"), "EUR"),
    forex_rate=None,
    fee=None,
    charge=Money(Decimal("57.60"), "EUR"),
    balance_after=Money(Decimal("1000.00"), "EUR"),
    reason="parcel lost twice",
    ticket_url="https://tickets.example.com/1",
    recipient_email=None,
    requested_at=NOW,
    state_since=NOW,
)


@pytest.mark.parametrize(
    "changed",
    [
        {"charge": Money(Decimal("57.61"), "EUR")},
        {"charge": Money(Decimal("57.60"), "USD")},
        {"recipient_email": "a@example.com"},
        {"reason": "another reason"},
        {"ticket_url": None},
        {"terms": replace(ORDER.terms, line=LINE.part(4))},
        {"terms": replace(ORDER.terms, wallet_id="32")},
        {"terms": replace(ORDER.terms, line=replace(LINE, product_id="8102"))},
        {"terms": replace(ORDER.terms, line=replace(LINE, denomination=Money(Decimal(25), "EUR")))},
    ],
)
def test_an_approval_covers_no_other_terms(changed):
    assert replace(ORDER, **changed).digest != ORDER.digest


def test_an_approval_holds_on_in_later_versions():
    assert ORDER.digest == "5a2bc9f94e91ea8e48dfad846dd7b918d8506deb492865e3bb2121d5578ecf3b"


def test_the_same_amount_written_otherwise_is_the_same_terms():
    assert replace(ORDER, charge=Money(Decimal("57.6"), "EUR")).digest == ORDER.digest


def test_progress_of_the_order_does_not_change_its_terms():
    assert (
        replace(ORDER, state=OrderState.SUBMITTING, attempts=3, problem=Problem(ProblemCode.FAILED)).digest
        == ORDER.digest
    )


def test_references_are_printable_short_and_do_not_repeat():
    references = {new_client_reference(NOW) for _ in range(2000)}
    assert len(references) == 2000
    assert_every(references, lambda reference: re.fullmatch(r"GC-261121-[!-~]{8}", reference))
