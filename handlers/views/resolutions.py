"""Closing an order by hand: the form, the proposal that another approver confirms, and the outcome."""

from slack_sdk.models.blocks import Option, PlainTextInputElement, RadioButtonsElement

from bot.domain.lifecycle import RESOLUTIONS
from bot.domain.orders import Order
from bot.domain.resolutions import Resolution
from bot.services.problem_text import problem_line
from bot.services.resolve_order import LONGEST_NOTE
from handlers import ids
from handlers.block_kit.blocks import (
    Block,
    Message,
    actions,
    button,
    confirmation,
    context,
    input_block,
    modal,
    plain_text,
    section,
)
from handlers.block_kit.text import blockquote, mention, safe_line
from handlers.views.orders import order_summary
from handlers.views.states import outcome_label, state_label

OUTCOME_INPUT = "outcome_input"
NOTE_INPUT = "note_input"
NUMBER_INPUT = "number_input"
_CONSEQUENCES = (
    "Nothing changes until another approver confirms it. Codes that the bot only keeps sealed, because they "
    "may be incomplete or somebody else's, are then shown to the requester too, on *Show codes*."
)


def resolve_form(order: Order, environment: str) -> Block:
    inputs = [
        input_block(ids.OUTCOME, "How did it end?", _outcomes(order)),
        input_block(
            ids.RESOLUTION_NOTE,
            "How do you know?",
            PlainTextInputElement(action_id=NOTE_INPUT, multiline=True, max_length=LONGEST_NOTE),
            hint="No codes, please: it stays on the card, and the requester is told.",
        ),
    ]
    if order.vendor_order_id is None:
        number = input_block(
            ids.VENDOR_NUMBER,
            "The vendor's order number, if it was bought",
            PlainTextInputElement(action_id=NUMBER_INPUT, max_length=64),
            hint="From its dashboard: the daily reconciliation then knows which order it is.",
            optional=True,
        )
        inputs.append(number)
    about = (
        f"*{order.client_reference}* · {state_label(order)}\n{order_summary(order)}, charge *{order.charge}*."
    )
    return modal(
        "Resolve",
        [section(about), *inputs, context(_CONSEQUENCES)],
        environment,
        callback_id=ids.RESOLVE_FORM,
        submit="Propose",
        private_metadata=str(order.id),
    )


def _outcomes(order: Order) -> RadioButtonsElement:
    options = [
        Option(text=plain_text(outcome_label(outcome), 75), value=outcome.value)
        for outcome in RESOLUTIONS[order.state]
    ]
    return RadioButtonsElement(action_id=OUTCOME_INPUT, options=options)


def proposal_message(order: Order, proposal: Resolution) -> Message:
    """Asks the approvals channel. The button names the proposal, so that a later proposal replaces it."""
    who = mention(proposal.proposer.user_id)
    says = f"{who} says how *{order.client_reference}* ended: {outcome_label(proposal.outcome)}"
    confirm = confirmation(
        "Confirm this?",
        f"{order.client_reference} is closed for good, and the bot looks no further. There is no way back.",
        yes="Confirm",
        no="Not yet",
    )
    press = button(
        "Confirm",
        ids.CONFIRM_RESOLUTION,
        ids.confirmation_value(order.id, proposal.id),
        style="primary",
        confirm=confirm,
    )
    vendor_order_id = proposal.vendor_order_id
    number = f"\nThe vendor's order: {safe_line(vendor_order_id, 64)}" if vendor_order_id else ""
    blocks = (
        section(
            f"🗂️ {says}\n{order_summary(order)}, charge {order.charge}{number}\n{blockquote(proposal.note)}"
        ),
        context("Another approver than the one who proposed it has to confirm it."),
        actions(press),
    )
    return Message(f"{says} Another approver has to confirm it.", blocks)


def confirmed(order: Order, user_id: str) -> Message:
    words = f"{state_label(order)}. {order.client_reference}, confirmed by {mention(user_id)}."
    text = f"*{order.client_reference}* · {state_label(order)}\n{blockquote(problem_line(order) or '')}"
    return Message(words, (section(text), context(f"confirmed by {mention(user_id)}")))
