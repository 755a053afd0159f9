"""A person at the Slack stand-in, doing with HTTP and a socket what the page lets them do."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
from websockets.sync.client import ClientConnection, connect

Frame = dict[str, Any]
_PATIENCE_S = 15.0


def elements(blocks: list[Frame]) -> Iterator[tuple[str, Frame]]:
    """(block_id, element) of everything that can be pressed or filled in."""
    for block in blocks:
        found = [*block.get("elements", []), block.get("element"), block.get("accessory")]
        yield from ((block["block_id"], e) for e in found if isinstance(e, dict) and "action_id" in e)


def everything_said(value: Any) -> str:
    """All text of a message or view, in one string."""
    if isinstance(value, dict):
        return " ".join(everything_said(v) for k, v in value.items() if k not in {"type", "ts", "id"})
    if isinstance(value, list):
        return " ".join(map(everything_said, value))
    return value if isinstance(value, str) else ""


class Form:
    """An open modal with what was typed into it."""

    def __init__(self, slack_user: "SlackUser", view: Frame) -> None:
        self._someone = slack_user
        self.view = view
        self.state: dict[str, dict[str, Frame]] = {}

    @property
    def text(self) -> str:
        return everything_said(self.view["blocks"])

    def element(self, field: str) -> tuple[str, Frame]:
        """The input whose block id is `field`, or starts with it and a colon."""
        for block_id, element in elements(self.view["blocks"]):
            if block_id.partition(":")[0] == field:
                return block_id, element
        raise AssertionError(f"no {field} in {[b for b, _ in elements(self.view['blocks'])]}")

    def type(self, field: str, text: str) -> None:
        """Fill a text, number, link or address in; the app hears of it where it asked to."""
        block_id, element = self.element(field)
        self._put(block_id, element, {"type": element["type"], "value": text})
        self._tell(block_id, element, text)

    def tick(self, field: str, number: int) -> None:
        """Choose one of the radio buttons."""
        block_id, element = self.element(field)
        self._put(block_id, element, {"type": element["type"], "selected_option": element["options"][number]})

    def options(self, field: str, typed: str = "") -> list[Frame]:
        """What a select offers for what is typed."""
        block_id, element = self.element(field)
        if element["type"] == "static_select":
            return list(element["options"])
        answer = self._post("suggest", block_id=block_id, action_id=element["action_id"], value=typed)
        return list(answer["options"])

    def choose(self, field: str, typed: str, pick: Callable[[Frame], bool] = lambda _: True) -> Frame:
        """Type into a select and take the first option that fits."""
        option = next(o for o in self.options(field, typed) if pick(o))
        block_id, element = self.element(field)
        self._put(block_id, element, {"type": element["type"], "selected_option": option})
        self._tell(block_id, element, option["value"])
        return option

    def until(self, said: str) -> "Form":
        """Wait until the form shows some text."""
        if said not in self.text:
            frame = self._someone.frame(
                lambda f: (
                    f["type"] == "view_updated"
                    and f["view"]["id"] == self.view["id"]
                    and said in everything_said(f["view"])
                )
            )
            self.view = frame["view"]
        return self

    def submit(self) -> Frame:
        return self._post("submit")

    def close(self) -> None:
        self._post("close", clear=False)

    def _initial(self) -> dict[str, dict[str, Frame]]:
        """What is filled in, initial values of the view included."""
        state: dict[str, dict[str, Frame]] = {}
        for block_id, element in elements(self.view["blocks"]):
            typed = self.state.get(block_id, {}).get(element["action_id"])
            if typed is None and "initial_value" in element:
                typed = {"type": element["type"], "value": element["initial_value"]}
            if typed is None and "initial_option" in element:
                typed = {"type": element["type"], "selected_option": element["initial_option"]}
            if typed is not None:
                state.setdefault(block_id, {})[element["action_id"]] = typed
        return state

    def _put(self, block_id: str, element: Frame, typed: Frame) -> None:
        self.state.setdefault(block_id, {})[element["action_id"]] = typed

    def _tell(self, block_id: str, element: Frame, value: str) -> None:
        block = next(b for b in self.view["blocks"] if b["block_id"] == block_id)
        if block.get("dispatch_action") or block["type"] != "input":
            self._post("action", block_id=block_id, action_id=element["action_id"], value=value)

    def _post(self, call: str, **body: Any) -> Frame:
        self.view = self._someone.latest_view(self.view)
        body = {"state": self._initial(), **body}
        if call == "submit" or call == "close":
            return self._someone.post(call, view_id=self.view["id"], **body)
        return self._someone.post(call, container={"type": "view", "view_id": self.view["id"]}, **body)


class SlackUser:
    """One person in one tab. Frames are kept, so that nothing that arrived early is missed."""

    def __init__(self, address: str, user: str) -> None:
        self.user = user
        self._http = httpx.Client(base_url=address, timeout=20)
        self._address = address
        self.frames: list[Frame] = []
        self._socket: ClientConnection
        self.open_tab()

    def open_tab(self) -> None:
        address = f"{self._address.replace('http', 'ws', 1)}/client/socket?user={self.user}"
        # legacy: it outlives any `with` block. No queue limit: with one, closing waits for unread frames.
        self._socket = connect(address, legacy=True, max_queue=None)
        self.frames = []
        self.session = self.frame(lambda f: f["type"] == "session")["id"]

    def reload(self) -> None:
        self._socket.close()
        self.open_tab()

    def leave(self) -> None:
        self._socket.close()
        self._http.close()

    def post(self, call: str, **body: Any) -> Frame:
        answer = self._http.post(f"/client/{call}", json={"user": self.user, "session": self.session, **body})
        result: Frame = answer.json()
        return result

    def command(self, text: str, channel: str = "C0GENERAL1") -> Frame:
        return self.post("command", channel=channel, text=f"/giftcard {text}".strip())

    def frame(self, fits: Callable[[Frame], bool], *, within_s: float = _PATIENCE_S) -> Frame:
        """The first frame that fits, of those that came and those that will."""
        for frame in self.frames:
            if fits(frame):
                return frame
        deadline = time.monotonic() + within_s
        while (left := deadline - time.monotonic()) > 0:
            self._receive(left)
            if self.frames and fits(self.frames[-1]):
                return self.frames[-1]
        said = "\n".join(f"{f['type']}: {everything_said(f)[:300]}" for f in self.frames[-12:])
        raise AssertionError(f"{self.user} waited in vain; they saw:\n{said}")

    def sees(self, *said: str, kind: str = "") -> Frame:
        """Wait for a message, ephemeral or notice (`kind` narrows it) that says all of this."""
        return self.frame(
            lambda f: (
                (f["type"].startswith(kind) if kind else f["type"] != "network")
                and all(s in everything_said(f) for s in said)
            )
        )

    def form(self, title: str = "") -> Form:
        """The latest modal that opened; `title` is part of its title."""
        frame = self.frame(
            lambda f: (
                f["type"] in {"view_opened", "view_pushed"}
                and not f.get("seen")
                and title in everything_said(f["view"]["title"])
            )
        )
        frame["seen"] = True
        return Form(self, frame["view"])

    def latest_view(self, view: Frame) -> Frame:
        """The view as it is now, with every update that came."""
        self._drain()
        updates = [f["view"] for f in self.frames if f["type"] == "view_updated"]
        return next((v for v in reversed(updates) if v["id"] == view["id"]), view)

    def press(self, frame: Frame, action: str) -> Frame:
        """Press a button of a message, ephemeral or Home. `action` is its action id, or the start of it."""
        surface = frame.get("message") or frame["view"]
        block_id, element = next(
            (b, e) for b, e in elements(surface["blocks"]) if e["action_id"].partition(":")[0] == action
        )
        container: Frame = {"type": "home"}
        if "message" in frame:
            kind = "ephemeral" if frame["type"].startswith("ephemeral") else "message"
            container = {"type": kind, "channel": frame["channel"], "ts": surface["ts"]}
        return self.post(
            "action", container=container, block_id=block_id, action_id=element["action_id"], state={}
        )

    def history(self, channel: str) -> list[Frame]:
        answer = self._http.get("/client/history", params={"user": self.user, "channel": channel})
        return list(answer.json()["messages"])

    def forget(self) -> None:
        """Drop what was seen so far."""
        self._drain()
        self.frames.clear()

    def _drain(self) -> None:
        while self._receive(0.05):
            pass

    def _receive(self, within_s: float) -> bool:
        try:
            text = self._socket.recv(timeout=within_s)
        except TimeoutError:
            return False
        self.frames.append(json.loads(text))
        return True
