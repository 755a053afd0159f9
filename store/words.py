"""Text as it is compared when searching: no case, no accents, no punctuation."""

import re
import unicodedata

_NOT_A_WORD = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """`Café-Bar™ Zürich` becomes `cafe bar tm zurich`: words with one space between."""
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return _NOT_A_WORD.sub(" ", bare.casefold()).strip()
