"""Keys: what is one, what it opens, and that no message shows one."""

import pytest

from store import BadKey, Keyring


def test_what_was_sealed_opens_again_and_looks_different_each_time() -> None:
    keys = Keyring([Keyring.generate()])

    assert keys.open(keys.seal("6006491234567890")) == "6006491234567890"
    assert keys.seal("6006491234567890") != keys.seal("6006491234567890")


def test_the_newest_key_seals_and_every_key_opens() -> None:
    old, new = Keyring.generate(), Keyring.generate()

    assert Keyring([new, old]).open(Keyring([old]).seal("secret")) == "secret"
    assert Keyring([new]).open(Keyring([new, old]).seal("secret")) == "secret"


@pytest.mark.parametrize("keys", [[""], ["short"], ["!" * 44], [Keyring.generate(), "my-secret-key"]])
def test_what_is_no_key_is_named_by_its_place_and_not_shown(keys: list[str]) -> None:
    with pytest.raises(BadKey, match=f"Key {len(keys)} of the list is not a key") as bad:
        Keyring(keys)
    assert "my-secret-key" not in str(bad.value)


def test_at_least_one_key_is_needed() -> None:
    with pytest.raises(BadKey, match="without a key"):
        Keyring([])


def test_another_key_or_a_changed_text_does_not_open() -> None:
    keys = Keyring([Keyring.generate()])
    sealed = keys.seal("secret")

    with pytest.raises(BadKey, match="None of the keys"):
        Keyring([Keyring.generate()]).open(sealed)
    with pytest.raises(BadKey):
        keys.open(sealed[:-4] + "AAA=")


def test_a_keyring_shows_no_key() -> None:
    key = Keyring.generate()

    assert key not in repr(Keyring([key]))


def test_a_fingerprint_depends_on_the_key_and_the_text_alone() -> None:
    old, new = Keyring.generate(), Keyring.generate()

    by_both = Keyring([new, old]).fingerprints("6006491234567890")
    assert by_both == Keyring([new]).fingerprints("6006491234567890") + Keyring([old]).fingerprints(
        "6006491234567890"
    )
    assert len(set(by_both + Keyring([new]).fingerprints("6006491234567891"))) == 3
