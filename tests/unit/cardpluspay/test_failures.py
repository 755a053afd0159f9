"""Which answer is which failure; with this vendor a wrong guess buys twice."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.vendors.cardpluspay.errors import UnsuccessfulResponse, parse_response
from bot.vendors.contract import AccessDenied, NotSent, OutcomeUnknown, Refused, VendorError
from bot.vendors.http.responses import MalformedResponse, RawResponse, TransientFailure
from tests.unit.cardpluspay.responses import answer, envelope, no

HTML = b"<html><h1>Whatever</h1></html>"


def failure(given: RawResponse, **how: Any) -> VendorError:
    with pytest.raises(VendorError) as raised:
        parse_response(given, **how)
    return raised.value


@pytest.mark.parametrize("status", [200, 201, 202, 299])
def test_any_2xx_that_says_success_is_an_answer(status: int) -> None:
    assert parse_response(answer(status, envelope({"a": 1}))).value == {"a": 1}


@pytest.mark.parametrize("body", [no(), {"success": False}])
@pytest.mark.parametrize("moves_money", [True, False])
def test_a_2xx_that_says_no_leaves_a_purchase_unknown(body: Any, moves_money: bool) -> None:
    assert isinstance(failure(answer(200, body), moves_money=moves_money), UnsuccessfulResponse)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        HTML,
        [],
        {},
        {"data": {"order_id": 5}},
        {"success": "true", "data": {}},
        {"success": 1},
        "ok",
        None,
    ],
)
def test_a_2xx_without_success_leaves_the_outcome_unknown(body: Any) -> None:
    assert isinstance(failure(answer(200, body)), MalformedResponse)


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [(400, Refused, "REFUSED"), (404, Refused, "NOT_FOUND"), (422, Refused, "INVALID"),
     (401, AccessDenied, "HTTP_401"), (403, AccessDenied, "HTTP_403")],
)  # fmt: skip
@pytest.mark.parametrize("moves_money", [True, False])
@pytest.mark.parametrize("data", [{"data": {}}, {"data": None}, {}])
def test_a_no_in_the_vendors_own_envelope_is_a_no(
    status: int, kind: type[Refused], code: str, moves_money: bool, data: dict[str, Any]
) -> None:
    body = {"success": False, "message": "Not this time"} | data
    refusal = failure(answer(status, body), moves_money=moves_money)

    assert type(refusal) is kind
    assert isinstance(refusal, Refused)
    assert (refusal.status, refusal.code) == (status, code)
    assert refusal.may_have_purchased is (moves_money and status == 400)
    assert "Not this time" in str(refusal)


@pytest.mark.parametrize(
    "status", [400, 401, 403, 404, 405, 409, 413, 415, 422, 500, 502, 503, 504, 520, 408, 425]
)
@pytest.mark.parametrize("body", [HTML, b"", {"success": True, "data": {}}, {"error": "no"}])
def test_without_the_vendors_envelope_nobody_knows_what_became_of_a_purchase(status: int, body: Any) -> None:
    assert isinstance(failure(answer(status, body), moves_money=True), TransientFailure)


@pytest.mark.parametrize("status", [405, 409, 415, 500, 502, 503, 408, 425, 499])
def test_another_failure_is_unknown_even_in_the_envelope(status: int) -> None:
    assert isinstance(failure(answer(status, no()), moves_money=True), TransientFailure)


@pytest.mark.parametrize("status", [401, 403])
def test_who_is_kept_out_by_a_gateway_is_kept_out(status: int) -> None:
    assert isinstance(failure(answer(status, HTML)), AccessDenied)


@pytest.mark.parametrize("status", [301, 302, 304, 307, 308])
def test_a_redirect_is_no_answer(status: int) -> None:
    assert isinstance(failure(answer(status, b"", location="https://elsewhere.example")), MalformedResponse)


@pytest.mark.parametrize(
    ("headers", "seconds"), [({"retry_after": "9"}, 9), ({}, None), ({"retry_after": "soon"}, None)]
)
@pytest.mark.parametrize("body", [no("Too many requests"), HTML, b""])
def test_too_many_requests_were_not_acted_on(
    headers: dict[str, str], seconds: float | None, body: Any
) -> None:
    pause = failure(answer(429, body, **headers))
    assert isinstance(pause, NotSent)
    assert pause.retry_after_s == seconds


@pytest.mark.parametrize(("body", "surely"), [(no("Slow down"), True), ("<html>busy</html>", False)])
def test_a_purchase_was_surely_not_sent_only_if_the_vendor_itself_says_so(body: Any, surely: bool) -> None:
    assert isinstance(failure(answer(429, body), moves_money=True), NotSent) is surely


def test_no_message_shows_the_key_or_what_looks_like_one() -> None:
    said = f"Key hunter2 with {'a1' * 20} is wrong\x1b[31m\n" + "b " * 5000
    denied = failure(answer(401, no(said)), secrets=("hunter2",))
    assert "hunter2" not in str(denied)
    assert "a1a1" not in str(denied)
    assert "is wrong" in str(denied)
    assert str(denied).isprintable()
    assert len(str(denied)) < 400


@pytest.mark.parametrize("message", [None, 5, ["a"], {"b": 1}, ""])
def test_an_odd_message_is_left_out(message: Any) -> None:
    refusal = failure(answer(400, no() | {"message": message}))
    assert "It said" not in str(refusal)


@given(status=st.integers(100, 599), body=st.binary(max_size=60), moves_money=st.booleans())
def test_no_answer_at_all_is_anything_but_a_reply_or_a_vendor_error(
    status: int, body: bytes, moves_money: bool
) -> None:
    if status == 200:
        return
    error = failure(answer(status, body), moves_money=moves_money)
    assert isinstance(error, OutcomeUnknown | NotSent | Refused)
    assert not (moves_money and isinstance(error, Refused))
