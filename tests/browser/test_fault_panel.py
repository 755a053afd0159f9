"""`giftcard demo` with the fault panel: one click breaks something, and the bot copes."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.steps import approve, ask, latest_card
from tests.support.back_office import BackOffice
from tests.support.processes import Process
from tests.support.running_system import AGENT, APPROVALS, LEAD

pytestmark = pytest.mark.browser


class Demo:
    """A running demo: the address of its page, and the vendor's back office."""

    def __init__(self, folder: Path) -> None:
        state = folder / "demo-state"
        self.process = Process(
            "demo", "--state", str(state), "--port", "0", "--no-open", log=folder / "demo.log"
        )
        assert self.process.popen.stdout is not None
        line = self.process.popen.stdout.readline()
        assert line.startswith("Open "), line + self.process.logged()
        self.address = line.removeprefix("Open").strip().partition("/?")[0]
        settings = dict(text.split("=", 1) for text in (state / ".env").read_text().splitlines())
        self.back_office = BackOffice(settings["OCTOPUS_BASE_URL"])


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    demo = Demo(tmp_path_factory.mktemp("demo"))
    yield demo
    demo.process.stop()


@pytest.fixture
def pages(demo: Demo, browser: Browser) -> Iterator[tuple[Page, Page]]:
    """The agent in #general with the network drawer, the lead in the approvals with the fault panel."""
    with closing(browser.new_context()) as ours, closing(browser.new_context()) as theirs:
        agent, lead = ours.new_page(), theirs.new_page()
        agent.goto(f"{demo.address}/?user={AGENT}#C0GENERAL1")
        agent.get_by_role("button", name="Network").click()
        lead.goto(f"{demo.address}/?user={LEAD}#{APPROVALS}")
        lead.get_by_role("button", name="Faults").click()
        yield agent, lead


@pytest.mark.parametrize(
    "fault",
    [
        "Octopus Cards debits, then hangs up",
        "Octopus Cards answers 502 after buying",
        "Slack delivers the next click twice",
    ],
)
def test_one_click_breaks_it_and_the_bot_buys_once_all_the_same(
    demo: Demo, pages: tuple[Page, Page], fault: str
) -> None:
    agent, lead = pages
    before = len(demo.back_office.orders())
    ask(agent)
    card = latest_card(lead)
    expect(card.get_by_role("button", name="Approve")).to_be_visible()

    lead.get_by_role("button", name=f"Arm: {fault}").click()
    expect(lead.get_by_role("list", name="Armed faults")).to_contain_text(fault)
    approve(lead)

    expect(lead.get_by_role("status").filter(has_text=f"It happened: {fault}")).to_be_visible()
    expect(card).to_contain_text("delivered", timeout=20_000)
    assert len(demo.back_office.orders()) == before + 1


def test_the_network_drawer_shows_bot_slack_and_vendor_with_how_long_each_took(
    pages: tuple[Page, Page],
) -> None:
    agent, lead = pages
    ask(agent)
    lead.get_by_role("button", name="Arm: Octopus Cards debits, then hangs up").click()
    expect(lead.get_by_role("list", name="Armed faults")).to_contain_text("Octopus Cards debits")
    approve(lead)
    requests = agent.get_by_role("list", name="Requests, newest first").get_by_role("listitem")

    for who, what, came_to in (
        ("slack.*bot", "block_actions approve", r"200[\d.]+ ms"),
        ("slack.*bot", "view_submission", r"200[\d.]+ ms"),
        ("bot.*slack", "chat.update #giftcard-approvals", r"200[\d.]+ ms"),
        ("bot.*Octopus Cards", "POST /api/v1/products/", r"200[\d.]+ ms"),
        ("bot.*Octopus Cards", "POST /api/v1/orders", r"no answer[\d.]+ ms.*drop-after"),
    ):
        line = requests.filter(has_text=re.compile(who)).filter(has_text=what)
        expect(line.filter(has_text=re.compile(came_to)).first).to_be_visible(timeout=20_000)


def test_what_is_armed_at_the_vendor_is_disarmed_with_everything_else(
    demo: Demo, pages: tuple[Page, Page]
) -> None:
    agent, lead = pages
    lead.get_by_role("button", name="Arm: Octopus Cards is down").click()
    lead.get_by_role("button", name="Arm: CardPlusPay answers 502 after buying").click()
    lead.get_by_role("button", name="Arm: Slack answers 429").click()
    armed = lead.get_by_role("list", name="Armed faults")
    expect(armed.get_by_role("listitem")).to_have_count(3)
    expect(armed).to_contain_text("until disarmed")
    expect(agent.get_by_role("button", name="Faults")).to_be_visible()

    lead.get_by_role("button", name="Disarm all").click()
    expect(armed).to_contain_text("Nothing armed")
    lead.reload()
    lead.get_by_role("button", name="Faults", exact=True).click()
    expect(armed).to_contain_text("Nothing armed")
