"""The Web API's methods, one module per family; importing a module registers its methods."""

from bot.sandbox.slack.methods import chat, connection, conversations, people, views
from bot.sandbox.slack.methods.table import TABLE

__all__ = ["TABLE", "chat", "connection", "conversations", "people", "views"]
