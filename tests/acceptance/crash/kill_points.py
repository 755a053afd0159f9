"""The named points of a purchase at which the process kills itself, and how the launcher finds them."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.domain.lifecycle import Cause, OrderState
from tests.acceptance.crash.kill_switch import Point, is_purchase

_NEWS_OF_BEFORE = {"requested", "approved"}  # notices that wait in the outbox before anything is bought


def _buys(_self: Any, request: Any, *_: Any) -> bool:
    return is_purchase(request)


def _is_the_intent(_self: Any, _order: Any, to: OrderState, **_: Any) -> bool:
    return to is OrderState.SUBMITTING


def _is_an_outcome(_self: Any, order: Any, to: OrderState, **_: Any) -> bool:
    return to not in (order.state, OrderState.SUBMITTING)


def _is_the_first_purchase(_ctx: Any, order: Any) -> bool:
    return order.state is OrderState.APPROVED


def _because_of(wanted: Cause) -> Callable[..., bool]:
    def fits(_ctx: Any, _order: Any, cause: Cause, **_: Any) -> bool:
        return cause is wanted

    return fits


def _tells_the_outcome(_self: Any, row: Any) -> bool:
    return row.kind == "notification" and row.payload["event"] not in _NEWS_OF_BEFORE


def _is_of_kind(wanted: str) -> Callable[..., bool]:
    def fits(_self: Any, row: Any) -> bool:
        return bool(row.kind == wanted)

    return fits


def _shows_cards(vendor_order: Any) -> bool:
    return bool(vendor_order.deliverables)


def _replaces(snapshots: Any, order_id: Any, *_: Any) -> bool:
    return snapshots.of_order(order_id) is not None


_SUBMIT, _RECORD = "bot.services.purchase.submit", "bot.services.purchase.record"
_RECOVER, _ATTRIBUTE = "bot.services.purchase.recover", "bot.services.purchase.attribute"
_OCTOPUS = "bot.vendors.octopus.gift_cards:OctopusGiftCards"
_CARDPLUSPAY = "bot.vendors.cardpluspay.gift_cards:CardPlusPayGiftCards"
_TRANSPORT = "bot.vendors.http.transport:Transport"
_DISPATCHER = "handlers.outbox_dispatcher:OutboxDispatcher"
_ORDERS, _CODES, _SNAPSHOTS = "store.orders:Orders", "store.codes:Codes", "store.snapshots:Snapshots"


def _until_the_intent(vendor: str) -> dict[str, Point]:
    return {
        "before the quote": Point(vendor, "quote"),
        "before the intent": Point(_SUBMIT, "submit_purchase"),
        "intent written, not committed": Point(_ORDERS, "update", after=True, fits=_is_the_intent),
    }


def _from_the_request_on(vendor: str) -> dict[str, Point]:
    return {
        "about to send": Point(_TRANSPORT, "exchange", fits=_buys),
        "request sent": Point("trace", "http11.send_request_body.complete"),
        "vendor committed": Point("trace", "http11.receive_response_headers.complete"),
        "response read": Point(_TRANSPORT, "exchange", after=True, fits=_buys),
        "response understood": Point(vendor, "place", after=True),
        "codes written, not committed": Point(_CODES, "keep", after=True),
        "codes committed": Point(_RECORD, "read_vendor_order"),
        "outcome written, not committed": Point(_ORDERS, "update", after=True, fits=_is_an_outcome),
        "outcome committed": Point(
            "bot.workers.orders", "take_next_step", after=True, fits=_is_the_first_purchase
        ),
        "outbox pending": Point(_DISPATCHER, "deliver", fits=_tells_the_outcome),
        "mid-notice": Point(_DISPATCHER, "deliver", after=True, fits=_tells_the_outcome),
        "mid-card": Point(_DISPATCHER, "deliver", after=True, fits=_is_of_kind("card")),
        "mid-reveal": Point(_DISPATCHER, "deliver", after=True, fits=_is_of_kind("codes")),
    }


def _afterwards(vendor: str) -> dict[str, Point]:
    return {
        "order read again": Point(vendor, "fetch", after=True, gave=_shows_cards),
        "taken over": Point(_RECOVER, "outcome_unknown", after=True),
    }


# By vendor, in the order in which a purchase comes past them; the last are those of recovering it.
POINTS: Mapping[str, Mapping[str, Point]] = {
    "octopus": {
        **_until_the_intent(_OCTOPUS),
        "intent committed": Point(_OCTOPUS, "place"),
        **_from_the_request_on(_OCTOPUS),
        "found by reference": Point(_OCTOPUS, "find", after=True),
        "before asking again": Point(_RECOVER, "submit_purchase"),
        **_afterwards(_OCTOPUS),
    },
    "cardpluspay": {
        **_until_the_intent(_CARDPLUSPAY),
        "intent committed": Point(_SUBMIT, "snapshot_account"),
        "account looked at": Point(_SNAPSHOTS, "put"),
        "snapshot written, not committed": Point(_SNAPSHOTS, "put", after=True),
        "snapshot committed": Point(_CARDPLUSPAY, "place"),
        **_from_the_request_on(_CARDPLUSPAY),
        **_afterwards(_CARDPLUSPAY),
        "found never sent": Point(_ATTRIBUTE, "commit", after=True, fits=_because_of(Cause.PROVEN_NOT_SENT)),
        "candidates opened": Point(_ATTRIBUTE, "attribute"),
        "attributed": Point(_ATTRIBUTE, "record_vendor_order"),
        "codes set aside, not committed": Point(_CODES, "set_aside", after=True),
        "proven not created": Point(
            _ATTRIBUTE, "commit", after=True, fits=_because_of(Cause.PROVEN_NOT_CREATED)
        ),
        "account looked at anew": Point(_SNAPSHOTS, "put", fits=_replaces),
    },
}
