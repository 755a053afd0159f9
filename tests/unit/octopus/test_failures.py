"""Which answer is which failure: the difference between `try again`, `no` and `nobody knows`."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.vendors.contract import AccessDenied, NotSent, OutcomeUnknown, Refused, VendorError
from bot.vendors.http.responses import MalformedResponse, RawResponse, TransientFailure
from bot.vendors.octopus.errors import parse_response


def answer(status: int, body: Any = None, **headers: str) -> RawResponse:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return RawResponse(
        status, {name.replace("_", "-"): value for name, value in headers.items()}, raw, "REQ1"
    )


def error(code: str, message: str = "No.") -> dict[str, Any]:
    return {"error": {"name": "SomeError", "code": code, "message": message}}


def failure(given: RawResponse, **how: Any) -> VendorError:
    with pytest.raises(VendorError) as raised:
        parse_response(given, **how)
    assert raised.value.request_id == "REQ1"
    return raised.value


@pytest.mark.parametrize("status", [200, 201, 202, 299])
def test_any_2xx_with_json_is_an_answer(status: int) -> None:
    assert parse_response(answer(status, {"id": 1})).value == {"id": 1}


@pytest.mark.contract("2.3a")
def test_an_envelope_of_exactly_success_and_data_is_opened() -> None:
    assert parse_response(answer(200, {"success": True, "data": {"id": 1}})).value == {"id": 1}


@pytest.mark.contract("2.3a")
def test_an_object_that_merely_has_data_among_others_is_left_alone() -> None:
    whole = {"success": True, "data": 1, "id": 2}
    assert parse_response(answer(200, whole)).value == whole


@pytest.mark.parametrize("body", [b"", b"<html>Welcome</html>", b"[" * 50_000])
def test_a_2xx_that_cannot_be_read_leaves_the_outcome_unknown(body: bytes) -> None:
    assert isinstance(failure(answer(200, body)), MalformedResponse)


@pytest.mark.parametrize("status", [301, 302, 307, 308, 304])
def test_a_redirect_leaves_the_outcome_unknown(status: int) -> None:
    assert isinstance(failure(answer(status, b"", location="https://elsewhere.example")), MalformedResponse)


@pytest.mark.contract("16.2a")
@pytest.mark.parametrize("status", [500, 502, 503, 504, 520, 408, 499])
@pytest.mark.parametrize("body", [b"<h1>Bad gateway</h1>", b'{"error": {"code": "X_Y", "message": "?"}}'])
def test_a_failure_at_the_vendor_leaves_the_outcome_unknown(status: int, body: bytes) -> None:
    assert isinstance(failure(answer(status, body)), TransientFailure)


@pytest.mark.contract("16.2b", "G19")
@given(status=st.integers(100, 999), body=st.binary(max_size=30), reference=st.booleans())
def test_every_status_has_exactly_one_meaning(status: int, body: bytes, reference: bool) -> None:
    try:
        parse_response(answer(status, body), carries_reference=reference)
    except VendorError as error:
        kinds = [kind for kind in (NotSent, Refused, OutcomeUnknown) if isinstance(error, kind)]
        assert len(kinds) == 1
        if isinstance(error, Refused):
            assert 400 <= status < 500
        if isinstance(error, NotSent):
            assert status == 429
    else:
        assert 200 <= status < 300


@pytest.mark.contract("16.1a")
def test_a_refusal_keeps_the_vendors_code_status_and_words() -> None:
    refusal = failure(answer(400, error("INSUFFICIENT_FUNDS", "Insufficient wallet balance.")))

    assert isinstance(refusal, Refused)
    assert (refusal.code, refusal.status, refusal.insufficient_funds) == ("INSUFFICIENT_FUNDS", 400, True)
    assert (
        str(refusal) == "Octopus Cards refused (INSUFFICIENT_FUNDS). It said: “Insufficient wallet balance”."
    )


@pytest.mark.contract("G19")
@pytest.mark.parametrize("status", [402, 404, 409, 413, 415, 418, 422])
def test_other_4xx_are_refusals_even_without_json(status: int) -> None:
    refusal = failure(answer(status, b"<html>"))

    assert isinstance(refusal, Refused)
    assert not isinstance(refusal, AccessDenied)
    assert (refusal.code, refusal.status) == (f"HTTP_{status}", status)


@pytest.mark.contract("6.5a")
@pytest.mark.parametrize(("status", "maybe"), [(400, True), (409, True), (404, False), (422, False)])
def test_a_refusal_of_what_carried_a_reference_may_be_a_duplicate(status: int, maybe: bool) -> None:
    refusal = failure(answer(status, error("BAD_REQUEST")), carries_reference=True)

    assert isinstance(refusal, Refused)
    assert refusal.may_have_purchased is maybe


def test_a_refused_read_is_never_a_duplicate() -> None:
    refusal = failure(answer(400, error("BAD_REQUEST")))
    assert isinstance(refusal, Refused)
    assert not refusal.may_have_purchased


@pytest.mark.contract("14d")
@pytest.mark.parametrize(
    ("status", "code", "named"),
    [
        (401, "UNAUTHORIZED", "credentials"),
        (403, "FORBIDDEN", "address"),
        (403, "INVALID_FEATURE", "switched off for our account"),
        (400, "INVALID_FEATURE", "switched off for our account"),
    ],
)
def test_denied_access_says_what_is_not_accepted(status: int, code: str, named: str) -> None:
    denied = failure(answer(status, error(code, "Not you")))

    assert isinstance(denied, AccessDenied)
    assert denied.code == code
    assert named in str(denied)
    assert "Not you" in str(denied)


@pytest.mark.contract("3.4a", "16.1a")
def test_the_words_of_an_error_never_decide_what_it_is() -> None:
    refusal = failure(answer(404, error("NOT_FOUND", "Rate limit exceeded. IP address not authorized")))
    assert type(refusal) is Refused


@pytest.mark.contract("15b")
@pytest.mark.parametrize(
    ("headers", "message", "seconds"),
    [
        ({"retry_after": "9"}, "", 9),
        ({"retry_after": "9"}, "Retry after 30 seconds.", 9),
        ({}, "Rate limit exceeded. Retry after 12 seconds.", 12),
        ({"retry_after": "soon"}, "Retry after 1 second.", 1),
        ({"retry_after": "-4"}, "", None),
        ({"retry_after": "999999999"}, "", 3600),
        ({"retry_after": "9" * 400}, "", None),
        ({}, "", None),
    ],
)
def test_slowing_down_takes_the_time_the_vendor_says(
    headers: dict[str, str], message: str, seconds: float | None
) -> None:
    pause = failure(answer(429, error("TOO_MANY_REQUESTS", message), **headers))

    assert isinstance(pause, NotSent)
    assert pause.retry_after_s == seconds


@pytest.mark.contract("16.1a")
@pytest.mark.parametrize(
    "envelope",
    [
        {},
        {"error": None},
        {"error": "no"},
        {"error": {}},
        {"error": {"code": 5, "message": ["a"]}},
        [],
        "no",
        7,
    ],
)
def test_an_odd_error_body_is_classified_by_its_status(envelope: Any) -> None:
    refusal = failure(answer(400, envelope))
    assert isinstance(refusal, Refused)
    assert refusal.code == "HTTP_400"


def test_a_code_that_is_not_a_code_is_not_repeated() -> None:
    refusal = failure(answer(400, error("<script>alert(1)</script>")))
    assert isinstance(refusal, Refused)
    assert refusal.code == "HTTP_400"


def test_secrets_the_vendor_repeats_do_not_reach_the_message() -> None:
    jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI3In0.c2lnbmF0dXJl"
    denied = failure(
        answer(401, error("UNAUTHORIZED", f"hunter2 with {jwt} is wrong")), secrets=("hunter2", "")
    )

    assert "hunter2" not in str(denied)
    assert "eyJ" not in str(denied)
    assert "is wrong" in str(denied)


def test_a_message_is_shown_short_and_without_control_characters() -> None:
    refusal = failure(answer(400, error("BAD_REQUEST", "a\x1b[31m\n\u202e" + "b " * 5000)))
    assert str(refusal).isprintable()
    assert len(str(refusal)) < 300
