"""Pictures for the cards: a two-tone PNG per brand, drawn from its name."""

import colorsys
import hashlib
import struct
import zlib

WIDTH, HEIGHT = 320, 200


def card_picture(name: str) -> bytes:
    """A PNG, the same for the same name."""
    hue = hashlib.sha256(name.encode()).digest()[0] / 255
    light, dark = _rgb(hue, 0.55), _rgb(hue + 0.08, 0.38)
    rows = b"".join(b"\0" + _row(y, light, dark) for y in range(HEIGHT))
    size = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", size) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND")
    )


def _row(y: int, light: bytes, dark: bytes) -> bytes:
    """Light above a slanted edge, dark below it, with a chip in the corner."""
    edge = max(0, min(WIDTH, 2 * y - 60))
    row = dark * edge + light * (WIDTH - edge)
    if 40 <= y < 72:
        row = row[: 3 * 32] + b"\xe6\xd2\x8c" * 44 + row[3 * 76 :]
    return row


def _rgb(hue: float, lightness: float) -> bytes:
    return bytes(round(255 * part) for part in colorsys.hls_to_rgb(hue % 1, lightness, 0.6))


def _chunk(kind: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
