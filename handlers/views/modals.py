"""Small modals: the reason for a decline, and a message where there is no conversation."""

from slack_sdk.models.blocks import PlainTextInputElement

from bot.domain.orders import Order
from bot.services.decide_request import LONGEST_REASON
from handlers import ids
from handlers.block_kit.blocks import Block, Message, input_block, modal, section
from handlers.block_kit.text import mention
from handlers.views.orders import order_summary

REASON_INPUT = "reason_input"


def message_modal(message: Message, environment: str) -> Block:
    return modal("Gift cards", message.blocks, environment, callback_id=ids.MESSAGE_MODAL)


def decline_form(order: Order, environment: str) -> Block:
    reason = input_block(
        ids.REASON,
        "Why not?",
        PlainTextInputElement(
            action_id=REASON_INPUT, multiline=True, max_length=LONGEST_REASON, focus_on_load=True
        ),
        hint="The requester is told, and it stays on the card.",
    )
    asked = f"{mention(order.requester.user_id)} asks for {order_summary(order)}, charge *{order.charge}*."
    return modal(
        "Decline",
        [section(f"*{order.client_reference}*\n{asked}"), reason],
        environment,
        callback_id=ids.DECLINE_FORM,
        submit="Decline",
        private_metadata=ids.decision_value(order.id, order.digest),
    )
