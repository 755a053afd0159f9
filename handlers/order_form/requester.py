"""Whoever uses the form, if they may ask for gift cards: looked up anew at every step of the form."""

from bot.domain.people import Person
from bot.domain.policy import Stage
from bot.services.authorize import authorize
from handlers.slack_context import SlackContext


async def authorized_requester(slack_ctx: SlackContext, user_id: str, *, attempted: str) -> Person:
    """The person. Raises NotPermitted, which is on record as an attempt at `attempted`, and SlackSilent."""
    person = await slack_ctx.people.lookup(user_id)
    authorize(slack_ctx.ctx, Stage.REQUEST, person, attempted=attempted)
    return person
