"""policy.toml: read exactly, and every mistake told with its place."""

from decimal import Decimal
from pathlib import Path

import pytest

from bot.config import InvalidPolicy, load_policy

PEOPLE = '[requesters]\nusers = ["U111"]\n[approvers]\ngroups = ["S222"]\n'


@pytest.fixture
def policy_file(tmp_path: Path) -> Path:
    return tmp_path / "policy.toml"


def refusal(path: Path, text: str) -> str:
    path.write_text(text)
    with pytest.raises(InvalidPolicy) as refused:
        load_policy(path)
    return str(refused.value)


def test_the_example_policy_is_a_good_one() -> None:
    policy = load_policy(Path(__file__).parents[3] / "policy.toml")

    assert policy.requesters
    assert policy.approvers


def test_amounts_are_read_to_the_last_digit(policy_file: Path) -> None:
    policy_file.write_text(PEOPLE + "[limits.charge]\nUSD = 1000.10\n")

    assert load_policy(policy_file).limits.charge["USD"] == Decimal("1000.10")


def test_a_missing_file_is_told_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(InvalidPolicy, match=r"nowhere\.toml: there is no such file"):
        load_policy(tmp_path / "nowhere.toml")


def test_a_slip_in_the_toml_is_told_with_its_line(policy_file: Path) -> None:
    assert "line 2" in refusal(policy_file, "[requesters]\nusers = U111\n")


def test_a_misspelt_setting_is_told_with_its_place(policy_file: Path) -> None:
    assert "[limits] quantitty: is not a setting that exists" in refusal(
        policy_file, PEOPLE + "[limits]\nquantitty = 5\n"
    )


def test_an_empty_circle_does_not_mean_everybody(policy_file: Path) -> None:
    assert "[requesters]: names nobody" in refusal(
        policy_file, '[requesters]\n[approvers]\nusers = ["U1X"]\n'
    )


def test_all_mistakes_are_told_at_once(policy_file: Path) -> None:
    told = refusal(policy_file, '[requesters]\nusers = ["bob"]\n[limits]\nquantity = 0\n')

    assert "[requesters] users: bob" in told
    assert "[approvers]: is not set" in told
    assert "[limits] quantity: input should be greater than or equal to 1" in told


def test_bytes_that_are_no_text_are_told_and_not_a_crash(policy_file: Path) -> None:
    policy_file.write_bytes(b"\xff\xfe")

    with pytest.raises(InvalidPolicy, match="cannot be read"):
        load_policy(policy_file)


@pytest.mark.parametrize(
    "section",
    [
        'preferred = "cardplus"',
        'forbidden = ["cardplus"]',
        '[vendors.restricted.cardplus]\nusers = ["U111"]',
    ],
)
def test_a_vendor_nobody_knows_is_told_with_those_there_are(policy_file: Path, section: str) -> None:
    told = refusal(policy_file, f"{PEOPLE}[vendors]\n{section}\n")

    assert "[vendors]: there is no vendor cardplus — the vendors are octopus, cardpluspay" in told


def test_a_vendor_that_is_not_set_up_may_be_mentioned(policy_file: Path) -> None:
    policy_file.write_text(PEOPLE + '[vendors]\npreferred = "octopus"\nforbidden = ["cardpluspay"]\n')

    assert "cardpluspay" in load_policy(policy_file).vendors.forbidden


def test_a_restriction_to_nobody_is_told_with_its_place(policy_file: Path) -> None:
    told = refusal(policy_file, f"{PEOPLE}[vendors.restricted.cardpluspay]\nusers = []\n")

    assert "[vendors] restricted: cardpluspay is restricted to nobody" in told
