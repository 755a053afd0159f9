"""Policies, and people with a part in them."""

from bot.domain.people import Person, PersonId
from bot.domain.policy import Policy

AGENT = Person(PersonId("T1", "U0AGENT"), frozenset({"S0AGENTS"}))
LEAD = Person(PersonId("T1", "U0LEAD"), frozenset({"S0LEADS"}))
CONTROLLER = Person(PersonId("T1", "U0CTRL"))
STRANGER = Person(PersonId("T1", "U0NOBODY"))


def policy(**sections: object) -> Policy:
    people = {
        "requesters": {"groups": ["S0AGENTS", "S0LEADS"]},
        "approvers": {"groups": ["S0LEADS"]},
        "controllers": {"users": ["U0CTRL"]},
    }
    return Policy.model_validate(people | sections)
