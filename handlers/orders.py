"""`/giftcard status`, `mine` and `pending`, and taking a request back."""

from bot.domain.people import Person
from bot.usecases.decide_request import withdraw_request
from bot.usecases.desk import Desk
from bot.usecases.look_up_orders import order_by_reference, order_file, orders_of, pending_orders
from handlers.call import Call
from handlers.home import publish_home
from handlers.views import orders as views
from handlers.views.blocks import Message
from handlers.views.progress import reading_line


async def status(call: Call) -> Message:
    """`/giftcard status [REF]`: that order, or one's latest."""
    person = await call.person_with_role("status")
    desk = call.front.desk
    if call.words:
        file = order_by_reference(desk, person, call.words[0].upper())
    elif latest := orders_of(desk, person, limit=1):
        file = order_file(desk, latest[0])
    else:
        return views.own_orders([], reading=reading_line(desk))
    return views.order_status(file, own=person.goes_by(file.order.requester), reading=reading_line(desk))


async def mine(call: Call) -> Message:
    """`/giftcard mine`."""
    return _mine(call.front.desk, await call.person_with_role("mine"))


async def pending(call: Call) -> Message:
    """`/giftcard pending`: all that wait, for those who see all; else one's own."""
    person = await call.person_with_role("pending")
    desk = call.front.desk
    files = [order_file(desk, order) for order in pending_orders(desk, person)]
    return views.pending(
        files, approvals_channel=call.front.approvals_channel, sees_all=desk.policy.sees_all(person)
    )


async def withdraw(call: Call) -> None:
    """The *Withdraw* button. The DM that confirms it comes from the outbox."""
    desk = call.front.desk
    person = await call.person()
    withdraw_request(desk, person, call.order_id)
    if call.body.get("container", {}).get("is_ephemeral"):
        call.replace(_mine(desk, person))
    elif not call.respond.response_url:
        call.front.background.start(publish_home(call.front, call.client, call.user_id), what="home")


def _mine(desk: Desk, person: Person) -> Message:
    return views.own_orders([order_file(desk, order) for order in orders_of(desk, person)])
