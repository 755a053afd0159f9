"""Products, wallets and quotes for the order form's tests, and every form that could be filled in."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from bot.domain.catalogue import Denomination, Product, Wallet
from bot.domain.money import Money
from bot.domain.quotes import Quote
from handlers.views.order_form import OrderForm
from handlers.views.order_form_price import PriceUnavailable, QuotedPrice
from handlers.views.order_form_state import FormState
from tests.support.terms import gift_card_terms

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
USD_WALLET = Wallet("octopus", "W1", Money(Decimal("1000"), "USD"), "PREPAID")
EUR_WALLET = Wallet("octopus", "W2", Money(Decimal("500"), "EUR"), "PREPAID")


def sold_at(*values: str, currency: str = "USD", product_id: str = "8101", name: str = "Steam") -> Product:
    """A product with these denominations: `20` is a fixed one, `25-150` a range."""
    ranges = [(v.partition("-")[0], v.partition("-")[2] or v) for v in values]
    denominations = tuple(Denomination(Decimal(low), Decimal(high), Decimal(0)) for low, high in ranges)
    return Product("octopus", product_id, name, "Gaming", "USA", currency, denominations)


def quote(
    product: Product, denomination: str, quantity: int, wallet: Wallet = USD_WALLET, **parts: Any
) -> Quote:
    terms = gift_card_terms(
        product.vendor,
        product.product_id,
        Money(Decimal(denomination), product.currency),
        quantity,
        wallet.wallet_id,
    )
    whole: dict[str, Any] = {
        "terms": terms,
        "discount": Money(Decimal(0), product.currency),
        "discount_percent": Decimal(0),
        "charge": Money(terms.face_value.amount, wallet.balance.currency),
        "forex_rate": None,
        "fee": None,
        "tax": None,
        "max_quantity": None,
        "wallet_balance": wallet.balance,
        "quoted_at": NOON,
    }
    return Quote(**whole | parts)


def form(product: Product | None = None, **parts: Any) -> OrderForm:
    key = product.key if product else None
    whole: dict[str, Any] = {
        "form_state": FormState(product_key=key, line={"quantity": "1"}),
        "price": PriceUnavailable("Choose a product to see the price."),
        "environment": "live",
        "max_quantity": 20,
        "product": product,
    }
    return OrderForm(**whole | parts)


def quoted(product: Product, *wallets: Wallet, quote_id: int = 7) -> QuotedPrice:
    return QuotedPrice(quote_id, quote(product, "50", 2), "Octopus Cards", wallets)


def block(view: dict[str, Any], block_id: str) -> dict[str, Any]:
    [found] = [b for b in view["blocks"] if b.get("block_id") == block_id]
    return dict(found)


def submitted(view: dict[str, Any], **typed: dict[str, Any]) -> dict[str, Any]:
    """The view as Slack sends it back, with these elements' states by field name."""
    state = {}
    for shown in view["blocks"]:
        if shown["type"] == "input":
            name = shown["block_id"].partition(":")[0]
            element = shown["element"]
            initial = {
                "type": element["type"],
                "value": element.get("initial_value"),
                "selected_option": element.get("initial_option"),
            }
            state[shown["block_id"]] = {element["action_id"]: initial | typed.get(name, {})}
    return {**view, "id": "V1", "state": {"values": state}}


_amounts = st.decimals(Decimal("0.01"), Decimal(10**6), places=2)


@st.composite
def _denominations(draw: st.DrawFn) -> Denomination:
    low, high = sorted([draw(_amounts), draw(_amounts)])
    discount = draw(st.sampled_from([Decimal(0), Decimal("2.5")]))
    return Denomination(low, draw(st.sampled_from([low, high])), discount)


products = st.builds(
    Product,
    vendor=st.just("octopus"),
    product_id=st.text("0123456789", min_size=1, max_size=8),
    name=st.text(max_size=200),
    category=st.text(min_size=1, max_size=40),
    country=st.sampled_from(["USA", "GBR", "GLO", "XYZ", "VCT"]),
    currency=st.sampled_from(["USD", "EUR", "JPY", "KWD"]),
    denominations=st.lists(_denominations(), max_size=120).map(tuple),
)
_typed = (
    st.none()
    | st.text(max_size=600)
    | st.sampled_from(["20", "0", "-1", "1e3", "٣", "a@b.co", "https://a.co/x"])
)


@st.composite
def forms(draw: st.DrawFn) -> OrderForm:
    product = draw(st.none() | products)
    form_state = FormState(
        country=draw(st.sampled_from([None, "USA", "ZZZ"])),
        category=draw(st.none() | st.text(min_size=1, max_size=150).filter(str.strip)),
        product_key=product.key if product else None,
        line={"denomination": draw(_typed), "quantity": draw(_typed)},
        wallet_id=draw(st.sampled_from([None, "W1", "gone"])),
        reason=draw(_typed),
        ticket_url=draw(_typed),
        email=draw(_typed),
    )
    price: QuotedPrice | PriceUnavailable = PriceUnavailable(
        draw(st.text(max_size=2000)), can_retry=draw(st.booleans())
    )
    if product is not None and draw(st.booleans()):
        wallets = draw(st.sampled_from([(), (USD_WALLET,), (USD_WALLET, EUR_WALLET)]))
        answer = quote(product, "50", 2, fee=Money(Decimal(1), "USD"), forex_rate=Decimal("1.0832"))
        price = QuotedPrice(7, answer, "Octopus Cards", wallets, draw(st.none() | st.text(max_size=2000)))
    return OrderForm(
        form_state,
        price,
        environment=draw(st.sampled_from(["sandbox", "live"])),
        max_quantity=draw(st.integers(1, 5000)),
        product=product,
        ticket_required=draw(st.booleans()),
        banner=draw(st.none() | st.text(min_size=1, max_size=3000)),
    )
