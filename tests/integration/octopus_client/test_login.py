"""One login for many calls, one renewal however many need it."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.vendors.contract import AccessDenied, NotSent
from bot.vendors.http.transport import Timeouts
from bot.vendors.octopus.client import OctopusCards
from tests.integration.octopus_client.conftest import API_KEY, API_SECRET, PURCHASE, NewClient
from tests.support.every import assert_every
from tests.support.octopus_scripted_server import ScriptedReply, ScriptedServer, answers, hangs, refusal

LOGIN, REFRESH, COUNTRIES, ORDER = (
    "POST /auth/login",
    "POST /auth/refresh",
    "GET /api/v1/countries",
    "GET /api/v1/orders/5",
)


class Clock:
    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(server: ScriptedServer, new_client: NewClient, clock: Clock) -> OctopusCards:
    server.on(ORDER, answers(200, {"id": 5}))
    # Patient: fifty calls at once take their time on a busy machine.
    return new_client(clock=clock, timeouts=Timeouts(5, 10, 20))


@pytest.mark.contract("3.1a", "3b")
async def test_fifty_calls_at_once_log_in_once(server: ScriptedServer, client: OctopusCards) -> None:
    await asyncio.gather(*(client.gift_cards.fetch("5") for _ in range(50)))

    [login] = server.asked(LOGIN)
    assert login.json == {"username": API_KEY, "password": API_SECRET}
    assert "authorization" not in login.headers
    assert len(server.asked(ORDER)) == 50


@pytest.mark.contract("3b")
async def test_a_token_is_used_until_five_minutes_before_it_expires(
    server: ScriptedServer, client: OctopusCards, clock: Clock
) -> None:
    await client.gift_cards.fetch("5")
    clock.ahead = timedelta(minutes=54)
    await client.gift_cards.fetch("5")
    assert not server.asked(REFRESH)

    clock.ahead = timedelta(minutes=56)
    await client.gift_cards.fetch("5")

    [refresh] = server.asked(REFRESH)
    assert refresh.json == {"refresh_token": "refresh-1-top-secret"}
    assert server.asked(ORDER)[-1].headers["authorization"] == "Bearer access-2-top-secret"


@pytest.mark.contract("3.4b")
async def test_fifty_calls_meeting_an_expired_token_refresh_it_once(
    server: ScriptedServer, client: OctopusCards, clock: Clock
) -> None:
    await client.gift_cards.fetch("5")
    clock.ahead = timedelta(hours=2)

    await asyncio.gather(*(client.gift_cards.fetch("5") for _ in range(50)))

    assert (len(server.asked(LOGIN)), len(server.asked(REFRESH))) == (1, 1)


@pytest.mark.contract("3.4b")
async def test_fifty_calls_whose_token_is_rejected_refresh_it_once(
    server: ScriptedServer, client: OctopusCards
) -> None:
    await client.gift_cards.fetch("5")
    server.on(ORDER, *[answers(401, refusal("UNAUTHORIZED"))] * 50, answers(200, {"id": 5}))

    await asyncio.gather(*(client.gift_cards.fetch("5") for _ in range(50)))

    assert (len(server.asked(LOGIN)), len(server.asked(REFRESH))) == (1, 1)


@pytest.mark.contract("3.2a")
async def test_each_refresh_uses_the_token_of_the_one_before(
    server: ScriptedServer, client: OctopusCards, clock: Clock
) -> None:
    server.token_life_s = 3600 * 24
    for hours in (0, 24, 48):
        clock.ahead = timedelta(hours=hours)
        await client.gift_cards.fetch("5")
        server.on(ORDER, answers(401, refusal("UNAUTHORIZED")), answers(200, {"id": 5}))

    sent = [refresh.json["refresh_token"] for refresh in server.asked(REFRESH)]
    assert sent == [f"refresh-{number}-top-secret" for number in range(1, len(sent) + 1)]
    assert len(sent) >= 2


@pytest.mark.contract("3.2b", "G15")
@pytest.mark.parametrize(
    "how", [answers(401, refusal("UNAUTHORIZED")), answers(400), answers(500), answers(200, {})]
)
async def test_a_refresh_that_does_not_work_leads_to_a_login(
    server: ScriptedServer, client: OctopusCards, clock: Clock, how: ScriptedReply
) -> None:
    await client.gift_cards.fetch("5")
    server.on(REFRESH, how)
    clock.ahead = timedelta(hours=2)

    await client.gift_cards.fetch("5")

    assert (len(server.asked(LOGIN)), len(server.asked(REFRESH))) == (2, 1)


@pytest.mark.contract("3a")
async def test_a_refresh_token_that_has_expired_is_not_tried(
    server: ScriptedServer, client: OctopusCards, clock: Clock
) -> None:
    await client.gift_cards.fetch("5")
    clock.ahead = timedelta(days=8)

    await client.gift_cards.fetch("5")

    assert (len(server.asked(LOGIN)), len(server.asked(REFRESH))) == (2, 0)


@pytest.mark.contract("3c")
async def test_an_address_taken_off_the_list_is_told_apart_from_a_dead_refresh_token(
    server: ScriptedServer, client: OctopusCards, clock: Clock
) -> None:
    await client.gift_cards.fetch("5")
    server.on(REFRESH, answers(403, refusal("FORBIDDEN", "IP address not authorized")))
    clock.ahead = timedelta(hours=2)

    with pytest.raises(AccessDenied, match="address of this machine"):
        await client.gift_cards.fetch("5")

    assert len(server.asked(LOGIN)) == 1


async def test_a_clock_that_disagrees_with_the_vendors_does_not_make_us_log_in_for_each_call(
    server: ScriptedServer, client: OctopusCards, clock: Clock
) -> None:
    clock.ahead = timedelta(days=1)

    for _ in range(5):
        await client.gift_cards.fetch("5")

    assert (len(server.asked(LOGIN)), len(server.asked(REFRESH))) == (1, 0)


@pytest.mark.contract("3b")
async def test_a_short_lived_token_serves_for_half_its_life(
    server: ScriptedServer, client: OctopusCards, clock: Clock
) -> None:
    server.token_life_s = 60
    await client.gift_cards.fetch("5")
    clock.ahead = timedelta(seconds=20)
    await client.gift_cards.fetch("5")
    assert not server.asked(REFRESH)

    clock.ahead = timedelta(seconds=40)
    await client.gift_cards.fetch("5")
    assert len(server.asked(REFRESH)) == 1


async def test_who_gives_up_waiting_does_not_take_the_login_from_the_others(
    server: ScriptedServer, client: OctopusCards
) -> None:
    ready = asyncio.Event()

    async def slowly(writer: asyncio.StreamWriter) -> bool | None:
        await ready.wait()
        return await answers(200, server.fresh_tokens())(writer)

    server.on(LOGIN, slowly)
    impatient = asyncio.create_task(client.gift_cards.fetch("5"))
    patient = asyncio.create_task(client.gift_cards.fetch("5"))
    await server.was_asked.wait()

    impatient.cancel()
    await asyncio.wait([impatient])
    ready.set()

    assert (await patient).vendor_order_id == "5"
    assert len(server.asked(LOGIN)) == 1


async def test_a_failed_login_is_told_to_everybody_and_tried_again_by_the_next(
    server: ScriptedServer, client: OctopusCards
) -> None:
    server.on(LOGIN, answers(503), answers(200, server.fresh_tokens()))

    outcomes = await asyncio.gather(
        *(client.gift_cards.place(PURCHASE) for _ in range(5)), return_exceptions=True
    )
    assert_every(outcomes, lambda outcome: isinstance(outcome, NotSent))
    await client.account()

    assert len(server.asked(LOGIN)) == 2


async def test_closing_while_a_login_hangs_leaves_nothing_behind(
    server: ScriptedServer, client: OctopusCards
) -> None:
    server.on(LOGIN, hangs)
    waiting = asyncio.create_task(client.gift_cards.place(PURCHASE))
    await server.was_asked.wait()

    await client.aclose()

    with pytest.raises(NotSent):
        await waiting
    assert asyncio.all_tasks() - {asyncio.current_task()} <= server.conversations


@pytest.mark.contract("3.1b")
@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (401, "UNAUTHORIZED", "credentials"),
        (400, "VALIDATION_FAILURE", "VALIDATION_FAILURE"),
        (403, "FORBIDDEN", "address of this machine"),
        (400, "INVALID_FEATURE", "switched off"),
    ],
)
async def test_a_refused_login_says_what_is_wrong(
    server: ScriptedServer, client: OctopusCards, status: int, code: str, said: str
) -> None:
    server.on(LOGIN, answers(status, refusal(code)))
    with pytest.raises(AccessDenied, match=said):
        await client.account()


async def test_the_account_is_known_from_the_login_that_there_is(
    server: ScriptedServer, client: OctopusCards
) -> None:
    assert await client.account() == await client.account()
    assert len(server.asked(LOGIN)) == 1
