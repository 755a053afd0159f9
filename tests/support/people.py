"""Who asks and who decides, in tests that need no Slack."""

from bot.domain.people import Component, Person, PersonId

AGENT = Person(PersonId("T0ACME", "U0AGENT"), frozenset({"S0AGENTS"}))
LEAD = Person(PersonId("T0ACME", "U0LEAD"), frozenset({"S0LEADS"}))
OTHER_LEAD = Person(PersonId("T0ACME", "U0LEAD2"), frozenset({"S0LEADS"}))
GUEST = Person(PersonId("T0ACME", "U0GUEST"), frozenset({"S0AGENTS"}), is_guest=True)
WORKER = Component("worker")
