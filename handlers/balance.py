"""`/giftcard balance`: what is left in the wallets, asked of the vendors."""

from bot.domain.people import Person
from bot.usecases.desk import Desk
from bot.usecases.show_balance import show_balance
from handlers.call import Call
from handlers.views.blocks import Message
from handlers.views.wallets import balances


async def balance(call: Call) -> Message:
    person = await call.person_with_role("balance")
    desk = call.front.desk
    vendors = " and ".join(provider.title for provider in desk.providers.values())
    return await call.soon(_balances(desk, person), f"Asking {vendors} what is left…")


async def _balances(desk: Desk, person: Person) -> Message:
    return balances(await show_balance(desk, person))
