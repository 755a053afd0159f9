"""How each kind of order looks in Slack: a new kind is a module beside this file, and one more entry here."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from bot.domain.catalogue import Product
from bot.domain.lines import Deliverable, Line
from bot.kinds.gift_card import GIFT_CARD
from handlers.block_kit.blocks import Block
from handlers.kinds.gift_card import GiftCardViews


class KindViews(Protocol):
    """What people see of one kind of order, and type for it. Texts are escaped for Slack's mrkdwn."""

    name: str

    def form_fields(
        self, product: Product | None, typed: Mapping[str, str | None], max_units: int
    ) -> Sequence[Block]:
        """The order form's fields of this kind alone; `typed` is what is in them, by name."""
        ...

    def line(self, product: Product, typed: Mapping[str, str | None]) -> Line:
        """What was typed. Raises BadRequest with a sentence for every field that is missing or wrong."""
        ...

    def amount(self, line: Line) -> str:
        """`2 cards at USD 20.00`"""
        ...

    def short_amount(self, line: Line) -> str:
        """`2 × USD 20.00`"""
        ...

    def units(self, count: int) -> str:
        """`2 cards`"""
        ...

    def charge_fields(self, details: Mapping[str, str]) -> Sequence[tuple[str, str]]:
        """What the charge is made of besides what every quote tells."""
        ...

    def deliverable_lines(self, deliverable: Deliverable) -> Sequence[str]:
        """One unit in clear, a line for each fact of it."""
        ...

    def follow_up_text(self, status: str) -> str:
        """What became of a delivered order, from the vendor's word for it."""
        ...


KIND_VIEWS: dict[str, KindViews] = {views.name: views for views in (GiftCardViews(),)}


def views_of(kind: str | None) -> KindViews:
    """None: nothing is chosen yet, so the form shows what most orders are for."""
    return KIND_VIEWS[kind or GIFT_CARD]
