"""How far the first reading of the catalogue is, until which nothing can be found in it."""

from bot.usecases.desk import Desk
from bot.usecases.sync_catalogue import first_reading


def reading_line(desk: Desk) -> str | None:
    """One line while the catalogue is read for the first time, else None."""
    progress = first_reading(desk)
    if progress is None:
        return None
    so_far = f"{progress.seen:,} of {progress.total:,}" if progress.total else f"{progress.seen:,}"
    return f"⏳ The catalogue is being read for the first time: {so_far} products so far."


def still_loading(desk: Desk) -> str:
    return f"{reading_line(desk) or 'The catalogue is empty.'} Try again in a minute."
