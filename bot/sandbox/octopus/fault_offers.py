"""The faults that the fault panel offers for this vendor."""

from bot.sandbox.vendors.fault_offers import busy, no_funds, offer, out_of_stock, slow

_BUYING = {"method": "POST", "path": "/api/v1/orders"}
_PRICING = {"method": "POST", "path": "/api/v1/products/*/charges"}
_READING = {"method": "*", "path": "/api/v1/orders*"}
_UNTIL_DISARMED = 0
# Armed with a fault that loses the response, so that the codes in it do not count as shown.
_STILL_SHOWN = {"kind": "clear", "match": {"method": "GET", "path": "/api/v1/orders/*"}}

FAULT_OFFERS = (
    offer(
        "{vendor} debits, then hangs up",
        "The next purchase is made and paid, but its answer never arrives.",
        "The bot does not buy again. It looks the order up by its own reference and delivers it.",
        {"kind": "drop-after", "match": _BUYING},
        _STILL_SHOWN,
    ),
    offer(
        "{vendor} debits, and its only answer is lost",
        "As above, and this vendor shows codes once: in the answer that broke off.",
        "The order is found, paid and without codes. A person is told at once; it is never bought again.",
        {"kind": "truncate", "match": _BUYING},
    ),
    offer(
        "{vendor} answers 502 after buying",
        "The next purchase is made and paid, but a gateway answers 502.",
        "The same: unclear, looked up, delivered once.",
        {"kind": "error", "status": 502, "body": "html", "when": "after", "match": _BUYING},
        _STILL_SHOWN,
    ),
    offer(
        "{vendor} hangs up before buying",
        "The next purchase never happens, and nobody says so.",
        "Looked up and found nowhere, it is bought after a few seconds under the same reference: once.",
        {"kind": "drop-before", "match": _BUYING},
    ),
    slow(_BUYING),
    offer(
        "{vendor} is down",
        "Every purchase is answered with 503 until you disarm.",
        "Unclear, so it is looked up again and again, and bought under the same reference once the vendor is "
        "back.",
        {"kind": "error", "status": 503, "when": "before", "times": _UNTIL_DISARMED, "match": _BUYING},
    ),
    busy(_BUYING),
    out_of_stock(_BUYING),
    no_funds(_BUYING),
    offer(
        "The price at {vendor} moves",
        "The next price comes without the vendor’s discount. Arm it between request and approval.",
        "The order goes back to the approvers with the new price.",
        {"kind": "price-change", "discount": 0, "match": _PRICING},
    ),
    offer(
        "{vendor} has half the cards, then no more",
        "The next purchase delivers half and refunds the rest.",
        "The requester gets what there is, and is told of the refund once it is booked.",
        {"kind": "partial", "match": _BUYING},
    ),
    offer(
        "{vendor} shows codes only masked",
        "Whatever the bot reads of an order shows masked codes, until you disarm.",
        "Paid but unreadable is told to a person; it is never bought again.",
        {"kind": "masked", "times": _UNTIL_DISARMED, "match": _READING},
    ),
)
