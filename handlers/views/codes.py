"""The one kind of message that carries codes: ephemeral, split so that Slack's limits hold."""

from collections.abc import Sequence
from datetime import UTC, datetime, time

from bot.domain.orders import Order
from bot.domain.vouchers import RawAnswer, Voucher
from bot.usecases.reveal_codes import Showing
from handlers.views.blocks import LONGEST_SECTION, Block, Message, context, section
from handlers.views.orders import wares
from handlers.views.text import NOTHING, escaped, line, printable

_PIECE, _MOST_PIECES = 500, 20  # of an answer, to a section and to a message
_GONE_SOON = "Only visible to you, and gone when Slack reloads. *Show codes* brings them back."


def code_message(order: Order, vouchers: Sequence[Voucher | RawAnswer], showing: Showing) -> Message:
    """`text` never has a code: it is what notifications show on lock screens."""
    total = max(order.terms.quantity, len(vouchers))
    spoken = f"Your codes for {order.client_reference} (only visible to you)"
    blocks: list[Block] = [section(f"*Codes of {order.client_reference}*\n{wares(order)}")]
    for position, voucher in enumerate(vouchers[showing.first - 1 : showing.last], showing.first):
        title = f"*{position} of {total}*"
        blocks += _answer(voucher, title) if isinstance(voucher, RawAnswer) else _card(voucher, title)
    blocks.append(context(_GONE_SOON))
    return Message(spoken, tuple(blocks))


def _answer(answer: RawAnswer, title: str) -> list[Block]:
    """As it came, because nobody could read it: the requester looks for the codes in it."""
    text = printable(answer.text).replace("`", "'")
    longest = _MOST_PIECES * _PIECE
    cut = " Only its beginning is shown." if len(text) > longest else ""
    starts = range(0, min(len(text), longest), _PIECE)
    pieces = [escaped(text[start : start + _PIECE]) for start in starts]
    said = f"{title}\nAn answer of the vendor that could not be read, as it came.{cut}"
    return [section(said), *(section(f"```{piece}```") for piece in pieces)]


def _card(voucher: Voucher, title: str) -> list[Block]:
    """One section; one for each fact where together they are too long, because a cut code is a lost code."""
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
        facts.append(f"Brand's reference {line(voucher.voucher_reference_number, 100)}")
    if voucher.more:
        facts += [_verbatim(each) for each in voucher.more.splitlines()]
    together = "\n".join(facts)
    return [section(together)] if len(together) <= LONGEST_SECTION else [section(fact) for fact in facts]


def _day(written: str) -> str:
    """`21 Nov 2028` for an ISO 8601 time, with the hour unless that is midnight; else as it was written."""
    try:
        at = datetime.fromisoformat(written.strip())
        utc = at if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return line(written, 60)
    if utc.time() == time():
        return f"{utc:%-d %b %Y}"
    return f"{utc:%-d %b %Y %H:%M}" + ("" if at.tzinfo is None else " UTC")


def _verbatim(secret: str) -> str:
    """In a code span, so that Slack neither formats nor links it; without one where it has a backtick."""
    safe = escaped(printable(secret).strip()) or NOTHING
    return safe if "`" in safe else f"`{safe}`"
