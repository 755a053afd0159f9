"""Section 1.2: accounts whose requests are signed."""

import base64
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.support.cardpluspay_stand_in import StandIn, refusal, running
from tests.support.every import assert_every


@pytest.fixture(scope="module")
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(private_key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    public = private_key.public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.fixture
def signing(cardpluspay: StandIn, private_key: rsa.RSAPrivateKey) -> StandIn:
    return cardpluspay.another(balance=100, public_key=pem(private_key))


def challenge(vendor: StandIn, path: str = "/challenge") -> str:
    text: str = vendor.get(path).json()["data"]["challenge"]
    return text


def signed(private_key: rsa.RSAPrivateKey, text: str, scheme: Any = None) -> dict[str, str]:
    signature = private_key.sign(text.encode(), scheme or padding.PKCS1v15(), SHA256())
    return {"X-API-Challenge": text, "X-API-Signature": base64.b64encode(signature).decode()}


def balance(vendor: StandIn, headers: dict[str, str]) -> httpx.Response:
    return vendor.http.get("/v1/balance", headers=headers)


@pytest.mark.contract("cardpluspay 1.2b", "cardpluspay G18")
def test_a_signed_challenge_opens_one_request(signing: StandIn, private_key: rsa.RSAPrivateKey) -> None:
    headers = signed(private_key, challenge(signing))

    assert balance(signing, headers).status_code == 200


@pytest.mark.contract("cardpluspay 1.2c")
def test_a_challenge_works_once(signing: StandIn, private_key: rsa.RSAPrivateKey) -> None:
    headers = signed(private_key, challenge(signing))

    assert [balance(signing, headers).status_code for _ in range(2)] == [200, 401]


@pytest.mark.contract("cardpluspay 1.2c")
def test_a_challenge_lapses_after_five_minutes(signing: StandIn, private_key: rsa.RSAPrivateKey) -> None:
    early, late = (signed(private_key, challenge(signing)) for _ in range(2))

    signing.later(290)
    assert balance(signing, early).status_code == 200
    signing.later(11)
    assert refusal(balance(signing, late))[0] == 401


@pytest.mark.contract("cardpluspay 1.2b")
def test_a_missing_or_bad_signature_is_401_and_buys_nothing(
    signing: StandIn, private_key: rsa.RSAPrivateKey
) -> None:
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    good = signed(private_key, challenge(signing))
    bad = [
        {},
        {"X-API-Challenge": good["X-API-Challenge"]},
        good | {"X-API-Signature": "not base64!"},
        signed(stranger, challenge(signing)),
        signed(private_key, "a challenge of our own"),
    ]

    answers = [signing.http.post("/v1/orders", json={}, headers=headers) for headers in bad]

    assert {answer.status_code for answer in answers} == {401}
    assert_every(answers, lambda answer: "signature" in refusal(answer)[1])


@pytest.mark.contract("cardpluspay G18")
def test_the_padding_is_pkcs1(signing: StandIn, private_key: rsa.RSAPrivateKey) -> None:
    pss = padding.PSS(padding.MGF1(SHA256()), padding.PSS.MAX_LENGTH)

    assert balance(signing, signed(private_key, challenge(signing), pss)).status_code == 401


@pytest.mark.contract("cardpluspay 1.2b")
def test_a_challenge_of_another_account_is_no_good(
    cardpluspay: StandIn, signing: StandIn, private_key: rsa.RSAPrivateKey
) -> None:
    assert balance(signing, signed(private_key, challenge(cardpluspay))).status_code == 401
    assert cardpluspay.get("/balance").status_code == 200


def test_signing_can_be_switched_off_again(signing: StandIn) -> None:
    assert signing.get("/balance").status_code == 401

    signing.back_office("PATCH", f"accounts/{signing.account}", public_key=None)

    assert signing.get("/balance").status_code == 200


def test_only_an_rsa_key_will_do(cardpluspay: StandIn) -> None:
    for wrong in ("nonsense", pem(ec.generate_private_key(ec.SECP256R1()))):
        answer = cardpluspay.http.patch("/admin/api/accounts/1201", json={"public_key": wrong})
        assert refusal(answer)[0] == 400


@pytest.mark.contract("cardpluspay G18")
def test_the_first_account_can_sign_from_the_start_at_a_path_of_choice(
    private_key: rsa.RSAPrivateKey, tmp_path: Path
) -> None:
    file = tmp_path / "public.pem"
    file.write_text(pem(private_key))

    with running("--public-key", str(file), "--challenge-path", "/v1/auth/challenge") as vendor:
        assert vendor.get("/balance").status_code == 401
        headers = signed(private_key, challenge(vendor, "/auth/challenge"))
        assert balance(vendor, headers).status_code == 200
