"""Orders as their requester, the approvers and the controllers read them: in one line, in full, in lists."""

from collections.abc import Sequence

from bot.domain.orders import Order, OrderState
from bot.usecases.look_up_orders import OrderFile
from handlers import ids
from handlers.views.blocks import Block, Message, actions, button, confirmation, context, fields, section
from handlers.views.text import cards, country_name, line, link, mention, moment, quoted

_MOST_PARTS = 20  # lines that fit a section
STATE_WORDS: dict[OrderState, str] = {
    OrderState.WAITING: "⏳ waiting for an approver",
    OrderState.APPROVED: "👍 approved, to be bought next",
    OrderState.PLACING: "🛒 being bought",
    OrderState.UNSETTLED: "❓ being checked with the vendor",
    OrderState.IN_PARTS: "🧩 being bought in parts",
    OrderState.PLACED: "📦 bought, codes on their way",
    OrderState.PARTLY_DELIVERED: "📬 part of the codes is here",
    OrderState.DELIVERED: "✅ delivered",
    OrderState.CODES_MISSING: "🚨 paid, but its codes are missing",
    OrderState.DECLINED: "⛔ declined",
    OrderState.WITHDRAWN: "↩️ withdrawn",
    OrderState.EXPIRED: "⌛ expired, nobody decided in time",
    OrderState.REFUSED: "🚫 refused, nothing was paid",
    OrderState.FAILED: "💥 failed at the vendor, which refunds it",
    OrderState.CANCELLED: "🚫 cancelled by the vendor, which refunds it",
    OrderState.DELIVERED_SHORT: "📭 ended with fewer cards than asked for",
    OrderState.NOT_BOUGHT: "🗂️ closed by two approvers: it was not bought",
    OrderState.RESOLVED: "🗂️ closed by two approvers: paid, and dealt with outside of here",
}


def wares(order: Order) -> str:
    """`2 × USD 25.00 Steam (United States)`, escaped."""
    terms = order.terms
    return (
        f"{terms.quantity} × {terms.denomination} {line(order.product_name, 120)} "
        f"({line(country_name(order.country), 60)})"
    )


def order_line(file: OrderFile) -> str:
    order = file.order
    return (
        f"*{order.client_reference}* · {STATE_WORDS[order.state]}\n"
        f"{wares(order)} for {order.charge}{at_vendor(file)} · asked {moment(order.requested_at)}"
    )


def at_vendor(file: OrderFile) -> str:
    return f" at {line(file.vendor, 80)}" if file.vendor else ""


def order_buttons(order: Order, codes_held: int) -> list[Block]:
    """What the requester can still do with it."""
    buttons = []
    if codes_held:
        buttons.append(show_codes_button(order))
    if order.state is OrderState.WAITING:
        buttons.append(withdraw_button(order))
    return buttons


def show_codes_button(order: Order) -> Block:
    return button("Show codes", ids.SHOW_CODES, str(order.id), style="primary")


def withdraw_button(order: Order) -> Block:
    return button(
        "Withdraw",
        ids.WITHDRAW,
        str(order.id),
        confirm=confirmation(
            "Withdraw this request?",
            f"{order.client_reference} will not be bought. You can ask again at any time.",
            yes="Withdraw",
            no="Keep it",
        ),
    )


def price_facts(file: OrderFile) -> list[tuple[str, str]]:
    """The figures, in the order in which they lead to the charge, and who is paid from which wallet."""
    order = file.order
    facts = [("Charge", f"*{order.charge}*"), ("Face value", str(order.face_value))]
    if order.discount.amount:
        facts.append(("Discount", str(order.discount)))
    if order.forex_rate is not None:
        rate = f"1 {order.face_value.currency} = {order.forex_rate:f} {order.charge.currency}"
        facts.append(("FX rate", rate))
    if order.fee is not None:
        facts.append(("Fee", str(order.fee)))
    warning = " ⚠️ below zero" if order.balance_after.amount < 0 else ""
    return [
        *facts,
        ("Paid from", f"{order.charge.currency} wallet{at_vendor(file)}"),
        ("Wallet after", f"{order.balance_after}{warning}"),
    ]


def purpose_facts(order: Order) -> list[tuple[str, str]]:
    recipient = line(order.recipient_email, 300) if order.recipient_email else "handed over by the requester"
    return [
        ("For", recipient),
        ("Ticket", link(order.ticket_url) if order.ticket_url else "none given"),
    ]


def order_status(file: OrderFile, *, own: bool, reading: str | None = None) -> Message:
    """One order in full, for `/giftcard status`; `reading` tells how far the catalogue is."""
    order = file.order
    since = f"{STATE_WORDS[order.state]} since {moment(order.state_since)}"
    asked = f"{mention(order.requester.user_id)} asked {moment(order.requested_at)}:"
    blocks = [
        section(f"*{order.client_reference}* · {since}\n{wares(order)}"),
        fields([*price_facts(file), *purpose_facts(order), ("Codes here", _codes_here(file))]),
        section(f"{asked}\n{quoted(order.reason)}"),
    ]
    if order.trouble:
        blocks.append(section(f"⚠️ {line(order.trouble, 1000)}"))
    if file.parts:
        blocks.append(section(parts_lines(file)))
    if refunded := refund_line(file):
        blocks.append(section(f"💶 {refunded}"))
    blocks.append(context(decisions(file)))
    if reading:
        blocks.append(context(reading))
    if own and (buttons := order_buttons(order, file.codes_held)):
        blocks.append(actions(*buttons))
    return Message(f"{order.client_reference}: {STATE_WORDS[order.state]}. {wares(order)}.", tuple(blocks))


def parts_lines(file: OrderFile) -> str:
    """How far each part is: `-1 · 100 cards · ✅ delivered`."""
    parts = file.parts[:_MOST_PARTS]
    lines = [
        f"`{part.client_reference}` · {cards(part.terms.quantity)} · {STATE_WORDS[part.state]}"
        for part in parts
    ]
    if more := len(file.parts) - len(parts):
        lines.append(f"and {more} more parts")
    return "\n".join(lines)


def decisions(file: OrderFile) -> str:
    """Who said what so far, against how many are needed."""
    said_yes = [a for a in file.approvals if a.approved]
    words = [f"Approvals: {len(said_yes)} of {file.approvals_needed}"]
    words += [
        f"{'approved' if a.approved else 'declined'} by {mention(a.approver.user_id)} {moment(a.decided_at)}"
        for a in file.approvals
    ]
    return " · ".join(words)


def own_orders(files: Sequence[OrderFile], *, reading: str | None = None) -> Message:
    if not files:
        return Message(
            "You have not asked for any gift card yet.",
            (
                section("You have not asked for any gift card yet."),
                *([context(reading)] if reading else []),
                actions(button("Issue a gift card", ids.OPEN_ORDER_FORM, style="primary")),
            ),
        )
    blocks: list[Block] = [section(f"*Your latest {'request' if len(files) == 1 else 'requests'}*")]
    for file in files:
        blocks.append(section(order_line(file)))
        if buttons := order_buttons(file.order, file.codes_held):
            blocks.append(actions(*buttons))
    spoken = "; ".join(f"{f.order.client_reference} {STATE_WORDS[f.order.state]}" for f in files)
    return Message(f"Your latest requests: {spoken}", tuple(blocks))


def pending(files: Sequence[OrderFile], *, approvals_channel: str, sees_all: bool) -> Message:
    if not files:
        return Message.saying(
            "Nothing waits for a decision." if sees_all else "None of your requests waits for a decision."
        )
    where = f"Decide on the cards in <#{approvals_channel}>." if sees_all else "You hear when they decide."
    title = f"{len(files)} waiting for a decision, oldest first"
    blocks = [section(f"*{title}.* {where}"), *(section(_pending_line(file)) for file in files)]
    spoken = "; ".join(f"{f.order.client_reference} for {f.order.charge}" for f in files)
    return Message(f"{title}: {spoken}", tuple(blocks))


def _pending_line(file: OrderFile) -> str:
    order = file.order
    why = quoted(" ".join(order.reason.split()), 300)
    return f"{order_line(file)} by {mention(order.requester.user_id)}\n{why}\n{decisions(file)}"


def refund_line(file: OrderFile) -> str | None:
    """`refunded USD 40.00 on 21 Nov 2026`, that it is missing, or None where there is nothing to say."""
    said = [f"refunded {refund.amount} on {moment(refund.at)}" for refund in file.refunds]
    if file.refund_missing:
        said.append("⚠️ the rest was not refunded" if said else "⚠️ no refund was found within a day")
    return ", ".join(said) or None


def _codes_here(file: OrderFile) -> str:
    return f"{file.codes_held} of {file.order.terms.quantity}"
