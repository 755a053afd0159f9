"""Which products have a word or a value. A set of products is one whole number with a bit for each."""

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import TypeAlias

Hits: TypeAlias = int

LARGEST = chr(0x10FFFF)  # comes after every letter
# Bits are united fastest, but take room for every product there is. They are worth it for keys that more than
# one product in so many has: 32 bytes each, at most.
_ONE_IN = 256


class PostingLists:
    """Products by key. A product is its position among `size` of them."""

    def __init__(self, positions: Mapping[str, Sequence[int]], size: int) -> None:
        self._size = size
        self._frequent: dict[str, Hits] = {}
        self._rare: list[str] = []
        self._starts, self._positions = array("I", [0]), array("I")
        for key in sorted(positions):
            found = positions[key]
            if len(found) * _ONE_IN > size:
                self._frequent[key] = self._hits(found)
            else:
                self._rare.append(key)
                self._positions.extend(found)
                self._starts.append(len(self._positions))

    def __iter__(self) -> Iterator[str]:
        return chain(self._frequent, self._rare)

    def any_of(self, keys: Iterable[str]) -> Hits:
        """Products that have at least one of the keys."""
        frequent, rare = 0, []
        for key in keys:
            if key in self._frequent:
                frequent |= self._frequent[key]
            else:
                at = bisect_left(self._rare, key)
                if self._rare[at : at + 1] == [key]:
                    rare.append(self._between(at, at + 1))
        return frequent | self._hits(chain.from_iterable(rare))

    def with_prefix(self, prefix: str) -> Hits:
        """Products that have a key that begins so."""
        first, end = (bisect_left(self._rare, bound) for bound in (prefix, prefix + LARGEST))
        hits = self._hits(self._between(first, end))
        for key, frequent in self._frequent.items():
            if key.startswith(prefix):
                hits |= frequent
        return hits

    def _between(self, first: int, end: int) -> Sequence[int]:
        return self._positions[self._starts[first] : self._starts[end]]

    def _hits(self, positions: Iterable[int]) -> Hits:
        octets = bytearray(self._size // 8 + 1)
        for position in positions:
            octets[position >> 3] |= 1 << (position & 7)
        return int.from_bytes(octets, "little")


def page_of(groups: Iterable[Hits], limit: int, offset: int) -> list[int]:
    """Positions in one group after the other, in each from the first to the last."""
    page: list[int] = []
    for group in groups:
        size = group.bit_count()
        if offset < size and len(page) < limit:
            page += islice(positions_in(_without_first(offset, group)), limit - len(page))
        offset = max(0, offset - size)
    return page


def positions_in(hits: Hits) -> Iterator[int]:
    """From the first to the last."""
    # Digits and a pattern, because a loop over the bits of so long a number copies it at every step.
    return map(re.Match.start, re.finditer("1", f"{hits:b}"[::-1]))


def _without_first(skipped: int, hits: Hits) -> Hits:
    def before(position: int) -> int:
        return (hits & ((1 << position) - 1)).bit_count()

    start = bisect_right(range(hits.bit_length()), skipped, key=before) - 1
    return hits >> start << start
