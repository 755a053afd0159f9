"""Text from outside, made harmless and short enough for Slack's mrkdwn."""

import re
from datetime import UTC, datetime
from functools import cache

from babel import Locale
from babel.core import get_global

NOTHING = "–"
# Control characters, lone surrogates, line breaks other than \n, and marks that reverse the reading order
# and so can fake an amount.
_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
)
_UNFINISHED = re.compile(r"(<[^>]*|&[a-z]*)$")
_MOST_QUOTED_LINES = 12


def printable(text: str) -> str:
    """Without characters that are invisible or that reorder what is read; line breaks stay."""
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def escaped(text: str) -> str:
    """The three characters that mean something to Slack, as entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def shown(text: str, limit: int) -> str:
    """Escaped for mrkdwn, at most `limit` characters after escaping; line breaks stay."""
    return cut(escaped(printable(text).strip()), limit)


def line(text: str, limit: int = 150) -> str:
    """The same on one line."""
    return shown(" ".join(printable(text).split()), limit)


def quoted(text: str, limit: int = 2000) -> str:
    """Somebody's words behind Slack's quotation bar, so that they cannot pass for ours."""
    lines = [piece for piece in printable(text).split("\n") if piece.strip()]
    if len(lines) > _MOST_QUOTED_LINES:
        lines = [*lines[: _MOST_QUOTED_LINES - 1], " ".join(lines[_MOST_QUOTED_LINES - 1 :])]
    escaped = shown("\n".join(lines), limit - 2 * _MOST_QUOTED_LINES)
    return "\n".join(f">{piece}" for piece in escaped.split("\n"))


def plainly(text: str, limit: int) -> str:
    """For plain_text objects: nothing is escaped there, only tidied and cut."""
    tidy = " ".join(printable(text).split()) or NOTHING
    return tidy if len(tidy) <= limit else tidy[: limit - 1].rstrip() + "…"


def cut(mrkdwn: str, limit: int) -> str:
    """Our own mrkdwn at most `limit` long, never cut within a link or an entity."""
    if len(mrkdwn) <= limit:
        return mrkdwn or NOTHING
    return _UNFINISHED.sub("", mrkdwn[: limit - 1]).rstrip() + "…"


def mention(user_id: str) -> str:
    return f"<@{user_id}>"


def link(url: str) -> str:
    """A link that shows where it leads."""
    target = printable(url).replace("|", "%7C").replace("&", "&amp;").replace("<", "%3C").replace(">", "%3E")
    return f"<{target}|{line(url.removeprefix('https://'), 80)}>"


def moment(at: datetime) -> str:
    """A time in the reader's own zone; UTC where the client cannot do that."""
    utc = at.astimezone(UTC)
    return f"<!date^{int(utc.timestamp())}^{{date_short_pretty}} at {{time}}|{utc:%d %b %Y %H:%M} UTC>"


def clock_time(at: datetime) -> str:
    utc = at.astimezone(UTC)
    return f"<!date^{int(utc.timestamp())}^{{time}}|{utc:%H:%M} UTC>"


@cache
def country_name(alpha_3: str) -> str:
    """`United Kingdom` for GBR, `Worldwide` for GLO, the code itself where it is in no list."""
    if alpha_3 == "GLO":
        return "Worldwide"
    aliases = get_global("territory_aliases").get(alpha_3, [alpha_3])
    return str(Locale("en").territories.get(aliases[0], alpha_3))


def cards(quantity: int) -> str:
    return "1 card" if quantity == 1 else f"{quantity} cards"
