"""The back office of a vendor's stand-in, where there is one: its requests, and its faults for the panel."""

from typing import TYPE_CHECKING, Any

from bot.sandbox.slack.wire import Json, SlackError

if TYPE_CHECKING:
    import httpx

ANSWERS_WITHIN_S = 2.0


class BackOffice:
    """`address` is the one that the vendor's stand-in prints as `admin`."""

    def __init__(self, address: str) -> None:
        self._address = f"{address.rstrip('/')}/api/"
        self._client: httpx.AsyncClient | None = None

    async def requests(self) -> list[Json]:
        """Newest first; see docs/octopus-stand-in.md. Raises SlackError."""
        rows = await self._ask("GET", "requests")
        return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []

    async def faults(self, method: str, wish: Json | None = None) -> Json:
        """Lists (GET), arms (POST) or disarms (DELETE): the `faults` armed now. Raises SlackError."""
        answer = await self._ask(method, "faults", wish)
        return {"faults": answer.get("armed", []) if isinstance(answer, dict) else []}

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()

    async def _ask(self, method: str, what: str, wish: Json | None = None) -> Any:
        import httpx  # slow to import, and most stand-ins have no vendor

        if self._client is None:
            self._client = httpx.AsyncClient(
                base_url=self._address, timeout=ANSWERS_WITHIN_S, trust_env=False
            )
        try:
            answer = await self._client.request(method, what, json=wish)
            body = answer.json()
        except (httpx.HTTPError, ValueError):
            raise SlackError("vendor_unreachable") from None
        if not answer.is_success:
            raise SlackError("vendor_refused", detail=str(body))
        return body
