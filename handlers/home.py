"""The Home tab, drawn from what is on our disk: no vendor is asked."""

from collections.abc import Mapping
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.people import Person
from bot.domain.policy import NotPermitted
from bot.usecases.desk import Desk
from bot.usecases.look_up_orders import order_file, orders_of, pending_orders
from bot.usecases.rejections import Rejected
from bot.usecases.show_balance import last_known_balances
from handlers.front import Front
from handlers.on_record import on_record
from handlers.views import home as views
from handlers.views.blocks import Block
from handlers.views.progress import reading_line


async def app_home_opened(front: Front, event: Mapping[str, Any], client: AsyncWebClient) -> None:
    if event.get("tab") == "home":
        front.background.start(publish_home(front, client, event["user"]), what="home")


async def publish_home(front: Front, client: AsyncWebClient, user_id: str) -> None:
    try:
        person = await front.people.who(user_id)
        view = _home(front, person)
    except (NotPermitted, Rejected) as refusal:
        on_record(front, {"user_id": user_id}, refusal, attempted="home")
        view = views.closed_home(str(refusal), front.desk.environment)
    await client.views_publish(user_id=user_id, view=view)


def _home(front: Front, person: Person) -> Block:
    """Raises NotPermitted for people without a role."""
    desk = front.desk
    own = [order_file(desk, order) for order in orders_of(desk, person)]
    waiting = pending_orders(desk, person) if desk.policy.sees_all(person) else None
    return views.home(
        own,
        None if waiting is None else [order_file(desk, order) for order in waiting],
        may_request=_may_request(desk, person),
        approvals_channel=front.approvals_channel,
        environment=desk.environment,
        reading=reading_line(desk),
        balances=last_known_balances(desk),
    )


def _may_request(desk: Desk, person: Person) -> bool:
    return person in desk.policy.requesters
