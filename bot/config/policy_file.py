"""Reads policy.toml. Every mistake in it is reported, with its place."""

import tomllib
from decimal import Decimal
from pathlib import Path

from pydantic import ValidationError

from bot.config.errors import ConfigProblem, InvalidPolicy, sentence
from bot.domain.policy import Policy
from bot.vendors import registry


def load_policy(path: Path, kind: type[Policy] = Policy) -> Policy:
    """`kind` is a policy with further rules. Raises InvalidPolicy."""
    hint = "see docs/policy.md"
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
        policy = kind.model_validate(tables)
    except FileNotFoundError:
        what, hint = "there is no such file", "copy policy.toml from the project, or set GIFTCARD_POLICY"
    except (OSError, UnicodeDecodeError) as error:
        what = f"cannot be read ({type(error).__name__})"
    except tomllib.TOMLDecodeError as error:
        what = f"is not TOML: {error}"
    except ValidationError as error:
        errors = error.errors(include_input=False, include_url=False)
        raise InvalidPolicy(
            [ConfigProblem(f"{path} {_toml_place(e['loc'])}", sentence(e), hint) for e in errors]
        ) from None
    else:
        _check_vendors(path, policy)
        return policy
    raise InvalidPolicy([ConfigProblem(str(path), what, hint)]) from None


def _check_vendors(path: Path, policy: Policy) -> None:
    """A misspelt vendor would not be forbidden at all. Raises InvalidPolicy."""
    known = [vendor.name for vendor in registry.VENDORS]
    if unknown := sorted(policy.vendors.named - set(known)):
        what = f"there is no vendor {', '.join(unknown)}"
        raise InvalidPolicy([ConfigProblem(f"{path} [vendors]", what, f"the vendors are {', '.join(known)}")])


def _toml_place(loc: tuple[int | str, ...]) -> str:
    table, *keys = (str(part) for part in loc)
    return f"[{table}] {'.'.join(keys)}".strip()
