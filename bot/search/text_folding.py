"""Text as it is compared when searching: no case, no accents, no punctuation."""

import re
import unicodedata

_NOT_A_WORD = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """`Café-Bar™ Zürich` becomes `cafe bar zurich`: words with one space between."""
    # Signs like ™ go first: taken apart they would become letters.
    words = _NOT_A_WORD.sub(" ", unicodedata.normalize("NFC", text))
    letters = unicodedata.normalize("NFKD", words.casefold())
    return " ".join("".join(c for c in letters if c == " " or c.isalnum()).split())
