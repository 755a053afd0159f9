"""The faults that the fault panel offers for this vendor.

It takes no reference of ours, so the bot learns from its orders and its balance what happened.
"""

from bot.sandbox.vendors.fault_offers import busy, no_funds, offer, out_of_stock, slow

_BUYING = {"method": "POST", "path": "/v1/orders"}
_CHECKING = {"method": "POST", "path": "/v1/orders/check"}

FAULT_OFFERS = (
    offer(
        "{vendor} debits, then hangs up",
        "The next purchase is made and paid, but its answer never arrives.",
        "The bot does not buy again. It recognises the order in the account; codes that may lack their PINs "
        "are kept sealed, and people are asked.",
        {"kind": "drop-after", "match": _BUYING},
    ),
    offer(
        "{vendor} answers 502 after buying",
        "The next purchase is made and paid, but a gateway answers 502.",
        "The same: unclear, recognised, never bought again.",
        {"kind": "error", "status": 502, "body": "html", "when": "after", "match": _BUYING},
    ),
    offer(
        "{vendor} hangs up before buying",
        "The next purchase never happens, and nobody says so.",
        "It appears nowhere in the account. Only after the policy’s grace_minutes is that believed.",
        {"kind": "drop-before", "match": _BUYING},
    ),
    offer(
        "{vendor} buys after the bot has given up",
        "The next purchase is made only once the bot has hung up.",
        "The bot keeps looking, because a purchase may be late, and finds it.",
        {"kind": "commit-late", "match": _BUYING},
    ),
    slow(_BUYING),
    busy(_BUYING),
    out_of_stock(_BUYING),
    no_funds(_BUYING),
    offer(
        "The price at {vendor} moves",
        "The next price is 10 % higher. Arm it between request and approval.",
        "The order goes back to the approvers with the new price.",
        {"kind": "price-change", "percent": 10, "match": _CHECKING},
    ),
    offer(
        "{vendor} sends codes later",
        "The next purchase is paid, and its codes come after eight seconds.",
        "The card says that codes are on their way. Unless the product is known to have no PINs, people are "
        "asked when they come.",
        {"kind": "pending", "seconds": 8, "match": _BUYING},
    ),
    offer(
        "{vendor} sends one code too few",
        "The next purchase of several cards delivers one fewer and charges for all.",
        "The requester gets what there is, and the approvers are told.",
        {"kind": "fewer-codes", "match": _BUYING},
    ),
)
