"""A case at CardPlusPay: how the vendor behaves, and what its account can tell afterwards.

It takes no reference, so an answer that is lost is looked for in its list and its balance; and what is read
later leaves PINs out, so codes found like that are whole only where the product is known to have none.
"""

from dataclasses import dataclass

from bot.domain.lifecycle import OrderState
from tests.acceptance.crash.cases import Behaviour, Case
from tests.acceptance.crash.kill_points import POINTS

CARDS = 2  # of a mixed product the second one has a PIN
TELLING = 10  # cards of a product that tell whether it has PINs
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
    "fails without a word": B("fail", succeeds=True, ends=S.PURCHASED),  # the word for it is not documented
    "costs more": B("price-change; percent=8", succeeds=True),
    "drops, costs more": B("price-change; percent=8, drop-after", answers=False),
    "lists it late": B("list-lag; seconds=120, drop-after", answers=False),
    "never lists it": B("list-lag; seconds=9999999, drop-after", answers=False, ends=S.OUTCOME_UNKNOWN),
    "topped up meanwhile": B(succeeds=True, meanwhile="top-up"),
    "others buy something else meanwhile": B(succeeds=True, meanwhile="other"),
    "others buy more meanwhile": B(succeeds=True, meanwhile="more"),
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
            return int(self.does_what.meanwhile == "more")
        return super().purchases

    @property
    def mistaken(self) -> int:
        return int(self.does_what.meanwhile == "same" and not self._was_sent())

    def _beside_others(self, what: str) -> OrderState:
        match what, self._was_sent():
            case ("top-up", False) | ("other", False) | ("same", True):
                return S.OUTCOME_UNKNOWN
            case ("more", False):
                return S.DELIVERED  # more cards than ours can be: it was not bought, and is bought anew
        return self._by_a_later_read()

    def _was_sent(self) -> bool:
        return self.kills[0] in self.between("request sent", self.points[-1])

    def _short(self) -> OrderState:
        if not self.answer_is_lost() or self._by_a_later_read() is S.DELIVERED:
            return S.PARTIALLY_DELIVERED
        return S.PURCHASED  # what is shown is sealed, and the rest is still looked for

    def _by_a_later_read(self) -> OrderState:
        return S.DELIVERED if self.product == "never" else S.CODES_UNAVAILABLE
