"""The keys codes are sealed with: newest first, older ones for reading only."""

import hashlib
import hmac
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from store.errors import BadKey

KEY_CHECK = "key_check"  # sealed in every database, which tells whether the keys are its own
_KEY_HINT = "A key is 44 characters long; `giftcard keygen` prints a new one."


class Keyring:
    """Seals with the first key, opens with any."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Raises BadKey."""
        if not keys:
            raise BadKey(f"Codes cannot be kept without a key. {_KEY_HINT}")
        self._fernet = MultiFernet([_fernet(key, number) for number, key in enumerate(keys, start=1)])
        # Apart from the sealing keys, so that a fingerprint says nothing about them.
        self._fingerprint_keys = [hashlib.sha256(b"fingerprint\0" + key.encode()).digest() for key in keys]

    @staticmethod
    def generate() -> str:
        return Fernet.generate_key().decode()

    def seal(self, text: str) -> str:
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """Raises BadKey when no key of the ring fits."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken as error:
            raise BadKey(
                "None of the keys opens what is stored. Put the key it was sealed with last in the list."
            ) from error

    def fingerprints(self, text: str) -> list[str]:
        """What recognises `text` without opening anything, by each key, newest first."""
        return [hmac.new(key, text.encode(), hashlib.sha256).hexdigest() for key in self._fingerprint_keys]


def _fernet(key: str, number: int) -> Fernet:
    try:
        return Fernet(key)
    except ValueError as error:
        raise BadKey(f"Key {number} of the list is not a key. {_KEY_HINT}") from error
