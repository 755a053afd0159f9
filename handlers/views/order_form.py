"""The order form: the whole modal, built from what is filled in and what it would cost."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from slack_sdk.models.blocks import Option

from bot.domain.catalogue import Product
from handlers import ids
from handlers.block_kit.blocks import Block, modal, section
from handlers.block_kit.form_elements import MAX_OPTIONS
from handlers.block_kit.text import safe_text
from handlers.kinds import views_of
from handlers.views import order_form_fields as fields
from handlers.views.order_form_price import Price, QuotedPrice, price_blocks
from handlers.views.order_form_state import FormState, field_of, wallet_block


@dataclass(frozen=True, slots=True)
class OrderForm:
    """What the form shows. `current_view` is the view that it replaces, `banner` a message on top."""

    form_state: FormState
    price: Price
    environment: str
    max_quantity: int
    product: Product | None = None
    vendor: str = ""  # of the product, where there are several
    vendor_sends_email: bool = True  # to the recipient
    ticket_required: bool = False
    current_view: Mapping[str, Any] | None = None
    banner: str | None = None
    is_new: bool = False

    def view(self) -> Block:
        """The modal for views.open, views.update and `response_action: update`."""
        blocks = [
            *(
                [section(f"⚠️ *Nothing was requested yet.* {safe_text(self.banner, 1000)}")]
                if self.banner
                else []
            ),
            fields.filter_field(ids.COUNTRY, "Country", self.form_state.country, fields.country_option),
            fields.filter_field(ids.CATEGORY, "Category", self.form_state.category, fields.category_option),
            # Only at first: an update must not take the focus from what is being typed.
            fields.product_field(self.product, self.vendor, focus=self.is_new and self.product is None),
            *views_of(self.product.kind if self.product else None).form_fields(
                self.product, self.form_state.line, self.max_quantity
            ),
            *self._wallet(),
            *price_blocks(self.price),
            fields.reason_field(self.form_state.reason),
            fields.ticket_field(self.form_state.ticket_url, required=self.ticket_required),
            fields.email_field(self.form_state.email, vendor_sends_email=self.vendor_sends_email),
        ]
        shown_quote = self.price.quote_id if isinstance(self.price, QuotedPrice) else None
        return modal(
            "Gift card",
            blocks,
            self.environment,
            callback_id=ids.ORDER_FORM,
            submit="Request",
            private_metadata=replace(self.form_state, quote_id=shown_quote).metadata,
        )

    def _wallet(self) -> list[Block]:
        """The choice of wallet: from the quote, else as it is on screen."""
        if self.product is None:
            return []
        block_id = wallet_block(self.product.key)
        if isinstance(self.price, QuotedPrice) and self.price.wallets:
            options = [fields.wallet_option(w) for w in self.price.wallets[:MAX_OPTIONS]]
            chosen: str | None = self.price.quote.terms.wallet_id
        else:
            options, chosen = _options_in_view(self.current_view, block_id), self.form_state.wallet_id
        if len(options) < 2:
            return []
        return [fields.wallet_field(self.product.key, options, chosen)]


def error_blocks(errors: Mapping[str, str], view: Mapping[str, Any]) -> dict[str, str]:
    """`errors` by the id of a block in `view`: the field's own block, else the nearest one."""
    blocks = {field_of(b["block_id"]): b["block_id"] for b in view.get("blocks", []) if b["type"] == "input"}
    placed: dict[str, str] = {}
    for name, message in errors.items():
        nearest = {ids.WALLET: ids.QUANTITY}.get(name, ids.PRODUCT)
        block_id = blocks.get(name) or blocks.get(nearest, nearest)
        placed[block_id] = f"{placed[block_id]} {message}" if block_id in placed else message
    return placed


def _options_in_view(view: Mapping[str, Any] | None, block_id: str) -> list[Option]:
    for block in (view or {}).get("blocks", []):
        if block.get("block_id") == block_id:
            return Option.parse_all(block["element"].get("options")) or []
    return []
