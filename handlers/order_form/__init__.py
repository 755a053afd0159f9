"""The order form: choose a card, see its price as it will be charged, ask for it."""

from slack_bolt.async_app import AsyncApp

from handlers.order_form import live_price, opening, submission, suggestions
from handlers.order_form.open_failure import report_open_failure
from handlers.order_form.opening import open_form
from handlers.slack_context import SlackContext

__all__ = ["open_form", "register", "report_open_failure"]


def register(app: AsyncApp, slack_ctx: SlackContext) -> None:
    opening.register(app, slack_ctx)
    suggestions.register(app, slack_ctx)
    live_price.register(app, slack_ctx)
    submission.register(app, slack_ctx)
