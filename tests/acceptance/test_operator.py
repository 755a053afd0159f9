"""Operators at the command line, beside the running bot and without one; and what only people can close."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.acceptance.stage import AGENT, APPROVALS, LEAD, OTHER_LEAD, Stage
from tests.acceptance.test_main_job import ask, buy, codes_shown

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    stage = Stage(tmp_path_factory.mktemp("operator"), "socket")
    yield stage
    stage.end()


@pytest.fixture
def untouched(tmp_path: Path) -> Iterator[Stage]:
    """A stage of its own: elsewhere the vendor's books are wiped between tests, and ours are not."""
    stage = Stage(tmp_path, "socket")
    yield stage
    for someone in stage.people:
        someone.leave()
    stage.end()


def giftcard(stage: Stage, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=stage.folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT), **stage.env},
        capture_output=True,
        text=True,
        timeout=60,
    )


def reference_in(stage: Stage, *states: str) -> str:
    """The latest order's reference, once it is in one of these states."""
    stage.until(lambda: stage.order()["state"] in states, " or ".join(states))
    return str(stage.order()["client_reference"])


def order_elsewhere(stage: Stage) -> None:
    """Somebody else uses our API key."""
    env = stage.env
    with httpx.Client(base_url=env["OCTOPUS_BASE_URL"], timeout=10) as client:
        pair = {"username": env["OCTOPUS_API_KEY"], "password": env["OCTOPUS_API_SECRET"]}
        token = client.post("/auth/login", json=pair).json()["data"]["access_token"]
        wish = {"product_id": 8101, "denomination": 20, "quantity": 1}
        answer = client.post("/api/v1/orders", json=wish, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 201, answer.text


def test_orders_are_listed_and_shown_while_the_bot_runs_and_without_a_code(stage):
    agent, _ = buy(stage)
    codes_shown(stage, agent, 2)
    reference = reference_in(stage, "delivered")

    listed = giftcard(stage, "orders", "--state", "delivered")
    page = giftcard(stage, "order", reference.lower())

    assert (listed.returncode, page.returncode) == (0, 0)
    assert listed.stdout.splitlines()[0].startswith(f"{reference}  delivered")
    for fact in (
        f"decision:         approved by T0ACME001/{LEAD}",
        "purchase_intended",
        "codes_shown",
        "2 of 2",
    ):
        assert fact in page.stdout
    for order in stage.office.orders():
        assert not any(str(v["card_number"]) in page.stdout + listed.stdout for v in order["vouchers"])


def test_what_is_not_there_is_said(stage):
    assert giftcard(stage, "order", "GC-000000-NOWHERE2").returncode == 1
    wrong = giftcard(stage, "orders", "--state", "bought")
    assert wrong.returncode == 2
    assert "bought is none of approved, cancelled" in wrong.stderr


def test_a_lost_purchase_is_settled_beside_the_running_bot(stage):
    stage.office.choose(lost_answers_reveal=False)
    stage.office.arm("drop-after")
    buy(stage)
    reference = reference_in(stage, "unsettled", "placed", "delivered")

    said = giftcard(stage, "settle", reference)

    reference_in(stage, "delivered")
    again = giftcard(stage, "settle", reference)
    assert "is delivered; 2 of 2 codes are here." in said.stdout or said.returncode == 1
    assert (again.returncode, again.stdout.strip()) == (
        1,
        f"{reference} is delivered: there is nothing to look up.",
    )


def test_the_match_beside_the_running_bot_shouts_about_orders_placed_with_our_key_elsewhere(untouched):
    stage = untouched
    buy(stage)
    reference_in(stage, "delivered")
    clean = giftcard(stage, "match")
    assert (clean.returncode, clean.stderr) == (0, "")
    assert "The books agree." in clean.stdout
    order_elsewhere(stage)

    found = giftcard(stage, "match")

    assert found.returncode == 1
    assert "unknown_order      The vendor has order" in found.stdout
    told = stage.person(LEAD)
    stage.until(lambda: "nobody asked for here" in str(told.history(APPROVALS)), "the channel is told")
    assert stage.rows("SELECT count(*) AS n FROM audit WHERE action = 'books_matched'")[0]["n"] == 2


def test_without_a_bot_the_commands_do_it_themselves(untouched):
    stage = untouched
    stage.office.choose(lost_answers_reveal=False)
    stage.office.arm("drop-after")
    stage.office.arm("error", method="GET", path="/api/v1/orders*", status=500, times=0)
    buy(stage)
    reference = reference_in(stage, "unsettled")
    assert stage.bot.stop() == 0
    stage.office.disarm()

    said = giftcard(stage, "settle", reference)

    assert (said.returncode, said.stderr) == (0, "")
    assert f"{reference} is delivered; 2 of 2 codes are here." in said.stdout
    assert giftcard(stage, "match").returncode == 0


def test_the_socket_is_for_its_owner_alone_and_goes_with_the_bot(stage):
    socket = Path(f"{stage.database}.sock")
    stage.until(socket.exists, "the socket is there")
    assert socket.stat().st_mode & 0o777 == 0o600
    assert stage.bot.stop() == 0
    assert not socket.exists()

    stage.start_bot()
    stage.until(socket.exists, "the socket is there again")
    stage.bot.kill()
    stage.start_bot()
    assert giftcard(stage, "settle", "GC-000000-NOWHERE2").returncode == 1


def test_a_stop_in_the_middle_of_a_purchase_takes_five_seconds_at_most_and_loses_nothing(stage):
    stage.office.choose(reads="always")
    agent, lead = stage.person(AGENT), stage.person(LEAD)
    ask(agent)
    stage.office.arm("delay-after", seconds=20)
    lead.press(lead.sees("asks for", kind="message"), "approve")
    reference = reference_in(stage, "placing")
    stage.until(lambda: any(o["client_reference"] == reference for o in stage.office.orders()), "bought")

    began = time.monotonic()
    assert stage.bot.stop() == 0
    assert time.monotonic() - began < 5
    assert stage.order()["state"] == "unsettled"  # parked, with what is known of it

    stage.start_bot()
    codes_shown(stage, agent, 2)
    assert [o["client_reference"] for o in stage.office.orders()].count(reference) == 1


def test_two_approvers_close_an_order_whose_codes_are_missing(stage):
    stage.office.arm("drop-after")
    agent, lead = buy(stage)
    reference = reference_in(stage, "codes_missing")
    lead.press(lead.sees("For the vendor's support", reference, kind="message"), "resolve")
    form = lead.form("Resolve")
    block_id, radio = form.element("outcome")
    form._put(block_id, radio, {"type": "radio_buttons", "selected_option": radio["options"][0]})
    form.type("note_of_resolution", "Their support sent the codes by e-mail.")
    assert form.submit()["ok"]

    other = stage.person(OTHER_LEAD)
    stage.until(lambda: "says how" in str(other.history(APPROVALS)), "the proposal is in the channel")
    proposal = next(m for m in other.history(APPROVALS) if "says how" in str(m) and reference in str(m))
    other.press({"type": "message", "channel": APPROVALS, "message": proposal}, "confirm_resolution")

    reference_in(stage, "resolved")
    agent.sees("Two approvers closed", reference, kind="message")
    stage.until(lambda: "says how" not in str(other.history(APPROVALS)), "the proposal gave way")
    assert "closed by two approvers" in str(other.history(APPROVALS))
