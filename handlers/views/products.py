"""Products to choose from: search results, candidates, amounts, details."""

from decimal import Decimal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field
from slack_sdk.models.blocks import ButtonElement, ImageElement

from bot.domain.catalogue import Product, ProductDetails
from bot.domain.countries import country_name
from bot.domain.money import InvalidAmount, Money, parse_amount, plain
from bot.services.search_catalogue import PAGE, SearchQuery, SearchResults
from handlers import ids
from handlers.block_kit.blocks import (
    Block,
    Message,
    actions,
    button,
    context,
    divider,
    header,
    modal,
    section,
)
from handlers.block_kit.text import safe_line, safe_text
from handlers.views.vendor_comparison import vendor_comparison_line

MAX_AMOUNTS = 5  # buttons that fit one row
MAX_QUERY_LENGTH = 150


class SearchResultsPage(BaseModel):
    """The value of a *Previous* or *Next* button."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field("", max_length=MAX_QUERY_LENGTH)
    country: str | None = Field(None, max_length=3)
    category: str | None = Field(None, max_length=100)
    currency: str | None = Field(None, max_length=3)
    offset: int = Field(0, ge=0, le=100_000)

    @property
    def query(self) -> SearchQuery:
        return SearchQuery(self.text, country=self.country, category=self.category, currency=self.currency)


def search_results(query: SearchQuery, found: SearchResults) -> Message:
    if not found.products:
        return Message.from_text(nothing_found(query))
    first, last = found.offset + 1, found.offset + len(found.products) + found.repeats
    title = f"{_mrkdwn_description(query)}: {first}–{last} of {found.total}"
    blocks: list[Block] = [section(f"*{title}*")]
    for product in found.products:
        blocks += [divider(), section(_entry(product, found)), _product_buttons(product)]
    if found.repeats:
        blocks.append(context(_merged_count_line(found.repeats)))
    if turns := _page_buttons(query, found):
        blocks += [divider(), actions(*turns)]
    fallback_text = "; ".join(safe_line(product.name, 80) for product in found.products)
    return Message(f"{title}. {fallback_text}", tuple(blocks))


def product_summary(product: Product, vendor: str = "") -> str:
    """Three lines to choose by. `vendor` is named where there are several."""
    delivery = ", ".join(
        safe_line(word, 80) for word in (product.delivery_mode, product.delivery_time) if word
    )
    facts = [
        f"Delivery: {delivery}" if delivery else "",
        f"Valid: {safe_line(product.validity, 80)}" if product.validity else "",
        _discount(product),
    ]
    seller = f" · {safe_line(vendor, 80)}" if vendor else ""
    country, category = safe_line(country_name(product.country), 60), safe_line(product.category, 60)
    return (
        f"*{safe_line(product.name)}* · {country} · {category}{seller}\n"
        f"{product.currency} {safe_line(product.offered, 300)}\n" + " · ".join(fact for fact in facts if fact)
    )


def nothing_found(query: SearchQuery) -> str:
    filters = [word for word in (query.country, query.category, query.currency) if word]
    advice = (
        "Leave a filter out, or spell it differently."
        if filters
        else "Try another spelling or fewer words: the brand alone is often enough."
    )
    return f"{_description(query)}: nothing found. {advice}"


def candidates(found: SearchResults, *, amount: Decimal | None = None, quantity: int = 1) -> Message:
    """Several products match what was typed: ask which one is meant."""
    question = "Which one do you mean?"
    more = found.total - len(found.products)
    if more > 0:
        question += f" {more} more fit: add the country, such as `country:USA`."
    blocks: list[Block] = [section(f"*{question}*")]
    for product in found.products:
        blocks += [section(_entry(product, found)), _product_buttons(product, amount, quantity)]
    fallback_text = "; ".join(f"{safe_line(p.name, 80)} ({p.currency})" for p in found.products)
    return Message(f"{question} {fallback_text}", tuple(blocks))


def amounts(product: Product, quantity: int = 1) -> Message:
    """Ask for the amount to quote: a button for each fixed one, else the command to type."""
    fixed = [d.minimum for d in product.denominations if d.is_fixed][:MAX_AMOUNTS]
    how = f"`/giftcard quote {safe_text(product.key, 80)} AMOUNT{f' x{quantity}' if quantity > 1 else ''}`"
    sold = f"*{safe_line(product.name)}* is sold at {product.currency} {safe_line(product.offered, 300)}."
    blocks: list[Block] = [section(f"{sold}\nWhich amount? Any of them: {how}")]
    if fixed:
        blocks.append(
            actions(
                *(
                    button(
                        str(Money(amount, product.currency)),
                        ids.indexed_action_id(ids.SHOW_QUOTE, number),
                        quote_value(product, amount, quantity),
                    )
                    for number, amount in enumerate(fixed)
                )
            )
        )
    return Message(f"{sold} Which amount?", tuple(blocks))


def quote_value(product: Product, amount: Decimal | None, quantity: int) -> str:
    """The value of a *Quote* button: the product, and amount and quantity once they are chosen."""
    return product.key if amount is None else f"{product.key} {plain(amount)} {quantity}"


def parse_quote_value(value: str) -> tuple[str, Decimal | None, int]:
    """`KEY` or `KEY AMOUNT QUANTITY`. Raises ValueError for anything else."""
    match value.rsplit(" ", 2):
        case [key]:
            return key, None, 1
        case [key, amount, quantity] if quantity.isdecimal():
            try:
                return key, parse_amount(amount), int(quantity[:9])
            except InvalidAmount as error:
                raise ValueError("not an amount of our buttons") from error
    raise ValueError("not a value of our buttons")


def details_loading(environment: str) -> Block:
    return modal("Details", [section("Fetching the terms…")], environment, callback_id=ids.PRODUCT_DETAILS)


def details(product: Product, texts: ProductDetails, environment: str, vendor: str = "") -> Block:
    blocks: list[Block] = [section(product_summary(product, vendor), accessory=_picture(product))]
    for title, text in (
        ("How to use it", texts.how_to_use),
        ("What it is", texts.details),
        ("Terms", texts.terms),
    ):
        if text and text.strip():
            blocks += [header(title), section(safe_text(text, 2900))]
    if len(blocks) == 1:
        blocks.append(section("The vendor gives no further details."))
    blocks.append(context(f"Product {safe_text(product.key, 80)}"))
    return modal("Details", blocks, environment, callback_id=ids.PRODUCT_DETAILS)


def order_button(value: str, vendor: str = "", number: int | None = None) -> ButtonElement:
    """`value`, as `quote_value` makes it, fills the form in. `number` is for one of several buttons."""
    action_id = ids.OPEN_ORDER_FORM if number is None else ids.indexed_action_id(ids.OPEN_ORDER_FORM, number)
    return button(f"Order from {vendor}" if vendor else "Order", action_id, value, style="primary")


def _entry(product: Product, found: SearchResults) -> str:
    lines = product_summary(product, found.vendors.get(product.vendor, ""))
    if same := found.same.get(product.key):
        lines += f"\n⚖️ {vendor_comparison_line(product, same, found.vendors, found.preferred)}"
    return lines


def _merged_count_line(count: int) -> str:
    was = "1 more is" if count == 1 else f"{count} more are"
    return f"{was} shown beside the same card of another vendor."


def _picture(product: Product) -> ImageElement | None:
    """Slack fetches it, and refuses the whole view where it cannot."""
    url = product.image_url
    if not url or urlsplit(url).scheme != "https":
        return None
    return ImageElement(image_url=url, alt_text=safe_line(product.name))


def _product_buttons(product: Product, amount: Decimal | None = None, quantity: int = 1) -> Block:
    return actions(
        button("Quote", ids.SHOW_QUOTE, quote_value(product, amount, quantity)),
        order_button(product.key),
        button("Details", ids.SHOW_DETAILS, product.key),
    )


def _page_buttons(query: SearchQuery, found: SearchResults) -> list[ButtonElement]:
    def turn(label: str, offset: int) -> ButtonElement:
        page = SearchResultsPage(
            text=query.text[:MAX_QUERY_LENGTH],
            country=query.country,
            category=query.category,
            currency=query.currency,
            offset=offset,
        )
        return button(label, ids.indexed_action_id(ids.SEARCH_PAGE, label.lower()), page.model_dump_json())

    buttons = []
    if found.offset > 0:
        buttons.append(turn("Previous", max(0, found.offset - PAGE)))
    if found.offset + len(found.products) + found.repeats < found.total:
        buttons.append(turn("Next", found.offset + PAGE))
    return buttons


def _discount(product: Product) -> str:
    best = max((d.discount for d in product.denominations), default=Decimal(0))
    if best < 0:
        return f"Costs {plain(-best)} % more than its face value"
    if not best:
        return ""
    up_to = "up to " if len({d.discount for d in product.denominations}) > 1 else ""
    return f"Discount: {up_to}{plain(best)} %"


def _mrkdwn_description(query: SearchQuery) -> str:
    return safe_text(_description(query), 400)


def _description(query: SearchQuery) -> str:
    words = [f"“{query.text[:MAX_QUERY_LENGTH]}”" if query.text else "All gift cards"]
    if query.category:
        words.append(f"in {query.category}")
    if query.country:
        words.append(f"for {country_name(query.country)}")
    if query.currency:
        words.append(f"in {query.currency}")
    return " ".join(words)
