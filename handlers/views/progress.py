"""What is not in the catalogue yet, or was not read again: one line for each vendor it is true of."""

from bot.usecases.desk import Desk, Progress
from bot.usecases.sync_catalogue import first_readings
from handlers.views.text import line


def reading_line(desk: Desk) -> str | None:
    """While a catalogue is read for the first time, or could not be read the last time; else None."""
    first = first_readings(desk)
    whose = {
        name: "" if len(desk.vendors) == 1 else f" of {line(p.title, 80)}" for name, p in desk.vendors.items()
    }
    lines = [_being_read(whose[name], first[name]) for name in first if name not in desk.unread]
    lines += [_not_read(whose[name], never=name in first) for name in whose if name in desk.unread]
    return "\n".join(lines) or None


def still_loading(desk: Desk) -> str:
    return f"{reading_line(desk) or 'The catalogue is empty.'} Try again in a minute."


def _being_read(whose: str, progress: Progress) -> str:
    so_far = f"{progress.seen:,} of {progress.total:,}" if progress.total else f"{progress.seen:,}"
    return f"⏳ The catalogue{whose} is being read for the first time: {so_far} products so far."


def _not_read(whose: str, *, never: bool) -> str:
    what = "what it sells is not shown yet" if never else "what it sells is shown as it was last read"
    return f"⚠️ The catalogue{whose} could not be read just now, so {what}. It is tried again by itself."
