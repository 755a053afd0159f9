"""On an account with signing every request carries a fresh signed challenge, or is not sent."""

from base64 import b64decode

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from bot.vendors.cardpluspay.client import CardPlusPay
from bot.vendors.cardpluspay.signing import RequestSigner
from bot.vendors.contract import AccessDenied, NotSent
from tests.integration.cardpluspay_client.conftest import API_KEY, BUY, PURCHASE, NewClient, says, says_no
from tests.support.every import assert_every
from tests.support.scripted_server import ScriptedReply, ScriptedServer, answers, hangs, sends
from tests.unit.cardpluspay.responses import order
from tests.unit.cardpluspay.test_signing import KEY

CHALLENGE = "GET /v1/auth/challenge"


@pytest.fixture
def signer(new_client: NewClient) -> CardPlusPay:
    return new_client(signing=RequestSigner(KEY, "/auth/challenge"))


async def test_every_request_has_its_own_challenge(server: ScriptedServer, signer: CardPlusPay) -> None:
    server.on(CHALLENGE, says({"challenge": "first"}), says("second"), says({"challenge": "third"}))
    server.on(BUY, says(order()))

    await signer.wallets()
    await signer.gift_cards.place(PURCHASE)
    await signer.wallets()

    signed = [received for name, received in server.received if name != CHALLENGE]
    assert [received.headers["x-api-challenge"] for received in signed] == ["first", "second", "third"]
    for received in signed:
        signature = b64decode(received.headers["x-api-signature"])
        challenge = received.headers["x-api-challenge"].encode()
        KEY.public_key().verify(signature, challenge, PKCS1v15(), SHA256())
    assert_every(server.received, lambda received: received[1].headers["x-api-key"] == API_KEY)
    assert {"X-API-Key", "X-API-Challenge", "X-API-Signature"} <= set(signed[0].header_names)


FAILURES: dict[str, ScriptedReply] = {
    "a 500": says_no(500),
    "a hang-up": sends(b""),
    "silence": hangs,
    "HTML": answers(200, raw=b"<html>"),
    "no challenge": says({}),
    "one that is none": says("a\r\nb"),
    "a 404": says_no(404),
    "a 429": says_no(429, Retry_After="5"),
}


@pytest.mark.parametrize("reply", FAILURES.values(), ids=FAILURES.keys())
async def test_without_a_challenge_nothing_is_bought(
    server: ScriptedServer, signer: CardPlusPay, reply: ScriptedReply
) -> None:
    server.on(CHALLENGE, reply)
    with pytest.raises(NotSent):
        await signer.gift_cards.place(PURCHASE)
    assert not server.asked(BUY)


async def test_who_gets_no_challenge_for_the_key_is_denied_access(
    server: ScriptedServer, signer: CardPlusPay
) -> None:
    server.on(CHALLENGE, says_no(401, "Invalid key"))
    with pytest.raises(AccessDenied):
        await signer.gift_cards.place(PURCHASE)
    assert not server.asked(BUY)


async def test_a_rejected_signature_is_said_to_be_one(server: ScriptedServer, signer: CardPlusPay) -> None:
    server.on(CHALLENGE, says({"challenge": "first"}))
    server.on(BUY, says_no(401, "Invalid signature"))
    with pytest.raises(AccessDenied, match="Invalid signature"):
        await signer.gift_cards.place(PURCHASE)
    assert len(server.asked(BUY)) == 1
