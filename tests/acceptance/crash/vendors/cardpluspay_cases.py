"""CardPlusPay: which point meets which behaviour, with which product."""

from collections.abc import Iterator, Sequence

from tests.acceptance.crash.vendors.cardpluspay_case import BEHAVIOURS, CARDS, CardPlusPayCase


def _case(point: str, does: str, product: str) -> CardPlusPayCase:
    return CardPlusPayCase((point,), does, CARDS, product)


UNHURT = _case("before the quote", "answers", "mixed")
_EVERYWHERE = ("answers", "drops after the commit", "drops before")  # at every point that is reached
_LOST_OTHERWISE = ("500 after the commit", "HTML 502 after the commit", "truncated answer")
_NO = ("has too little money", "is out of stock")
_MID_PURCHASE = ("request sent", "response read", "outcome written, not committed")
# The rest, by behaviour: a point, and whether its cards have PINs.
_BY_BEHAVIOUR: dict[str, Sequence[tuple[str, str]]] = {
    **dict.fromkeys(
        _LOST_OTHERWISE, (("response read", "never"), ("candidates opened", "new"), ("attributed", "mixed"))
    ),
    **dict.fromkeys(_NO, tuple((point, "always") for point in ("snapshot committed", *_MID_PURCHASE))),
    "answers late": [("request sent", "always"), ("response understood", "never")],
    "drops after the commit": [
        ("outbox pending", "never"),
        ("outbox pending", "always"),
        ("outbox pending", "new"),
        ("codes written, not committed", "never"),
        ("codes set aside, not committed", "always"),
    ],
    "commits when we have given up": [
        ("request sent", "never"),
        ("attributed", "never"),
        ("attributed", "always"),
        ("attributed", "new"),
        ("attributed", "mixed"),
    ],
    "HTML 503 before": [("codes written, not committed", "always"), *((p, "always") for p in _MID_PURCHASE)],
    "slow down": [("codes written, not committed", "never"), *((p, "never") for p in _MID_PURCHASE)],
    "codes later": [
        ("outcome committed", "never"),
        ("outcome committed", "new"),
        ("outcome committed", "always"),
        ("codes set aside, not committed", "mixed"),
        ("order read again", "never"),
    ],
    "drops, codes later": [("candidates opened", "never"), ("attributed", "always")],
    "fewer codes": [
        ("request sent", "never"),
        ("outcome committed", "never"),
        ("outcome committed", "always"),
        ("codes committed", "always"),
    ],
    "drops, fewer codes": [("candidates opened", "never"), ("attributed", "mixed")],
    "fewer codes, then all": [
        ("outcome committed", "never"),
        ("outcome committed", "new"),
        ("outcome committed", "always"),
        ("outcome committed", "new mixed"),
    ],
    "fails without a word": [("outcome committed", "never"), ("response read", "always")],
    "costs more": [("outcome committed", "mixed")],
    "drops, costs more": [("attributed", "never")],
    "lists it late": [("candidates opened", "never"), ("attributed", "always")],
    "never lists it": [("candidates opened", "never"), ("request sent", "mixed")],
}
_TWICE = {
    ("intent committed", "found never sent"): "never",
    ("account looked at", "found never sent"): "never",
    ("snapshot committed", "taken over"): "never",
    ("snapshot committed", "proven not created"): "never",
    ("about to send", "account looked at anew"): "never",
    ("about to send", "response read"): "never",
    ("request sent", "taken over"): "never",
    ("request sent", "candidates opened"): "never",
    ("request sent", "attributed"): "never",
    ("request sent", "mid-notice"): "never",
    ("response read", "codes written, not committed"): "never",
    ("response read", "codes committed"): "never",
    ("request sent", "codes set aside, not committed"): "always",
    ("request sent", "codes committed"): "always",
}


def _reached(point: str, does: str) -> bool:
    """Whether a purchase that is killed once comes past that point at all."""
    behaviour = BEHAVIOURS[does]
    lost = behaviour.buys and not behaviour.succeeds
    match point:
        case "vendor committed" | "response understood" | "codes written, not committed":
            return not lost
        case "candidates opened":
            return not behaviour.succeeds
        case "attributed" | "order read again":
            return lost
        case "proven not created" | "account looked at anew":
            return not behaviour.buys
        case "mid-reveal" | "taken over" | "found never sent" | "codes set aside, not committed":
            return False  # needs a run before it, or codes that may lack PINs: see above
        case _:
            return True


def cases() -> Iterator[CardPlusPayCase]:
    products = ("never", "always", "mixed")
    for number, does in enumerate(_EVERYWHERE):
        for place, point in enumerate(CardPlusPayCase.points):
            if _reached(point, does):
                yield _case(point, does, products[(number + place) % 3])
    for does, meetings in _BY_BEHAVIOUR.items():
        for point, product in meetings:
            yield _case(point, does, product)
    for does, behaviour in BEHAVIOURS.items():
        for point in ("snapshot committed", "response read") if behaviour.meanwhile else ():
            for product in ("never", "always"):
                yield _case(point, does, product)
    for kills, product in _TWICE.items():
        yield CardPlusPayCase(kills, "answers", CARDS, product)
