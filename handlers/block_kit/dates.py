"""Times as each reader's Slack shows them, in their own zone; in UTC where it cannot."""

from datetime import UTC, datetime


def slack_datetime(at: datetime) -> str:
    utc = at.astimezone(UTC)
    return f"<!date^{int(utc.timestamp())}^{{date_short_pretty}} at {{time}}|{utc:%d %b %Y %H:%M} UTC>"


def slack_time(at: datetime) -> str:
    utc = at.astimezone(UTC)
    return f"<!date^{int(utc.timestamp())}^{{time}}|{utc:%H:%M} UTC>"
