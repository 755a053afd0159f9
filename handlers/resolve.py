"""*Resolve…* on an alarm: one approver says how an order ended, another one confirms it."""

from collections.abc import Mapping
from typing import Any

from bot.domain.orders import OrderState
from bot.usecases.rejections import BadRequest
from bot.usecases.resolve_order import confirm_resolution, order_to_resolve, propose_resolution
from handlers import answers, ids
from handlers.call import Call, carried
from handlers.on_record import on_record
from handlers.views.blocks import Message
from handlers.views.dialogs import note
from handlers.views.resolutions import NOTE_INPUT, NUMBER_INPUT, OUTCOME_INPUT, confirmed, resolve_form

_BLOCKS = {"outcome": ids.OUTCOME, "note": ids.RESOLUTION_NOTE, "number": ids.VENDOR_NUMBER}


async def open_resolve_form(call: Call) -> None:
    order = order_to_resolve(call.front.desk, await call.approver(), call.order_id)
    await call.open_modal(resolve_form(order, call.environment))


async def propose(call: Call) -> None:
    """The form. What is wrong with it is said at the field."""
    view = call.body["view"]
    order_id = carried(ids.parse_order_id, view["private_metadata"])
    values = view["state"]["values"]
    chosen = values[ids.OUTCOME][OUTCOME_INPUT].get("selected_option") or {}
    text = values[ids.RESOLUTION_NOTE][NOTE_INPUT].get("value") or ""
    try:
        outcome = _outcome(str(chosen.get("value") or ""))
        person = await call.approver()
        propose_resolution(call.front.desk, person, order_id, outcome, text, _number(values))
    except BadRequest as bad:
        errors = {_BLOCKS[field]: message for field, message in bad.errors.items()}
        await call.ack(response_action="errors", errors=errors)
    except answers.REFUSALS as refusal:
        on_record(call.front, call.body, refusal)
        # The form has served its time: there is nothing left to say in it.
        message = Message.saying(answers.sentence(refusal))
        await call.ack(response_action="update", view=note(message, call.environment))


async def confirm(call: Call) -> None:
    """The other approver's press. The proposal gives way to the outcome, for everybody in the channel."""
    order_id, proposal_id = carried(ids.parse_proposal_seen, call.value)
    person = await call.approver()
    order = confirm_resolution(call.front.desk, person, order_id, proposal_id)
    call.replace(confirmed(order, person.id.user_id), to_all=True)


def _number(values: Mapping[str, Any]) -> str | None:
    """The field is there only while the number is not known."""
    value = values.get(ids.VENDOR_NUMBER, {}).get(NUMBER_INPUT, {}).get("value")
    return str(value) if value else None


def _outcome(value: str) -> OrderState:
    if value not in (OrderState.NOT_BOUGHT, OrderState.RESOLVED):
        raise BadRequest({"outcome": "Choose how it ended."})
    return OrderState(value)
