"""Messages with codes. They are always ephemeral, and fit Slack's limits."""

from collections.abc import Sequence
from datetime import UTC, datetime, time

from bot.domain.orders import Order
from bot.domain.vouchers import UnparsedDeliverable, Voucher
from bot.services.outbox_payloads import RevealPage
from handlers.views.blocks import MAX_SECTION_LENGTH, Block, Message, context, section
from handlers.views.orders import order_summary
from handlers.views.text import NOTHING, escape, safe_line, strip_unprintable

_CHUNK_LENGTH, _MAX_CHUNKS = 500, 20  # of an unparsed response: for a section, for a message
_EPHEMERAL_HINT = "Only visible to you, and gone when Slack reloads. *Show codes* brings them back."


def codes_message(
    order: Order, vouchers: Sequence[Voucher | UnparsedDeliverable], reveal_page: RevealPage
) -> Message:
    """`text` never has a code: notifications show it on lock screens."""
    total = max(order.terms.quantity, len(vouchers))
    fallback_text = f"Your codes for {order.client_reference} (only visible to you)"
    blocks: list[Block] = [section(f"*Codes of {order.client_reference}*\n{order_summary(order)}")]
    for position, voucher in enumerate(vouchers[reveal_page.first - 1 : reveal_page.last], reveal_page.first):
        title = f"*{position} of {total}*"
        blocks += (
            _answer(voucher, title) if isinstance(voucher, UnparsedDeliverable) else _card(voucher, title)
        )
    blocks.append(context(_EPHEMERAL_HINT))
    return Message(fallback_text, tuple(blocks))


def _answer(answer: UnparsedDeliverable, title: str) -> list[Block]:
    """The response as it came, because we could not parse it: the requester looks for the codes."""
    text = strip_unprintable(answer.text).replace("`", "'")
    longest = _MAX_CHUNKS * _CHUNK_LENGTH
    cut = " Only its beginning is shown." if len(text) > longest else ""
    starts = range(0, min(len(text), longest), _CHUNK_LENGTH)
    pieces = [escape(text[start : start + _CHUNK_LENGTH]) for start in starts]
    heading = f"{title}\nAn answer of the vendor that could not be read, as it came.{cut}"
    return [section(heading), *(section(f"```{piece}```") for piece in pieces)]


def _card(voucher: Voucher, title: str) -> list[Block]:
    """One section; where that is too long, one for each fact, because a code must not be cut."""
    facts = [title]
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
    together = "\n".join(facts)
    return [section(together)] if len(together) <= MAX_SECTION_LENGTH else [section(fact) for fact in facts]


def _day(written: str) -> str:
    """`21 Nov 2028` for an ISO 8601 date, with a time other than midnight; anything else as it is."""
    try:
        at = datetime.fromisoformat(written.strip())
        utc = at if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return safe_line(written, 60)
    if utc.time() == time():
        return f"{utc:%-d %b %Y}"
    return f"{utc:%-d %b %Y %H:%M}" + ("" if at.tzinfo is None else " UTC")


def _verbatim(secret: str) -> str:
    """In a code span, so that Slack neither formats nor links it. With a backtick in it, without one."""
    safe = escape(strip_unprintable(secret).strip()) or NOTHING
    return safe if "`" in safe else f"`{safe}`"
