"""The approvals channel is told when the books do not agree: one line for each finding."""

from bot.services.outbox_payloads import ReconciliationPayload
from handlers.block_kit.blocks import Message, context, section
from handlers.block_kit.text import safe_line

_MAX_LINES = 20
_LINES_PER_BLOCK = 5  # of at most 500 characters each
_ADVICE = (
    "An order nobody asked for here means that the API key is used elsewhere: have it changed. "
    "`giftcard reconcile` on the server lists everything again."
)


def reconciliation_report(report: ReconciliationPayload) -> Message:
    found = report.found
    things = "1 thing does" if found == 1 else f"{found} things do"
    title = f"🧾 {things} not fit between our books and {report.vendor}'s."
    lines = [f"• {safe_line(says, 500)}" for says in report.findings[:_MAX_LINES]]
    if found > len(lines):
        lines.append(f"… and {found - len(lines)} more.")
    blocks = [section(f"*{title}*")]
    blocks += [
        section("\n".join(lines[at : at + _LINES_PER_BLOCK])) for at in range(0, len(lines), _LINES_PER_BLOCK)
    ]
    return Message(f"{title} {' '.join(lines[:3])}", (*blocks, context(_ADVICE)))
