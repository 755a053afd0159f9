"""Operators at the command line, beside the running bot and without one; and what only people can close."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.acceptance.test_end_to_end import ask, buy, codes_shown
from tests.support.every import assert_none
from tests.support.running_system import AGENT, APPROVALS, LEAD, OTHER_LEAD, RunningSystem

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    system = RunningSystem(tmp_path_factory.mktemp("operator"), "socket")
    yield system
    system.end()


@pytest.fixture
def untouched(tmp_path: Path) -> Iterator[RunningSystem]:
    """A stage of its own: elsewhere the vendor's orders are wiped between tests, and ours are not."""
    system = RunningSystem(tmp_path, "socket")
    yield system
    for slack_user in system.people:
        slack_user.leave()
    system.end()


def giftcard(system: RunningSystem, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=system.folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT), **system.env},
        capture_output=True,
        text=True,
        timeout=60,
    )


def reference_in(system: RunningSystem, *states: str) -> str:
    """The latest order's reference, once it is in one of these states."""
    system.until(lambda: system.order()["state"] in states, " or ".join(states))
    return str(system.order()["client_reference"])


def order_elsewhere(system: RunningSystem) -> None:
    """Somebody else uses our API key."""
    env = system.env
    with httpx.Client(base_url=env["OCTOPUS_BASE_URL"], timeout=10) as client:
        pair = {"username": env["OCTOPUS_API_KEY"], "password": env["OCTOPUS_API_SECRET"]}
        token = client.post("/auth/login", json=pair).json()["data"]["access_token"]
        wish = {"product_id": 8101, "denomination": 20, "quantity": 1}
        answer = client.post("/api/v1/orders", json=wish, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 201, answer.text


def test_orders_are_listed_and_shown_while_the_bot_runs_and_without_a_code(system):
    agent, _ = buy(system)
    codes_shown(system, agent, 2)
    reference = reference_in(system, "delivered")

    listed = giftcard(system, "orders", "--state", "delivered")
    page = giftcard(system, "order", reference.lower())

    assert (listed.returncode, page.returncode) == (0, 0)
    assert listed.stdout.splitlines()[0].startswith(f"{reference}  delivered")
    for fact in (
        f"decision:         approved by T0ACME001/{LEAD}",
        "purchase_intended",
        "codes_shown",
        "2 of 2",
    ):
        assert fact in page.stdout
    for order in system.back_office.orders():
        assert_none(order["vouchers"], lambda v: str(v["card_number"]) in page.stdout + listed.stdout)


def test_what_is_not_there_is_said(system):
    assert giftcard(system, "order", "GC-000000-NOWHERE2").returncode == 1
    wrong = giftcard(system, "orders", "--state", "bought")
    assert wrong.returncode == 2
    assert "bought is none of approved, cancelled" in wrong.stderr


def test_a_lost_purchase_is_looked_up_beside_the_running_bot(system):
    system.back_office.choose(lost_answers_reveal=False)
    system.back_office.arm("drop-after")
    buy(system)
    reference = reference_in(system, "outcome_unknown", "purchased", "delivered")

    said = giftcard(system, "recover", reference)

    reference_in(system, "delivered")
    again = giftcard(system, "recover", reference)
    assert "is delivered; 2 of 2 codes are here." in said.stdout or said.returncode == 1
    assert (again.returncode, again.stdout.strip()) == (
        1,
        f"{reference} is delivered: there is nothing to look up.",
    )


def test_the_match_beside_the_running_bot_shouts_about_orders_placed_with_our_key_elsewhere(untouched):
    system = untouched
    buy(system)
    reference_in(system, "delivered")
    clean = giftcard(system, "reconcile")
    assert (clean.returncode, clean.stderr) == (0, "")
    assert "The books agree." in clean.stdout
    order_elsewhere(system)

    found = giftcard(system, "reconcile")

    assert found.returncode == 1
    assert "unknown_order      The vendor has order" in found.stdout
    told = system.person(LEAD)
    system.until(lambda: "nobody asked for here" in str(told.history(APPROVALS)), "the channel is told")
    assert system.rows("SELECT count(*) AS n FROM audit WHERE action = 'reconciled'")[0]["n"] == 2


def test_without_a_bot_the_commands_do_it_themselves(untouched):
    system = untouched
    system.back_office.choose(lost_answers_reveal=False)
    system.back_office.arm("drop-after")
    system.back_office.arm("error", method="GET", path="/api/v1/orders*", status=500, times=0)
    buy(system)
    reference = reference_in(system, "outcome_unknown")
    assert system.bot.stop() == 0
    system.back_office.disarm()

    said = giftcard(system, "recover", reference)

    assert (said.returncode, said.stderr) == (0, "")
    assert f"{reference} is delivered; 2 of 2 codes are here." in said.stdout
    assert giftcard(system, "reconcile").returncode == 0


def test_the_socket_is_for_its_owner_alone_and_goes_with_the_bot(system):
    socket = Path(f"{system.database}.sock")
    system.until(socket.exists, "the socket is there")
    assert socket.stat().st_mode & 0o777 == 0o600
    assert system.bot.stop() == 0
    assert not socket.exists()

    system.start_bot()
    system.until(socket.exists, "the socket is there again")
    system.bot.kill()
    system.start_bot()
    assert giftcard(system, "recover", "GC-000000-NOWHERE2").returncode == 1


def test_a_stop_in_the_middle_of_a_purchase_takes_five_seconds_at_most_and_loses_nothing(system):
    system.back_office.choose(reads="always")
    agent, lead = system.person(AGENT), system.person(LEAD)
    ask(agent)
    system.back_office.arm("delay-after", seconds=20)
    lead.press(lead.sees("asks for", kind="message"), "approve")
    reference = reference_in(system, "submitting")
    system.until(
        lambda: any(o["client_reference"] == reference for o in system.back_office.orders()), "bought"
    )

    began = time.monotonic()
    assert system.bot.stop() == 0
    assert time.monotonic() - began < 5
    assert system.order()["state"] == "outcome_unknown"  # parked, with what is known of it

    system.start_bot()
    codes_shown(system, agent, 2)
    assert [o["client_reference"] for o in system.back_office.orders()].count(reference) == 1


def test_two_approvers_close_an_order_whose_codes_are_missing(system):
    system.back_office.arm("drop-after")
    agent, lead = buy(system)
    reference = reference_in(system, "codes_unavailable")
    lead.press(lead.sees("For the vendor's support", reference, kind="message"), "resolve")
    form = lead.form("Resolve")
    form.tick("outcome", 0)
    form.type("note_of_resolution", "Their support sent the codes by e-mail.")
    assert form.submit()["ok"]

    other = system.person(OTHER_LEAD)
    system.until(lambda: "says how" in str(other.history(APPROVALS)), "the proposal is in the channel")
    proposal = next(m for m in other.history(APPROVALS) if "says how" in str(m) and reference in str(m))
    other.press({"type": "message", "channel": APPROVALS, "message": proposal}, "confirm_resolution")

    reference_in(system, "resolved")
    agent.sees("Two approvers closed", reference, kind="message")
    system.until(lambda: "says how" not in str(other.history(APPROVALS)), "the proposal gave way")
    assert "closed by two approvers" in str(other.history(APPROVALS))
