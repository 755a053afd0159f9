"""Vendors are opened as the settings have them, and a key that is none is told without being shown."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from bot.app import open_vendors
from bot.config import InvalidSettings
from bot.vendors.cardpluspay.signing import read_signing_key
from bot.vendors.registry import VENDORS
from bot.vendors.settings import UnusableSetting
from tests.unit.config.test_settings import CARDPLUSPAY, SIGNED, settings

RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER = ec.generate_private_key(ec.SECP256R1())


def pem(
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, lock: KeySerializationEncryption | None = None
) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock or NoEncryption())


async def test_settings_and_clients_call_a_vendor_the_same() -> None:
    opened = open_vendors(settings(**CARDPLUSPAY).vendors)

    assert {plugin.name: plugin.title for plugin in VENDORS} == {
        name: client.title for name, client in opened.items()
    }
    for client in opened.values():
        await client.aclose()


async def test_a_vendor_is_opened_where_its_settings_lead() -> None:
    opened = open_vendors(settings().vendors)

    assert list(opened) == ["octopus"]
    assert opened["octopus"].host == "sandbox-api.octopuscards.io"
    await opened["octopus"].aclose()


def test_a_signing_key_is_read_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_bytes(pem(RSA))

    assert read_signing_key(tmp_path / "key.pem").private_numbers() == RSA.private_numbers()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "cannot be read (FileNotFoundError)"),
        (b"hunter2", "holds no private key in PEM format"),
        (pem(OTHER), "holds a key of another kind than RSA"),
        (pem(RSA, BestAvailableEncryption(b"hunter2")), "is locked with a password"),
    ],
    ids=["missing", "garbage", "elliptic", "locked"],
)
def test_a_signing_key_that_is_none_is_told_and_not_shown(
    tmp_path: Path, content: bytes | None, says: str
) -> None:
    path = tmp_path / "key.pem"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(UnusableSetting, match="CARDPLUSPAY_SIGNING_KEY") as told:
        read_signing_key(path)

    assert says in str(told.value)
    assert "hunter2" not in str(told.value)


def test_a_vendor_that_cannot_be_opened_is_a_problem_of_the_settings() -> None:
    with pytest.raises(InvalidSettings) as told:
        open_vendors(settings(**CARDPLUSPAY, **SIGNED).vendors)

    (problem,) = told.value.problems
    assert problem.name == "CARDPLUSPAY_SIGNING_KEY"
    assert problem.what == "key.pem cannot be read (FileNotFoundError)"
    assert problem.hint.startswith("give a PEM file with an RSA private key")
