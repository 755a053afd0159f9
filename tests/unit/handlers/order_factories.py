"""Orders in every state, with every kind of text people and vendors can put into them."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from bot.domain.lifecycle import OrderState
from bot.domain.money import Money
from bot.domain.orders import Approval, Order, OrderId
from bot.domain.people import PersonId
from bot.domain.problems import Problem, ProblemCode
from bot.services.order_queries import OrderDetails
from tests.support.terms import gift_card_terms

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
AGENT = PersonId("T0ACME001", "U0AGENT01")
LEAD = PersonId("T0ACME001", "U0LEAD001")
OTHER_LEAD = PersonId("T0ACME001", "U0LEAD002")


def an_order(**parts: Any) -> Order:
    """Two Steam cards of 25 USD, waiting, unless told otherwise."""
    whole: dict[str, Any] = {
        "id": OrderId(7),
        "client_reference": "GC-261121-7K3MQ9VX",
        "state": OrderState.PENDING_APPROVAL,
        "requester": AGENT,
        "terms": gift_card_terms("octopus", "8101", Money(Decimal(25), "USD"), 2, "31"),
        "product_name": "Steam",
        "country": "USA",
        "discount": Money(Decimal("1.50"), "USD"),
        "forex_rate": None,
        "fee": None,
        "charge": Money(Decimal("48.50"), "USD"),
        "balance_after": Money(Decimal("951.50"), "USD"),
        "reason": "Parcel lost twice",
        "ticket_url": "https://tickets.example.com/4711",
        "recipient_email": None,
        "requested_at": NOON,
        "state_since": NOON,
    }
    return Order(**whole | parts)


def a_file(
    *, codes_held: int = 0, needed: int = 1, approvals: tuple[Approval, ...] = (), **parts: Any
) -> OrderDetails:
    return OrderDetails(an_order(**parts), approvals, needed, codes_held)


def approval(by: PersonId = LEAD, *, approved: bool = True, reason: str | None = None) -> Approval:
    return Approval(by, approved, "digest", NOON, reason)


NASTY = st.sampled_from(
    [
        "<!channel> <@U0LEAD001> <https://evil.example|Steam>",
        "&amp; & < > &lt;",
        "`code` *bold* ~gone~ \n>quoted\n```block```",
        "x" * 5000,
        "<" * 3000,
        "\n" * 400 + "end",
        "\u202eDSU 00.1\u202c \x00\x07",
        "",
        "   ",
        "👩‍👩‍👧 café ١٢٣",
    ]
)
any_text = NASTY | st.text(max_size=600)
some_text = any_text | st.none()
some_problem = st.none() | any_text.map(lambda note: Problem(ProblemCode.DECLINED, {"note": note}))
_amounts = st.decimals(Decimal("-99999.99"), Decimal("999999.99"), places=2)


def _money(currency: str) -> st.SearchStrategy[Money]:
    return _amounts.map(lambda amount: Money(amount, currency))


orders = st.builds(
    an_order,
    state=st.sampled_from(OrderState),
    product_name=any_text,
    country=st.sampled_from(["USA", "GLO", "XYZ"]) | any_text,
    discount=_money("USD"),
    forex_rate=st.none() | st.just(Decimal("0.92340")),
    fee=st.none() | _money("EUR"),
    charge=_money("EUR"),
    balance_after=_money("EUR"),
    reason=any_text,
    ticket_url=st.none() | any_text.map(lambda text: "https://tickets.example.com/" + text),
    recipient_email=some_text,
    problem=some_problem,
    vendor_order_id=some_text,
    vendor_request_id=some_text,
)
files = st.builds(
    OrderDetails,
    order=orders,
    approvals=st.lists(
        st.builds(
            Approval,
            approver=st.sampled_from([LEAD, OTHER_LEAD]),
            approved=st.booleans(),
            digest=st.just("digest"),
            decided_at=st.just(NOON),
            reason=some_text,
        ),
        max_size=10,
    ).map(tuple),
    approvals_needed=st.integers(1, 10),
    codes_held=st.integers(0, 100),
)
