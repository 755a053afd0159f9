"""*Show codes* and `/giftcard codes REF`: the requester asks, the outbox shows, ephemerally, in their DM."""

from bot.usecases.reveal_codes import ask_for_codes
from handlers.call import Call
from handlers.views.blocks import Message
from handlers.words import Misunderstood


async def codes(call: Call) -> Message:
    """`/giftcard codes REF`."""
    if not call.words:
        raise Misunderstood("Say of which order: `/giftcard codes GC-…`. `/giftcard mine` lists yours.")
    await call.person_with_role("show codes")  # a stranger does not learn which references exist
    person = await call.person(afresh=frozenset())
    return _on_their_way(ask_for_codes(call.front.desk, person, None, call.words[0].upper()).client_reference)


async def show_codes(call: Call) -> None:
    """The button. Pressed in our DM, the codes themselves are the answer."""
    order = ask_for_codes(call.front.desk, await call.person(afresh=frozenset()), call.order_id)
    channel = (call.body.get("channel") or {}).get("id", "")
    if not channel.startswith("D"):
        call.tell(_on_their_way(order.client_reference))


def _on_their_way(client_reference: str) -> Message:
    return Message.saying(f"The codes of {client_reference} are on their way in our DM. Only you see them.")
