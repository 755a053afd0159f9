"""Whoever uses the form, if they may ask for gift cards: looked up anew at every step of the form."""

from bot.domain.people import Person
from handlers.front import Front


async def requester(front: Front, user_id: str, *, attempted: str) -> Person:
    """The person. Raises NotPermitted, which is on record as an attempt at `attempted`, and SlackSilent."""
    person = await front.people.who(user_id)
    with front.desk.refusals_audited(person, attempted):
        front.desk.policy.check_request(person)
    return person
