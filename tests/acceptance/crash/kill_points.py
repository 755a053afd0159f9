"""The named points of a purchase at which the process kills itself, and how the launcher finds them.

Only here may tests name what is private to a module: a process dies between two lines, not between two calls.
"""

from collections.abc import Mapping
from typing import Any

from bot.domain.lifecycle import OrderState
from tests.acceptance.crash.kill_switch import Point, is_purchase

_NEWS_OF_BEFORE = {"requested", "approved"}  # notices that wait in the outbox before anything is bought


def _buys(_self: Any, request: Any, *_: Any) -> bool:
    return is_purchase(request)


def _is_an_outcome(_self: Any, _order_id: Any, to: OrderState, **_: Any) -> bool:
    return to is not OrderState.SUBMITTING


def _first_purchase(worker: Any, _key: Any, item: Any) -> bool:
    return worker.name.endswith("orders") and item.state is OrderState.APPROVED


def _tells_the_outcome(_self: Any, row: Any) -> bool:
    return row.kind == "notification" and row.payload["event"] not in _NEWS_OF_BEFORE


def _shows_cards(vendor_order: Any) -> bool:
    return bool(vendor_order.vouchers)


def _replaces(snapshots: Any, order_id: Any, *_: Any) -> bool:
    return snapshots.of_order(order_id) is not None


_PLACE, _RECORD = "bot.services.purchase.submit", "bot.services.purchase.record"
_SETTLE, _RECOGNISE = "bot.services.purchase.recover", "bot.services.purchase.attribute"
_OCTOPUS = "bot.vendors.octopus.client:OctopusCards"
_CARDPLUSPAY = "bot.vendors.cardpluspay.client:CardPlusPay"
_WIRE, _SNAPSHOTS = "bot.vendors.http.transport:Transport", "store.snapshots:Snapshots"
_MESSENGER = "handlers.outbox_dispatcher:OutboxDispatcher"


def _until_the_intent(vendor: str) -> dict[str, Point]:
    return {
        "before the quote": Point(vendor, "quote"),
        "before the intent": Point(_PLACE, "submit_purchase"),
        "intent written, not committed": Point(_PLACE, "advance", after=True),
    }


def _from_the_request_on(vendor: str) -> dict[str, Point]:
    return {
        "about to send": Point(_WIRE, "exchange", fits=_buys),
        "request sent": Point("trace", "http11.send_request_body.complete"),
        "vendor committed": Point("trace", "http11.receive_response_headers.complete"),
        "response read": Point(_WIRE, "exchange", after=True, fits=_buys),
        "response understood": Point(vendor, "place", after=True),
        "codes written, not committed": Point("store.codes:Codes", "keep", after=True),
        "codes committed": Point(_RECORD, "_state_after"),
        "outcome written, not committed": Point(
            "store.orders:Orders", "move", after=True, fits=_is_an_outcome
        ),
        "outcome committed": Point(
            "bot.workers.polling:PollingWorker", "_run_item", after=True, fits=_first_purchase
        ),
        "outbox pending": Point(_MESSENGER, "deliver", fits=_tells_the_outcome),
        "mid-notice": Point(_MESSENGER, "_notice", after=True, fits=_tells_the_outcome),
        "mid-card": Point(_MESSENGER, "_card", after=True),
        "mid-reveal": Point(_MESSENGER, "_codes", after=True),
    }


def _afterwards(vendor: str) -> dict[str, Point]:
    return {
        "order read again": Point(vendor, "fetch", after=True, gave=_shows_cards),
        "orphan adopted": Point(_SETTLE, "mark_outcome_unknown", after=True),
    }


# By vendor, in the order in which a purchase comes past them; the last are those of settling it.
POINTS: Mapping[str, Mapping[str, Point]] = {
    "octopus": {
        **_until_the_intent(_OCTOPUS),
        "intent committed": Point(_OCTOPUS, "place"),
        **_from_the_request_on(_OCTOPUS),
        "found by reference": Point(_OCTOPUS, "find", after=True),
        "before asking again": Point(_SETTLE, "submit_purchase"),
        **_afterwards(_OCTOPUS),
    },
    "cardpluspay": {
        **_until_the_intent(_CARDPLUSPAY),
        "intent committed": Point(_PLACE, "look_before_buying"),
        "account looked at": Point(_SNAPSHOTS, "put"),
        "snapshot written, not committed": Point(_SNAPSHOTS, "put", after=True),
        "snapshot committed": Point(_CARDPLUSPAY, "place"),
        **_from_the_request_on(_CARDPLUSPAY),
        **_afterwards(_CARDPLUSPAY),
        "found never sent": Point(_SETTLE, "try_later", after=True),
        "candidates opened": Point(_RECOGNISE, "recognise"),
        "recognised": Point(_RECOGNISE, "keep_receipt"),
        "codes set aside, not committed": Point("store.codes:Codes", "set_aside", after=True),
        "proven not created": Point(_RECOGNISE, "_buy_anew", after=True),
        "account looked at anew": Point(_SNAPSHOTS, "put", fits=_replaces),
    },
}
