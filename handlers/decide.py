"""*Approve* and *Decline* on the approval card. What is decided shows on the card, through the outbox."""

from bot.usecases.decide_request import approve_request, decline_request, order_to_decide
from bot.usecases.rejections import BadRequest
from handlers import answers, ids
from handlers.call import Call, carried
from handlers.on_record import on_record
from handlers.views.blocks import Message
from handlers.views.dialogs import REASON_INPUT, decline_form, note


async def approve(call: Call) -> None:
    order_id, seen = carried(ids.parse_terms_seen, call.value)
    approve_request(call.front.desk, await call.approver(), order_id, seen)


async def open_decline_form(call: Call) -> None:
    order_id, seen = carried(ids.parse_terms_seen, call.value)
    order = order_to_decide(call.front.desk, await call.approver(), order_id, seen)
    await call.open_modal(decline_form(order, call.environment))


async def decline(call: Call) -> None:
    """The form with the reason. What is wrong with the reason is said at the field."""
    view = call.body["view"]
    order_id, seen = carried(ids.parse_terms_seen, view["private_metadata"])
    reason = view["state"]["values"][ids.REASON][REASON_INPUT].get("value") or ""
    desk = call.front.desk
    try:
        person = await call.approver()
        order_to_decide(desk, person, order_id, seen)
        decline_request(desk, person, order_id, reason)
    except BadRequest as bad:
        await call.ack(response_action="errors", errors={ids.REASON: str(bad)})
    except answers.REFUSALS as refusal:
        on_record(call.front, call.body, refusal)
        # The form has served its time: there is nothing left to decide in it.
        message = Message.saying(answers.sentence(refusal))
        await call.ack(response_action="update", view=note(message, call.environment))
