"""Checks at every step of the form that the person may ask for gift cards."""

from bot.domain.people import Person
from bot.domain.policy import Stage
from bot.services.authorize import authorize
from handlers.slack_context import SlackContext


async def authorized_requester(slack_ctx: SlackContext, user_id: str, *, attempted: str) -> Person:
    """Raises SlackUnavailable, and NotPermitted, which is audited as an attempt at `attempted`."""
    person = await slack_ctx.people.lookup(user_id)
    await authorize(slack_ctx.ctx, Stage.REQUEST, person, attempted=attempted)
    return person
