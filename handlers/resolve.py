"""*Resolve…* on an alert: one approver says how an order ended, another one confirms it."""

from collections.abc import Mapping
from typing import Any

from bot.domain.lifecycle import RESOLUTIONS, OrderState
from bot.services.errors import BadRequest, RequestRejected
from bot.services.resolve_order import confirm_resolution, order_to_resolve, propose_resolution
from handlers import ids, responses
from handlers.audit_refusal import audit_refusal
from handlers.block_kit.blocks import Message
from handlers.interaction import Interaction, parse_component_value
from handlers.views.modals import message_modal
from handlers.views.resolutions import NOTE_INPUT, NUMBER_INPUT, OUTCOME_INPUT, confirmed, resolve_form

_OUTCOMES = frozenset(outcome for outcomes in RESOLUTIONS.values() for outcome in outcomes)
_BLOCKS = {"outcome": ids.OUTCOME, "note": ids.RESOLUTION_NOTE, "number": ids.VENDOR_NUMBER}


async def open_resolve_form(interaction: Interaction) -> None:
    order = await order_to_resolve(
        interaction.slack_ctx.ctx, await interaction.approver(), interaction.order_id
    )
    await interaction.open_modal(resolve_form(order, interaction.environment))


async def propose(interaction: Interaction) -> None:
    """The form is submitted. Errors are shown at their fields."""
    view = interaction.body["view"]
    order_id = parse_component_value(ids.parse_order_id, view["private_metadata"])
    values = view["state"]["values"]
    chosen = values[ids.OUTCOME][OUTCOME_INPUT].get("selected_option") or {}
    text = values[ids.RESOLUTION_NOTE][NOTE_INPUT].get("value") or ""
    try:
        outcome = _outcome(str(chosen.get("value") or ""))
        person = await interaction.approver()
        await propose_resolution(interaction.slack_ctx.ctx, person, order_id, outcome, text, _number(values))
    except BadRequest as error:
        errors = {_BLOCKS[field]: message for field, message in error.errors.items()}
        await interaction.ack(response_action="errors", errors=errors)
    except RequestRejected as error:
        await audit_refusal(interaction.slack_ctx, interaction.body, error)
        # Nothing can be resolved any more, so the message replaces the form.
        message = Message.from_text(responses.user_message(error))
        await interaction.ack(response_action="update", view=message_modal(message, interaction.environment))


async def confirm(interaction: Interaction) -> None:
    """Another approver confirms: the outcome replaces the proposal for everybody in the channel."""
    order_id, proposal_id = parse_component_value(ids.parse_confirmation_value, interaction.value)
    person = await interaction.approver()
    order = await confirm_resolution(interaction.slack_ctx.ctx, person, order_id, proposal_id)
    interaction.replace(confirmed(order, person.id.user_id), to_all=True)


def _number(values: Mapping[str, Any]) -> str | None:
    """The form has this field only while the number is not known."""
    value = values.get(ids.VENDOR_NUMBER, {}).get(NUMBER_INPUT, {}).get("value")
    return str(value) if value else None


def _outcome(value: str) -> OrderState:
    if value not in _OUTCOMES:
        raise BadRequest({"outcome": "Choose how it ended."})
    return OrderState(value)
