"""*Approve* and *Decline* on the approval card, which the outbox then updates."""

from bot.services.decide_request import approve_request, decline_request, order_to_decide
from bot.services.errors import BadRequest, RequestRejected
from handlers import ids, responses
from handlers.audit_refusal import audit_refusal
from handlers.block_kit.blocks import Message
from handlers.interaction import Interaction, parse_component_value
from handlers.views.modals import REASON_INPUT, decline_form, message_modal


async def approve(interaction: Interaction) -> None:
    order_id, digest = parse_component_value(ids.parse_decision_value, interaction.value)
    await approve_request(interaction.slack_ctx.ctx, await interaction.approver(), order_id, digest)


async def open_decline_form(interaction: Interaction) -> None:
    order_id, digest = parse_component_value(ids.parse_decision_value, interaction.value)
    order = await order_to_decide(interaction.slack_ctx.ctx, await interaction.approver(), order_id, digest)
    await interaction.open_modal(decline_form(order, interaction.environment))


async def decline(interaction: Interaction) -> None:
    """The form with the reason is submitted. An error is shown at the field."""
    view = interaction.body["view"]
    order_id, digest = parse_component_value(ids.parse_decision_value, view["private_metadata"])
    reason = view["state"]["values"][ids.REASON][REASON_INPUT].get("value") or ""
    ctx = interaction.slack_ctx.ctx
    try:
        person = await interaction.approver()
        await order_to_decide(ctx, person, order_id, digest)
        await decline_request(ctx, person, order_id, reason)
    except BadRequest as error:
        await interaction.ack(response_action="errors", errors={ids.REASON: str(error)})
    except RequestRejected as error:
        await audit_refusal(interaction.slack_ctx, interaction.body, error)
        # Nothing can be decided any more, so the message replaces the form.
        message = Message.from_text(responses.user_message(error))
        await interaction.ack(response_action="update", view=message_modal(message, interaction.environment))
