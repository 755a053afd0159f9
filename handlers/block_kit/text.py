"""Makes text of people and vendors harmless and short enough for Slack's mrkdwn."""

import re

NOTHING = "–"
# Control characters, lone surrogates, line breaks other than \n, and marks that reverse the reading order,
# which could fake an amount.
_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
)
_BROKEN_MARKUP = re.compile(r"(<[^>]*|&[a-z]*)$")
_MAX_QUOTED_LINES = 12


def strip_unprintable(text: str) -> str:
    """Remove characters that are invisible or reorder the text; line breaks stay."""
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def escape(text: str) -> str:
    """Write the three characters that Slack interprets as entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def safe_text(text: str, limit: int) -> str:
    """Escaped for mrkdwn, at most `limit` characters after escaping; line breaks stay."""
    return truncate(escape(strip_unprintable(text).strip()), limit)


def safe_line(text: str, limit: int = 150) -> str:
    """As `safe_text`, on one line."""
    return safe_text(" ".join(strip_unprintable(text).split()), limit)


def blockquote(text: str, limit: int = 2000) -> str:
    """Quote what somebody wrote, so that nobody takes it for our words."""
    lines = [piece for piece in strip_unprintable(text).split("\n") if piece.strip()]
    if len(lines) > _MAX_QUOTED_LINES:
        lines = [*lines[: _MAX_QUOTED_LINES - 1], " ".join(lines[_MAX_QUOTED_LINES - 1 :])]
    escape = safe_text("\n".join(lines), limit - 2 * _MAX_QUOTED_LINES)
    return "\n".join(f">{piece}" for piece in escape.split("\n"))


def safe_plain_text(text: str, limit: int) -> str:
    """For plain_text objects, where nothing is escaped: on one line, and cut."""
    tidy = " ".join(strip_unprintable(text).split()) or NOTHING
    return tidy if len(tidy) <= limit else tidy[: limit - 1].rstrip() + "…"


def truncate(mrkdwn: str, limit: int) -> str:
    """Cut our own mrkdwn to `limit`, but never within a link or an entity."""
    if len(mrkdwn) <= limit:
        return mrkdwn or NOTHING
    return _BROKEN_MARKUP.sub("", mrkdwn[: limit - 1]).rstrip() + "…"


def mention(user_id: str) -> str:
    return f"<@{user_id}>"


def link(url: str) -> str:
    """A link whose text is its address."""
    target = (
        strip_unprintable(url)
        .replace("|", "%7C")
        .replace("&", "&amp;")
        .replace("<", "%3C")
        .replace(">", "%3E")
    )
    return f"<{target}|{safe_line(url.removeprefix('https://'), 80)}>"


def card_count(quantity: int) -> str:
    return "1 card" if quantity == 1 else f"{quantity} cards"
