"""The order form: choose a card, see its price as it will be charged, ask for it."""

from slack_bolt.async_app import AsyncApp

from handlers.front import Front
from handlers.order_form import live_price, opening, submission, suggestions
from handlers.order_form.not_opened import say_why
from handlers.order_form.opening import open_form

__all__ = ["open_form", "register", "say_why"]


def register(app: AsyncApp, front: Front) -> None:
    opening.register(app, front)
    suggestions.register(app, front)
    live_price.register(app, front)
    submission.register(app, front)
