"""Client of a vendor stand-in's back office: its request log and its faults."""

from typing import TYPE_CHECKING, Any

from bot.sandbox.slack.protocol import Json, SlackError

if TYPE_CHECKING:
    import httpx

ANSWERS_WITHIN_S = 2.0
THE_VENDOR = "vendor"


class VendorAdmin:
    """`address` is what the vendor's stand-in prints as `admin`; `title` is shown to people."""

    def __init__(self, address: str, title: str = THE_VENDOR) -> None:
        self.address = address.rstrip("/")
        self.title = title
        self._client: httpx.AsyncClient | None = None

    @classmethod
    def named(cls, text: str) -> "VendorAdmin":
        """From `TITLE=ADDRESS` or only an address."""
        title, _, address = text.rpartition("=")
        return cls(address.strip(), title.strip() or THE_VENDOR)

    async def requests(self) -> list[Json]:
        """Newest first. Raises SlackError."""
        rows = await self._ask("GET", "requests")
        return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []

    async def faults(self, method: str, params: Json | None = None) -> Json:
        """Lists (GET), arms (POST) or disarms (DELETE) faults. Returns those armed now, and those offered.

        Raises SlackError.
        """
        answer = await self._ask(method, "faults", params)
        told = answer if isinstance(answer, dict) else {}
        return {"faults": told.get("armed", []), "offers": told.get("offers", [])}

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()

    async def _ask(self, method: str, what: str, params: Json | None = None) -> Any:
        import httpx  # slow to import, and most stand-ins have no vendor

        if self._client is None:
            self._client = httpx.AsyncClient(
                base_url=f"{self.address}/api/", timeout=ANSWERS_WITHIN_S, trust_env=False
            )
        try:
            answer = await self._client.request(method, what, json=params)
            body = answer.json()
        except (httpx.HTTPError, ValueError):
            raise SlackError("vendor_unreachable") from None
        if not answer.is_success:
            raise SlackError("vendor_refused", detail=str(body))
        return body
