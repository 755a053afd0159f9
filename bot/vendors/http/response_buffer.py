"""Buffers a response as it streams in, so that a broken connection still leaves the bytes received."""

import zlib
from dataclasses import dataclass, field

from bot.vendors.http.identity import VendorIdentity
from bot.vendors.http.responses import MalformedResponse, RawResponse, TransientFailure

LARGEST_BODY = 8 * 1024 * 1024  # 5,000 vouchers are under 3 MiB
_EITHER_HEADER = zlib.MAX_WBITS | 32  # gzip's or zlib's


@dataclass(slots=True)
class ResponseBuffer:
    """Decompressed only at the end, so that bad compression loses nothing that was received."""

    vendor: VendorIdentity
    request_id: str | None
    within_s: float
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray, repr=False)

    @property
    def is_too_large(self) -> bool:
        return len(self.body) > LARGEST_BODY

    def problem(self, what: str) -> TransientFailure:
        return TransientFailure(what, request_id=self.request_id)

    def raw_response(self, broken: TransientFailure | MalformedResponse | None = None) -> RawResponse:
        """`broken` is the reason why the response is incomplete."""
        body = bytes(self.body)
        if self.headers.get("content-encoding", "").strip().lower() in ("gzip", "x-gzip", "deflate"):
            try:
                body = zlib.decompressobj(_EITHER_HEADER).decompress(body, LARGEST_BODY + 1)
            except zlib.error:
                broken = broken or self.problem(f"{self.vendor.title} sent an archive that is broken.")
        if len(body) > LARGEST_BODY:
            broken = MalformedResponse(
                f"{self.vendor.title} sent an answer too large to be one of its own.",
                request_id=self.request_id,
            )
        return RawResponse(self.status, self.headers, body[:LARGEST_BODY], self.request_id, broken)
