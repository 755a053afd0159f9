"""CardPlusPay: which point meets which behaviour, with which product, and what the account can tell.

It takes no reference, so an answer that is lost is looked for in its list and its balance; and what is read
later leaves PINs out, so codes found like that are whole only where the product is known to have none.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain.orders import OrderState
from tests.acceptance.crash.cases import Behaviour, Case
from tests.acceptance.crash.points import POINTS

CARDS = 2  # of a mixed product the second one has a PIN
# Whether its cards have PINs, and whether we hold some that tell. Of "new" ones we hold none.
PRODUCTS = {"never": "never", "always": "always", "mixed": "mixed", "new": "never", "new mixed": "mixed"}
S = OrderState
_AFTER, _BEFORE = "when=after", "when=before"


@dataclass(frozen=True)
class CardPlusPayBehaviour(Behaviour):
    """Times in `fault` are the vendor's own, but for delays and late commits, which are this machine's.

    `late`: codes come with a later read.
    """

    late: bool = False
    short: bool = False  # fewer codes than were ordered, for ever


B = CardPlusPayBehaviour
BEHAVIOURS: dict[str, CardPlusPayBehaviour] = {
    "answers": B(succeeds=True),
    "answers late": B("delay-after; seconds=0.4", succeeds=True),
    "drops after the commit": B("drop-after", answers=False),
    "500 after the commit": B(f"error; status=500; {_AFTER}"),
    "HTML 502 after the commit": B(f"error; status=502; body=html; {_AFTER}"),
    "truncated answer": B("truncate"),
    "commits when we have given up": B("commit-late; seconds=0.3", answers=False, patience_s=0.5),
    "drops before": B("drop-before", answers=False, buys=False),
    "HTML 503 before": B(f"error; status=503; body=html; {_BEFORE}", buys=False),
    "slow down": B("rate-limited; seconds=1", buys=False),
    "has too little money": B("insufficient-funds", buys=False, lasting=True, ends=S.REFUSED),
    "is out of stock": B("out-of-stock", buys=False, lasting=True, ends=S.REFUSED),
    "codes later": B("pending; seconds=60", succeeds=True, late=True),
    "drops, codes later": B("pending; seconds=60, drop-after", answers=False, late=True),
    "fewer codes": B("fewer-codes", succeeds=True, short=True),
    "drops, fewer codes": B("fewer-codes, drop-after", answers=False, short=True),
    "fewer codes, then all": B("fewer-codes; then=complete; seconds=60", succeeds=True, late=True),
    "fails without a word": B("fail", succeeds=True, ends=S.PLACED),  # the word for it is not documented
    "costs more": B("price-change; percent=8", succeeds=True),
    "drops, costs more": B("price-change; percent=8, drop-after", answers=False),
    "lists it late": B("list-lag; seconds=120, drop-after", answers=False),
    "never lists it": B("list-lag; seconds=9999999, drop-after", answers=False, ends=S.UNSETTLED),
    "topped up meanwhile": B(succeeds=True, meanwhile="top-up"),
    "others buy something else meanwhile": B(succeeds=True, meanwhile="other"),
    "others buy the same meanwhile": B(succeeds=True, meanwhile="same"),
}


@dataclass(frozen=True)
class CardPlusPayCase(Case):
    product: str = "never"

    vendor = "cardpluspay"
    points = tuple(POINTS["cardpluspay"])
    behaviours = BEHAVIOURS

    @property
    def asks_for(self) -> str:
        return f"PINs {self.product}"

    @property
    def wanted(self) -> str:
        return self.product

    @property
    def bought_before(self) -> bool:
        return not self.product.startswith("new")

    @property
    def does_what(self) -> CardPlusPayBehaviour:
        return BEHAVIOURS[self.does]

    @property
    def leads_to(self) -> OrderState:
        behaviour = self.does_what
        if behaviour.ends:
            return behaviour.ends
        if behaviour.meanwhile:
            return self._beside_others(behaviour.meanwhile)
        if behaviour.short:
            return self._short()
        lost = self.answer_is_lost() or behaviour.late
        return self._by_a_later_read() if lost else S.DELIVERED

    @property
    def purchases(self) -> int:
        if self.does_what.meanwhile and not self._was_sent():
            return int(self.does_what.meanwhile == "other")
        return super().purchases

    @property
    def mistaken(self) -> int:
        return int(self.does_what.meanwhile == "same" and not self._was_sent())

    def _beside_others(self, what: str) -> OrderState:
        match what, self._was_sent():
            case ("top-up", False) | ("same", True):
                return S.UNSETTLED
            case ("other", False):
                return S.DELIVERED  # the account tells that it was not bought: it is bought anew
        return self._by_a_later_read()

    def _was_sent(self) -> bool:
        return self.kills[0] in self.between("request sent", self.points[-1])

    def _short(self) -> OrderState:
        if not self.answer_is_lost() or self._by_a_later_read() is S.DELIVERED:
            return S.PARTLY_DELIVERED
        return S.PLACED  # what is shown is sealed, and the rest is still looked for

    def _by_a_later_read(self) -> OrderState:
        return S.DELIVERED if self.product == "never" else S.CODES_MISSING


def _case(point: str, does: str, product: str) -> CardPlusPayCase:
    return CardPlusPayCase((point,), does, CARDS, product)


UNHURT = _case("before the quote", "answers", "mixed")
_EVERYWHERE = {"answers", "drops after the commit", "drops before"}
_ONLY_MID_PURCHASE = ("request sent", "response read", "outcome written, not committed")
_LOST = ("drops after the commit", "500 after the commit", "HTML 502 after the commit", "truncated answer")


def _reached(point: str, does: str) -> bool:
    behaviour = BEHAVIOURS[does]
    lost = behaviour.buys and not behaviour.succeeds
    proven = does in {"drops before", "HTML 503 before"}
    match point:
        case "vendor committed" | "response understood" | "codes written, not committed":
            return not lost
        case "candidates opened":
            return lost or proven
        case "recognised" | "order read again":
            return lost
        case "proven not created" | "account looked at anew":
            return proven
        case "mid-reveal" | "orphan adopted" | "found never sent" | "codes set aside, not committed":
            return False  # needs a life before it, or codes that may lack PINs: see below
        case _:
            return True


def cases() -> Iterator[CardPlusPayCase]:
    products = ("never", "always", "mixed")
    for number, does in enumerate(name for name in BEHAVIOURS if name in _EVERYWHERE):
        for place, point in enumerate(CardPlusPayCase.points):
            if _reached(point, does):
                yield _case(point, does, products[(number + place) % 3])
    yield from _other_answers()
    yield from _beside_others()
    yield from _twice()


def _other_answers() -> Iterator[CardPlusPayCase]:
    for does in _LOST[1:]:
        for point, product in (
            ("response read", "never"),
            ("candidates opened", "new"),
            ("recognised", "mixed"),
        ):
            yield _case(point, does, product)
    yield _case("codes written, not committed", "drops after the commit", "never")
    for product in ("never", "new", "always"):
        yield _case("outbox pending", "drops after the commit", product)
        yield _case("recognised", "commits when we have given up", product)
        yield _case("outcome committed", "codes later", product)
        yield _case("outcome committed", "fewer codes, then all", product)
    yield _case("request sent", "commits when we have given up", "never")
    yield _case("request sent", "answers late", "always")
    yield _case("response understood", "answers late", "never")
    yield _case("codes set aside, not committed", "drops after the commit", "always")
    yield _case("codes set aside, not committed", "codes later", "mixed")
    yield _case("order read again", "codes later", "never")
    yield _case("candidates opened", "drops, codes later", "never")
    yield _case("recognised", "drops, codes later", "always")
    for does in ("HTML 503 before", "slow down"):
        for point in ("response read", "codes written, not committed", "outcome written, not committed"):
            yield _case(point, does, "never" if does == "slow down" else "always")
    for does in ("has too little money", "is out of stock"):
        for point in ("snapshot committed", *_ONLY_MID_PURCHASE, "outcome committed"):
            yield _case(point, does, "always")
    for point in ("outcome committed", "request sent"):
        yield _case(point, "fewer codes", "never")
    for point in ("outcome committed", "codes committed"):
        yield _case(point, "fewer codes", "always")
    yield _case("candidates opened", "drops, fewer codes", "never")
    yield _case("recognised", "drops, fewer codes", "mixed")
    yield _case("outcome committed", "fewer codes, then all", "new mixed")
    yield _case("outcome committed", "fails without a word", "never")
    yield _case("response read", "fails without a word", "always")
    yield _case("outcome committed", "costs more", "mixed")
    yield _case("recognised", "drops, costs more", "never")
    yield _case("candidates opened", "lists it late", "never")
    yield _case("recognised", "lists it late", "always")
    yield _case("candidates opened", "never lists it", "never")
    yield _case("request sent", "never lists it", "mixed")


def _beside_others() -> Iterator[CardPlusPayCase]:
    for does in (name for name, behaviour in BEHAVIOURS.items() if behaviour.meanwhile):
        for product in ("never", "always"):
            for point in ("snapshot committed", "response read"):
                yield _case(point, does, product)


def _twice() -> Iterator[CardPlusPayCase]:
    for first, second in (
        ("intent committed", "found never sent"),
        ("account looked at", "found never sent"),
        ("snapshot committed", "orphan adopted"),
        ("snapshot committed", "proven not created"),
        ("about to send", "account looked at anew"),
        ("about to send", "response read"),
        ("request sent", "orphan adopted"),
        ("request sent", "candidates opened"),
        ("request sent", "recognised"),
        ("response read", "codes written, not committed"),
        ("response read", "codes committed"),
        ("request sent", "mid-notice"),
    ):
        yield CardPlusPayCase((first, second), "answers", CARDS, "never")
    for second in ("codes set aside, not committed", "codes committed"):
        yield CardPlusPayCase(("request sent", second), "answers", CARDS, "always")
