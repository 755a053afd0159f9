"""Section 3: logging in, refreshing, logging out, and being kept out."""

from datetime import datetime, timedelta

import pytest

from tests.support.octopus_stand_in import StandIn, refusal

INVALID_TOKEN = (401, "UnauthorizedError", "UNAUTHORIZED", "Invalid token")


def refresh(vendor: StandIn, token: str) -> tuple[int, dict[str, str]]:
    answer = vendor.http.post("/auth/refresh", json={"refresh_token": token})
    return answer.status_code, answer.json().get("data", {})


@pytest.mark.contract("2.3a", "3.1a")
def test_login_answers_a_wrapped_pair_of_tokens_valid_for_an_hour_and_a_week(vendor: StandIn) -> None:
    """3.1"""
    body = vendor.log_in().json()

    assert list(body) == ["success", "data"]
    assert body["success"] is True
    assert set(body["data"]) == {
        "access_token", "refresh_token", "access_expires_at", "refresh_expires_at", "client_id",
    }  # fmt: skip
    assert body["data"]["client_id"] == 7
    assert body["data"]["access_token"].count(".") == 2
    access, renewal = (
        datetime.fromisoformat(body["data"][name]) for name in ("access_expires_at", "refresh_expires_at")
    )
    assert renewal - access == timedelta(days=7, hours=-1)


@pytest.mark.contract("3.1b")
@pytest.mark.parametrize("pair", [{}, {"username": "key"}, {"username": "", "password": "secret"}])
def test_login_without_both_credentials_is_a_validation_failure(
    vendor: StandIn, pair: dict[str, str]
) -> None:
    """3.1"""
    answer = vendor.http.post("/auth/login", json=pair)

    expected = (400, "ValidationException", "VALIDATION_FAILURE", "Username and password are required")
    assert refusal(answer) == expected


@pytest.mark.contract("3.1b")
def test_login_with_a_wrong_secret_is_refused(vendor: StandIn) -> None:
    """3.1"""
    answer = vendor.log_in(secret="wrong")

    assert refusal(answer) == (401, "UnauthorizedError", "UNAUTHORIZED", "Invalid credentials")


@pytest.mark.contract("3.4a")
def test_a_call_without_a_token_is_told_so(vendor: StandIn) -> None:
    """3.4"""
    del vendor.http.headers["Authorization"]

    expected = (401, "UnauthorizedError", "UNAUTHORIZED", "Authorization header required")
    assert refusal(vendor.get("/wallets")) == expected


@pytest.mark.contract("3.4a")
@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer a.b.c", "Basic YTpi", "Bearer"])
def test_an_unusable_token_is_invalid(vendor: StandIn, header: str) -> None:
    """3.4"""
    vendor.http.headers["Authorization"] = header

    assert refusal(vendor.get("/wallets")) == INVALID_TOKEN


@pytest.mark.contract("3.2b")
def test_a_refresh_token_opens_no_endpoint_and_an_access_token_refreshes_nothing(vendor: StandIn) -> None:
    """3.2, wrong kind of token"""
    pair = vendor.log_in().json()["data"]

    assert refresh(vendor, pair["access_token"])[0] == 401
    vendor.http.headers["Authorization"] = f"Bearer {pair['refresh_token']}"
    assert refusal(vendor.get("/wallets")) == INVALID_TOKEN


@pytest.mark.contract("3.2a", "G15")
def test_a_refresh_token_works_once_and_leaves_the_old_access_token_valid(vendor: StandIn) -> None:
    """3.2"""
    pair = vendor.log_in().json()["data"]

    status, renewed = refresh(vendor, pair["refresh_token"])

    assert status == 200
    assert renewed["refresh_token"] != pair["refresh_token"]
    assert refresh(vendor, pair["refresh_token"])[0] == 401
    assert vendor.get("/wallets").status_code == 200
    vendor.http.headers["Authorization"] = f"Bearer {renewed['access_token']}"
    assert vendor.get("/wallets").status_code == 200


@pytest.mark.contract("3.2b")
def test_refreshing_without_a_token_is_a_validation_failure(vendor: StandIn) -> None:
    """3.2"""
    answer = vendor.http.post("/auth/refresh", json={"refresh_token": ""})

    expected = (400, "ValidationException", "VALIDATION_FAILURE", "Refresh token is required")
    assert refusal(answer) == expected


@pytest.mark.contract("3a")
def test_access_ends_after_an_hour_and_refreshing_after_a_week(vendor: StandIn) -> None:
    """3"""
    pair = vendor.log_in().json()["data"]

    vendor.later(3590)
    assert vendor.get("/wallets").status_code == 200
    vendor.later(20)
    assert refusal(vendor.get("/wallets")) == INVALID_TOKEN
    status, renewed = refresh(vendor, pair["refresh_token"])
    assert status == 200
    vendor.later(7 * 24 * 3600 + 1)
    assert refresh(vendor, renewed["refresh_token"])[0] == 401


@pytest.mark.contract("3.3a")
def test_logging_out_ends_every_token_of_the_client_and_of_no_other(vendor: StandIn) -> None:
    """3.3"""
    elsewhere = vendor.log_in().json()["data"]
    stranger = vendor.log_in("another-sandbox-key", "another-sandbox-secret").json()["data"]
    vendor.log_in()

    body = vendor.http.post("/auth/logout").json()

    assert body == {"success": True, "data": {"message": "Successfully logged out"}}
    assert refusal(vendor.get("/wallets")) == INVALID_TOKEN
    assert refresh(vendor, elsewhere["refresh_token"])[0] == 401
    assert refresh(vendor, stranger["refresh_token"])[0] == 200


@pytest.mark.contract("3c")
def test_an_ip_list_keeps_everybody_else_out_of_login_and_calls(vendor: StandIn) -> None:
    """3, scope of the IP rule"""
    vendor.back_office("PATCH", "clients/7", ip_list=["10.0.0.0/8"])

    expected = (403, "ForbiddenError", "FORBIDDEN", "IP address not authorized")
    assert refusal(vendor.get("/wallets")) == expected
    assert refusal(vendor.log_in()) == expected
    vendor.back_office("PATCH", "clients/7", ip_list=["10.0.0.0/8", "127.0.0.1/32"])
    assert vendor.log_in().status_code == 200


@pytest.mark.contract("14d")
@pytest.mark.parametrize(
    ("status", "name", "code"),
    [(400, "BadRequestError", "INVALID_FEATURE"), (403, "ForbiddenError", "FORBIDDEN")],
)
def test_a_client_without_the_vouchers_feature_gets_either_documented_answer(
    vendor: StandIn, status: int, name: str, code: str
) -> None:
    """14, a conflict in the documentation"""
    vendor.back_office("PATCH", "choices", feature_off_status=status)
    vendor.back_office("PATCH", "clients/7", vouchers_enabled=False)

    assert refusal(vendor.get("/categories"))[:3] == (status, name, code)
    assert refusal(vendor.order())[:3] == (status, name, code)
    assert vendor.get("/wallets").status_code == 200
