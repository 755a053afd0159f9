"""Orders for gift cards and what they deliver, in one line."""

from collections.abc import Iterable
from decimal import Decimal

from bot.domain.catalogue import Product
from bot.domain.lines import Deliverable
from bot.domain.money import Money
from bot.domain.quotes import OrderTerms
from bot.kinds.gift_card import GiftCardLine, Voucher, gift_card_line
from bot.services.quote_order import Selection


def gift_card_terms(
    vendor: str, product_id: str, denomination: Money, quantity: int, wallet_id: str
) -> OrderTerms[GiftCardLine]:
    return OrderTerms(vendor, wallet_id, GiftCardLine(product_id, denomination, quantity))


def card_selection(
    product: Product, amount: Decimal, quantity: int, wallet_id: str | None = None
) -> Selection:
    return Selection(product.key, gift_card_line(product, amount, quantity), wallet_id)


def card_selection_by_key(
    product_key: str, amount: Decimal, quantity: int, *, currency: str = "USD"
) -> Selection:
    """The same where only the key of the product is at hand."""
    product_id = product_key.partition(":")[2]
    return Selection(product_key, GiftCardLine(product_id, Money(amount, currency), quantity))


def vouchers(deliverables: Iterable[Deliverable]) -> list[Voucher]:
    """What was delivered, where every unit has to be a gift card."""
    cards = []
    for each in deliverables:
        assert isinstance(each, Voucher), f"{each.kind} was delivered"
        cards.append(each)
    return cards
