"""Messages with codes. They are always ephemeral, and fit Slack's limits."""

from collections.abc import Sequence

from bot.domain.lines import Deliverable, UnparsedDeliverable
from bot.domain.orders import Order
from bot.services.outbox_payloads import RevealPage
from handlers.block_kit.blocks import MAX_SECTION_LENGTH, Block, Message, context, section
from handlers.block_kit.text import escape, strip_unprintable
from handlers.kinds import KIND_VIEWS
from handlers.views.orders import order_summary

_CHUNK_LENGTH, _MAX_CHUNKS = 500, 20  # of an unparsed response: for a section, for a message
_EPHEMERAL_HINT = "Only visible to you, and gone when Slack reloads. *Show codes* brings them back."


def codes_message(
    order: Order, deliverables: Sequence[Deliverable | UnparsedDeliverable], reveal_page: RevealPage
) -> Message:
    """`text` never has a code: it is what notifications show on lock screens."""
    total = max(order.terms.line.units, len(deliverables))
    fallback_text = f"Your codes for {order.client_reference} (only visible to you)"
    blocks: list[Block] = [section(f"*Codes of {order.client_reference}*\n{order_summary(order)}")]
    for position, each in enumerate(
        deliverables[reveal_page.first - 1 : reveal_page.last], reveal_page.first
    ):
        title = f"*{position} of {total}*"
        blocks += _answer(each, title) if isinstance(each, UnparsedDeliverable) else _unit(each, title)
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


def _unit(deliverable: Deliverable, title: str) -> list[Block]:
    """One section; one for each line where together they are too long, because a cut code is a lost code."""
    lines = [title, *KIND_VIEWS[deliverable.kind].deliverable_lines(deliverable)]
    together = "\n".join(lines)
    return [section(together)] if len(together) <= MAX_SECTION_LENGTH else [section(line) for line in lines]
