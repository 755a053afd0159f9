"""Two approvers who close what the bot cannot find out, by what the vendor's own office tells them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from bot.domain.orders import Order, OrderState
from bot.domain.people import Person, PersonId
from bot.usecases.desk import Desk
from bot.usecases.resolve_order import confirm_resolution, propose_resolution
from tests.acceptance.crash.books import Sold
from tests.acceptance.crash.scene import LEAD

_OTHER_LEAD = Person(PersonId("T0ACME001", "U0LEAD002"), frozenset({"S0LEADS01"}))
_PEOPLE_TAKE = timedelta(minutes=5)  # by when whatever was on its way to the vendor has arrived
S = OrderState


@dataclass
class People:
    """`closed` are the vendor's numbers of what they found to be bought, by our references."""

    vendor: str
    closed: dict[str, str] = field(default_factory=dict)
    count: int = 0

    def close(self, desk: Desk, sold: list[Sold]) -> None:
        """Whatever is left to people, what the vendor will not finish, and parts that a whole waits for."""
        for order in self._left_to_people(desk, sold):
            number = order.provider_order_id or self._found(desk, order, sold)
            if number is None:
                outcome, note = S.NOT_BOUGHT, "Their support says that they never got it."
            else:
                outcome, note = S.RESOLVED, f"Their support says that it is order {number}."
                self.closed[order.client_reference] = number
            proposal = propose_resolution(desk, LEAD, order.id, outcome, note)
            confirm_resolution(desk, _OTHER_LEAD, order.id, proposal.id)
            self.count += 1

    def _left_to_people(self, desk: Desk, sold: list[Sold]) -> Iterator[Order]:
        done = {each.number for each in sold if each.may_be != {S.PLACED} or each.cost == 0}
        states = [S.UNSETTLED, S.PLACED, S.PARTLY_DELIVERED, S.CODES_MISSING]
        for order in desk.store.orders.in_states(states, limit=1000, provider=self.vendor):
            if desk.clock() - order.state_since < _PEOPLE_TAKE:
                continue
            actions = [row.action for row in desk.store.audit.rows(order_id=order.id)]
            match order.state:
                case S.UNSETTLED:
                    wanted = "account_does_not_tell" in actions
                case S.CODES_MISSING:
                    wanted = order.whole_id is not None
                case _:
                    wanted = order.provider_order_id in done
            if wanted:
                yield order

    def _found(self, desk: Desk, order: Order, sold: list[Sold]) -> str | None:
        """A purchase like it of which no order here has the number."""
        known = desk.store.orders.numbers(self.vendor) | set(self.closed.values())
        like_it = (order.terms.product_id, order.terms.quantity)
        numbers = [
            each.number
            for each in sold
            if each.by_us and each.number not in known and (each.product, each.quantity) == like_it
        ]
        return numbers[0] if numbers else None
