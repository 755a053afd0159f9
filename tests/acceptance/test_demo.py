"""`giftcard demo` as somebody at a terminal meets it: real processes, real signals."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.processes import Process

Start = Callable[[], "Demo"]


class Demo:
    """A running demo. Made when it has said where its page is."""

    def __init__(self, state: Path, log: Path) -> None:
        self.state = state
        self.process = Process("demo", "--state", str(state), "--port", "0", "--no-open", log=log)
        assert self.process.popen.stdout is not None
        line = self.process.popen.stdout.readline()
        assert line.startswith("Open  http://127.0.0.1:"), line + self.process.logged()
        self.page = line.removeprefix("Open").strip()
        self.address = self.page.partition("/?")[0]

    @property
    def children(self) -> list[int]:
        pid = self.process.popen.pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def end(self, by: signal.Signals) -> tuple[int, str]:
        """Send the signal; the exit status and the rest of what it printed."""
        assert self.process.popen.stdout is not None
        self.process.popen.send_signal(by)
        rest = self.process.popen.stdout.read()
        return self.process.popen.wait(20), rest


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "demo-state"


@pytest.fixture
def start(state: Path, tmp_path: Path) -> Iterator[Start]:
    demos: list[Demo] = []

    def start_one() -> Demo:
        demos.append(Demo(state, tmp_path / "demo.log"))
        return demos[-1]

    yield start_one
    for demo in demos:
        demo.process.end()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One demo for the tests that only look."""
    folder = tmp_path_factory.mktemp("demo")
    demo = Demo(folder / "demo-state", folder / "demo.log")
    yield demo
    demo.process.end()


def all_gone(pids: list[int]) -> bool:
    return not any(Path(f"/proc/{pid}").exists() for pid in pids)


def test_the_page_it_names_is_the_agents_slack(running: Demo) -> None:
    assert running.page.endswith("/?user=U0AGENT01")
    assert httpx.get(running.page, trust_env=False).status_code == 200


def test_both_vendors_slack_and_bot_are_four_processes(running: Demo) -> None:
    assert len(running.children) == 4


def test_the_bot_deals_with_both_vendors(running: Demo) -> None:
    env = {"PATH": os.environ["PATH"]}
    checked = subprocess.run(
        [sys.executable, "-m", "bot", "check"], cwd=running.state, env=env, capture_output=True, text=True
    )

    assert "ok    Octopus Cards login: the credentials are accepted" in checked.stdout
    assert "ok    CardPlusPay login: the credentials are accepted" in checked.stdout
    assert "FAIL" not in checked.stdout


def test_the_page_knows_the_back_office_of_each_vendor(running: Demo) -> None:
    vendors = httpx.get(f"{running.address}/control/vendors", trust_env=False).json()["vendors"]

    assert [vendor["title"] for vendor in vendors] == ["Octopus Cards", "CardPlusPay"]
    for vendor in vendors:
        assert httpx.get(vendor["office"], trust_env=False, follow_redirects=True).status_code == 200


def test_the_file_with_the_key_is_for_its_owner_only(running: Demo) -> None:
    assert (running.state / ".env").stat().st_mode & 0o777 == 0o600


def test_a_second_demo_on_the_same_folder_is_refused(running: Demo, tmp_path: Path) -> None:
    second = Process("demo", "--state", str(running.state), "--port", "0", "--no-open", log=tmp_path / "log")

    assert second.popen.wait(20) == 1
    assert "A demo is already running" in second.logged()
    second.end()


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_without_complaint(start: Start, by: signal.Signals) -> None:
    demo = start()
    children = demo.children

    status, rest = demo.end(by)

    assert status == 0
    assert rest.rstrip().endswith("Stopped.")
    assert demo.process.logged() == ""
    assert all_gone(children)


def test_what_to_try_and_where_the_state_is_are_printed(start: Start, state: Path) -> None:
    _, said = start().end(signal.SIGINT)

    assert "Type /giftcard" in said
    assert "CardPlusPay  http://127.0.0.1:" in said
    assert str(state) in said


def test_it_stops_even_when_its_terminal_is_gone(start: Start) -> None:
    demo = start()
    children = demo.children
    assert demo.process.popen.stdout is not None
    demo.process.popen.stdout.close()

    demo.process.popen.send_signal(signal.SIGHUP)

    demo.process.popen.wait(20)
    assert all_gone(children)


def test_messages_and_keys_are_still_there_after_a_restart(start: Start, state: Path) -> None:
    first = start()
    message = {"user": "U0AGENT01", "channel": "C0GENERAL1", "text": "Remember me"}
    httpx.post(f"{first.address}/client/message", json=message, trust_env=False)
    keys = _setting(state, "GIFTCARD_KEYS")
    first.end(signal.SIGINT)

    second = start()

    query = {"user": "U0AGENT01", "channel": "C0GENERAL1"}
    history = httpx.get(f"{second.address}/client/history", params=query, trust_env=False)
    assert "Remember me" in history.text
    assert _setting(state, "GIFTCARD_KEYS") == keys


@pytest.mark.parametrize(("victim", "name"), [(0, "octopus"), (1, "cardpluspay"), (2, "slack"), (3, "bot")])
def test_a_process_that_dies_ends_the_demo_and_is_named(start: Start, victim: int, name: str) -> None:
    demo = start()
    children = demo.children

    os.kill(children[victim], signal.SIGKILL)

    assert demo.process.popen.wait(20) == 1
    assert f"{name} ended by itself. The last lines of" in demo.process.logged()
    assert all_gone(children)


def test_nothing_stays_behind_when_the_demo_itself_is_killed(start: Start) -> None:
    demo = start()
    waiting = [os.pidfd_open(child) for child in demo.children]

    demo.process.kill()

    for fd in waiting:
        _wait_for_the_end_of(fd)


def test_a_real_bots_settings_and_proxies_are_left_alone(state: Path, tmp_path: Path) -> None:
    env = {"SLACK_BOT_TOKEN": "xoxb-real", "OCTOPUS_BASE_URL": "https://api.octopuscards.io"}
    env |= {"CARDPLUSPAY_BASE_URL": "https://api.cardpluspay.com/v1", "CARDPLUSPAY_API_KEY": "real"}
    proxies = {"HTTP_PROXY": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
    demo = Process(
        "demo", "--state", str(state), "--port", "0", "--no-open", log=tmp_path / "log", env=env | proxies
    )
    assert demo.popen.stdout is not None

    assert demo.popen.stdout.readline().startswith("Open"), demo.logged()
    demo.end()


def _setting(state: Path, name: str) -> str:
    lines = (state / ".env").read_text().splitlines()
    return next(line for line in lines if line.startswith(f"{name}="))


def _wait_for_the_end_of(pidfd: int) -> None:
    import select

    ended, _, _ = select.select([pidfd], [], [], 10)
    os.close(pidfd)
    assert ended
