"""Two approvers who close what the bot cannot find out, by what the vendor's own office tells them."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from bot.domain.lifecycle import OrderState
from bot.domain.orders import Order
from bot.domain.people import Person, PersonId
from bot.services.context import AppContext
from bot.services.resolve_order import confirm_resolution, propose_resolution
from tests.acceptance.crash.environment import LEAD
from tests.acceptance.crash.vendor_ledger import VendorSale
from tests.support.at_once import saved

_OTHER_LEAD = Person(PersonId("T0ACME001", "U0LEAD002"), frozenset({"S0LEADS01"}))
_PEOPLE_TAKE = timedelta(minutes=5)  # by when whatever was on its way to the vendor has arrived
S = OrderState


@dataclass
class People:
    """`closed` are the vendor's numbers of what they found to be bought, by our references."""

    vendor: str
    closed: dict[str, str] = field(default_factory=dict)
    count: int = 0

    def close(self, ctx: AppContext, sold: list[VendorSale]) -> None:
        """What is left to people, what the vendor will not finish, and children that hold up a parent."""
        for order in self._left_to_people(ctx, sold):
            number = order.vendor_order_id or self._found(ctx, order, sold)
            if number is None:
                outcome, note = S.NOT_BOUGHT, "Their support says that they never got it."
            else:
                outcome, note = S.RESOLVED, f"Their support says that it is order {number}."
                self.closed[order.client_reference] = number
            proposal = asyncio.run(propose_resolution(ctx, LEAD, order.id, outcome, note))
            asyncio.run(confirm_resolution(ctx, _OTHER_LEAD, order.id, proposal.id))
            self.count += 1

    def _left_to_people(self, ctx: AppContext, sold: list[VendorSale]) -> Iterator[Order]:
        done = {each.number for each in sold if each.may_be != {S.PURCHASED} or each.cost == 0}
        states = [S.OUTCOME_UNKNOWN, S.PURCHASED, S.PARTIALLY_DELIVERED, S.CODES_UNAVAILABLE]
        for order in saved(ctx).purchases.in_states(states, limit=1000, vendor=self.vendor):
            if ctx.clock() - order.state_since < _PEOPLE_TAKE:
                continue
            actions = [row.action for row in saved(ctx).audit.rows(order_id=order.id)]
            match order.state:
                case S.OUTCOME_UNKNOWN:
                    wanted = "attribution_inconclusive" in actions
                case S.CODES_UNAVAILABLE:
                    wanted = order.parent_id is not None
                case _:
                    wanted = order.vendor_order_id in done
            if wanted:
                yield order

    def _found(self, ctx: AppContext, order: Order, sold: list[VendorSale]) -> str | None:
        """A purchase like it of which no order here has the number."""
        known = saved(ctx).purchases.vendor_order_ids(self.vendor) | set(self.closed.values())
        like_it = (order.terms.line.product_id, order.terms.line.units)
        vendor_order_ids = [
            each.number
            for each in sold
            if each.by_us and each.number not in known and (each.product, each.quantity) == like_it
        ]
        return vendor_order_ids[0] if vendor_order_ids else None
