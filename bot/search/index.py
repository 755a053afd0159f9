"""Everything on sale, in the order of the names, as it is looked through when somebody searches."""

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from bot.search.posting_lists import LARGEST, Hits, PostingLists


class SearchIndex:
    """Products have positions in it: an earlier name comes first."""

    COLUMNS = ("country", "currency", "category", "face_values", "vendor")

    def __init__(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Each row: a product's id, its name for sorting, and the values of `COLUMNS`; sorted by name."""
        self.ids, self._names = array("q"), list[str]()
        words = defaultdict[str, list[int]](list)
        columns = {column: defaultdict[str, list[int]](list) for column in self.COLUMNS}
        for position, (product_id, name, *values) in enumerate(rows):
            self.ids.append(product_id)
            self._names.append(name)
            for word in name.split():
                words[word].append(position)
            for positions, value in zip(columns.values(), values, strict=True):
                positions[value].append(position)
        size = len(self.ids)
        self.all_hits: Hits = (1 << size) - 1
        self.words = PostingLists(words, size)
        self.columns = {column: PostingLists(positions, size) for column, positions in columns.items()}

    def with_prefix(self, prefix: str) -> Hits:
        """Products whose name begins so."""
        first, end = (bisect_left(self._names, bound) for bound in (prefix, prefix + LARGEST))
        return (1 << end) - (1 << first)
