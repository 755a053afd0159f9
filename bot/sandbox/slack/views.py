"""Modals and Home tabs: the modal stack of each tab, hashes, external ids, input that is kept."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.slack.blocks.surfaces import elements_of, faults_of_view, too_large
from bot.sandbox.slack.form_state import Suggested, complete
from bot.sandbox.slack.protocol import Json, SlackError, invalid_arguments
from bot.sandbox.slack.sessions import Session, Sessions
from bot.sandbox.slack.triggers import Triggers
from bot.sandbox.slack.workspace import APP_ID, BOT_ID, Workspace

DEEPEST = 3


@dataclass
class LiveView:
    id: str
    user: str
    content: Json  # as the app sent it, with every id set
    hash: str
    root_id: str
    previous_id: str | None = None
    session: Session | None = None  # None: a Home tab
    values: Json = field(default_factory=dict)
    suggested: Suggested = field(default_factory=dict)


def with_ids(blocks: list[Json], new_id: Callable[[str], str]) -> list[Json]:
    """A copy in which every block and element has an id; Slack sets the missing ones."""
    copy: list[Json] = json.loads(json.dumps(blocks))
    for block in copy:
        block.setdefault("block_id", new_id("b"))
    for _, element, _ in elements_of(copy):
        element.setdefault("action_id", new_id("a"))
    return copy


class Views:
    def __init__(self, workspace: Workspace, sessions: Sessions, triggers: Triggers) -> None:
        self._workspace = workspace
        self._sessions = sessions
        self._triggers = triggers
        self._live: dict[str, LiveView] = {}
        for user, kept in workspace.homes.items():
            home = LiveView(kept["id"], user, kept["content"], kept["hash"], kept["id"])
            home.values = complete(home.content["blocks"], {}, {}, {})
            self._live[home.id] = home

    def open(self, trigger_id: object, content: Json) -> LiveView:
        """views.open; with a trigger from a modal it pushes like views.push, as in Slack's clients."""
        self.check(content)
        trigger = self._triggers.redeem(trigger_id)
        inside = trigger.view_id in trigger.session.stack
        return (
            self.stack_up(trigger.session, content) if inside else self._open_root(trigger.session, content)
        )

    def push(self, trigger_id: object, content: Json) -> LiveView:
        self.check(content)
        trigger = self._triggers.redeem(trigger_id)
        if trigger.view_id not in trigger.session.stack:
            raise SlackError("not_found")
        return self.stack_up(trigger.session, content)

    def stack_up(self, session: Session, content: Json) -> LiveView:
        if len(session.stack) >= DEEPEST:
            raise SlackError("push_limit_reached")
        below = self._live[session.stack[-1]]
        view = self._new(session.user, content, session, below.root_id, below.id)
        session.stack.append(view.id)
        session.show({"type": "view_pushed", "view": self.shown(view)})
        return view

    def update(self, view: LiveView, content: Json, expected_hash: object = None) -> LiveView:
        self.check(content, "modal" if view.session else "home", replacing=view)
        if expected_hash is not None and expected_hash != view.hash:
            raise SlackError("hash_conflict", view=self.shown(view))
        self._fill(view, content)
        if view.session is None:
            self._keep_home(view)
        else:
            view.session.show({"type": "view_updated", "view": self.shown(view)})
        return view

    def publish(self, user: str, content: Json, expected_hash: object = None) -> LiveView:
        home = self.home_of(user)
        if home is not None:
            return self.update(home, content, expected_hash)
        self.check(content, "home")
        home = self._new(user, content, None)
        self._keep_home(home)
        return home

    def by_id(self, view_id: object) -> LiveView:
        view = self._live.get(view_id) if isinstance(view_id, str) else None
        if view is None:
            raise SlackError("not_found")
        return view

    def by_external_id(self, external_id: object) -> LiveView:
        for view in self._live.values():
            if external_id and view.content.get("external_id") == external_id:
                return view
        raise SlackError("not_found")

    def home_of(self, user: str) -> LiveView | None:
        return next((v for v in self._live.values() if v.user == user and v.session is None), None)

    def in_front_of(self, session: Session, view_id: str) -> LiveView:
        """The view with this id, which must be on top of this tab's stack."""
        if not session.stack or session.stack[-1] != view_id:
            raise SlackError("view_not_open")
        return self._live[view_id]

    def close(self, view: LiveView, *, whole_stack: bool = False) -> list[LiveView]:
        """Closes the view and those above it, or the whole stack; returns the closed ones, top first."""
        session, closed = view.session, []
        while session and session.stack and (whole_stack or view.id in session.stack):
            top = self._live.pop(session.stack.pop())
            session.show({"type": "view_closed", "view_id": top.id})
            closed.append(top)
        return closed

    def forget(self, session: Session) -> None:
        for view_id in session.stack:
            self._live.pop(view_id, None)
        session.stack.clear()

    def fill_in(self, view: LiveView, given: Json) -> None:
        view.values = complete(view.content["blocks"], given, view.values, view.suggested)

    def shown(self, view: LiveView) -> Json:
        """The view object of payloads and responses."""
        content = view.content
        return {
            "id": view.id,
            "team_id": self._workspace.team_id,
            "type": content["type"],
            "blocks": content["blocks"],
            "private_metadata": content.get("private_metadata", ""),
            "callback_id": content.get("callback_id", ""),
            "state": {"values": view.values},
            "hash": view.hash,
            "title": content.get("title", {"type": "plain_text", "text": "View Title", "emoji": True}),
            "clear_on_close": content.get("clear_on_close", False),
            "notify_on_close": content.get("notify_on_close", False),
            "close": content.get("close"),
            "submit": content.get("submit"),
            "submit_disabled": content.get("submit_disabled", False),
            "previous_view_id": view.previous_id,
            "root_view_id": view.root_id,
            "app_id": APP_ID,
            "external_id": content.get("external_id", ""),
            "app_installed_team_id": self._workspace.team_id,
            "bot_id": BOT_ID,
        }

    def _open_root(self, session: Session, content: Json) -> LiveView:
        self.forget(session)
        view = self._new(session.user, content, session)
        session.stack.append(view.id)
        session.show({"type": "view_opened", "view": self.shown(view)})
        return view

    def _new(
        self, user: str, content: Json, session: Session | None, root: str = "", previous: str | None = None
    ) -> LiveView:
        view_id = self._workspace.new_id("V")
        view = LiveView(view_id, user, {}, "", root or view_id, previous, session)
        self._fill(view, content)
        self._live[view_id] = view
        return view

    def _fill(self, view: LiveView, content: Json) -> None:
        view.content = {**content, "blocks": with_ids(content["blocks"], self._workspace.new_id)}
        view.hash = f"{self._workspace.new_id('').lower()}.{self._workspace.new_id('').lower()}"
        view.values = complete(view.content["blocks"], {}, view.values, view.suggested)

    def _keep_home(self, home: LiveView) -> None:
        self._workspace.homes[home.user] = {"id": home.id, "hash": home.hash, "content": home.content}
        self._sessions.tell_person(home.user, {"type": "home", "view": self.shown(home)})

    def check(self, content: Any, kind: str = "modal", replacing: LiveView | None = None) -> None:
        faults = faults_of_view(content, kind)
        if faults:
            raise invalid_arguments(*faults)
        if too_large(content):
            raise SlackError("view_too_large")
        external_id = content.get("external_id")
        taken = (view for view in self._live.values() if external_id and view is not replacing)
        if any(view.content.get("external_id") == external_id for view in taken):
            raise SlackError("duplicate_external_id")
