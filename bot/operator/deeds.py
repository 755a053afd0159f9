"""What an operator can have done: by the running bot, which owns the database, or here when none runs."""

from bot.operator.said import FOUND_SOMETHING, Said, said_of_match, said_of_order
from bot.providers.contract import Provider, ProviderError
from bot.usecases.desk import Desk
from bot.usecases.match_purchases import match_purchases
from bot.usecases.rejections import Rejected
from bot.usecases.settle_now import settle_alone, settle_soon

NOT_DONE = 2


async def match_books(desk: Desk) -> Said:
    """Every vendor's. One that is silent hides nothing of the others."""
    said = [await _match_books_of(desk, provider) for provider in desk.providers.values()]
    return Said(tuple(line for each in said for line in each.lines), max(each.status for each in said))


async def _match_books_of(desk: Desk, provider: Provider) -> Said:
    try:
        return said_of_match(await match_purchases(desk, provider))
    except ProviderError as silence:
        return Said((f"{provider.title}: the books could not be read: {silence}",), NOT_DONE)


async def settle(desk: Desk, client_reference: str, *, workers_run: bool) -> Said:
    look_up = settle_soon if workers_run else settle_alone
    try:
        return said_of_order(desk, await look_up(desk, client_reference))
    except Rejected as rejection:
        return Said((str(rejection),), FOUND_SOMETHING)
    except TimeoutError:
        return Said(("The vendor takes its time. The bot goes on looking; ask again in a minute.",), NOT_DONE)
    except ProviderError as silence:
        return Said(
            (f"The vendor did not answer, so nothing is known that was not before: {silence}",), NOT_DONE
        )
