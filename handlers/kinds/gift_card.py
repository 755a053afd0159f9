"""Gift cards in Slack."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time

from bot.domain.catalogue import Product
from bot.domain.lines import Deliverable, Line
from bot.kinds.gift_card import GIFT_CARD, Voucher
from handlers import ids
from handlers.block_kit.blocks import Block
from handlers.block_kit.text import NOTHING, card_count, escape, safe_line, strip_unprintable
from handlers.kinds.gift_card_form import denomination_field, quantity_field, read_line


class GiftCardViews:
    """As `handlers.kinds.KindViews` describes it."""

    name = GIFT_CARD

    def form_fields(
        self, product: Product | None, typed: Mapping[str, str | None], max_units: int
    ) -> Sequence[Block]:
        return [
            *denomination_field(product, typed.get(ids.DENOMINATION)),
            quantity_field(typed.get(ids.QUANTITY), max_units),
        ]

    def line(self, product: Product, typed: Mapping[str, str | None]) -> Line:
        return read_line(product, typed)

    def amount(self, line: Line) -> str:
        return f"{self.units(line.units)} at {line.unit_value}"

    def short_amount(self, line: Line) -> str:
        return f"{line.units} × {line.unit_value}"

    def units(self, count: int) -> str:
        return card_count(count)

    def charge_fields(self, details: Mapping[str, str]) -> Sequence[tuple[str, str]]:  # noqa: ARG002
        return []

    def deliverable_lines(self, deliverable: Deliverable) -> Sequence[str]:
        assert isinstance(deliverable, Voucher), "a gift card is delivered as a voucher"
        return _voucher_lines(deliverable)

    def follow_up_text(self, status: str) -> str:
        return safe_line(status, 200)  # never asked for: gift cards are over with their delivery


def _voucher_lines(voucher: Voucher) -> list[str]:
    facts = []
    if voucher.card_number:
        facts.append(f"Code {_verbatim(voucher.card_number)}")
    if voucher.pin_code:
        facts.append(f"PIN {_verbatim(voucher.pin_code)}")
    if voucher.claim_url:
        facts.append(f"Claim at {_verbatim(voucher.claim_url)}")
    if voucher.expires_at:
        facts.append(f"Valid until {_day(voucher.expires_at)}")
    if voucher.voucher_reference_number:
        facts.append(f"Brand's reference {safe_line(voucher.voucher_reference_number, 100)}")
    if voucher.more:
        facts += [_verbatim(each) for each in voucher.more.splitlines()]
    return facts


def _day(written: str) -> str:
    """`21 Nov 2028` for an ISO 8601 time, with the hour unless that is midnight; else as it was written."""
    try:
        at = datetime.fromisoformat(written.strip())
        utc = at if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return safe_line(written, 60)
    if utc.time() == time():
        return f"{utc:%-d %b %Y}"
    return f"{utc:%-d %b %Y %H:%M}" + ("" if at.tzinfo is None else " UTC")


def _verbatim(secret: str) -> str:
    """In a code span, so that Slack neither formats nor links it; without one where it has a backtick."""
    safe = escape(strip_unprintable(secret).strip()) or NOTHING
    return safe if "`" in safe else f"`{safe}`"
