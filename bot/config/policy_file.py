"""policy.toml: read exactly, and every mistake in it told with its place."""

import tomllib
from decimal import Decimal
from pathlib import Path

from pydantic import ValidationError

from bot.config.problems import BadPolicy, Problem, sentence
from bot.config.vendors import VENDORS
from bot.domain.policy import Policy


def load_policy(path: Path) -> Policy:
    """policy.toml as values. Raises BadPolicy."""
    mend = "see docs/policy.md"
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
        policy = Policy.model_validate(tables)
    except FileNotFoundError:
        what, mend = "there is no such file", "copy policy.toml from the project, or set GIFTCARD_POLICY"
    except (OSError, UnicodeDecodeError) as failure:
        what = f"cannot be read ({type(failure).__name__})"
    except tomllib.TOMLDecodeError as failure:
        what = f"is not TOML: {failure}"
    except ValidationError as failure:
        errors = failure.errors(include_input=False, include_url=False)
        raise BadPolicy(
            [Problem(f"{path} {_toml_place(e['loc'])}", sentence(e), mend) for e in errors]
        ) from None
    else:
        _check_vendors(path, policy)
        return policy
    raise BadPolicy([Problem(str(path), what, mend)]) from None


def _check_vendors(path: Path, policy: Policy) -> None:
    """A vendor misspelt would be forbidden to nobody. Raises BadPolicy."""
    known = [vendor.name for vendor in VENDORS]
    if unknown := sorted(policy.vendors.named - set(known)):
        what = f"there is no vendor {', '.join(unknown)}"
        raise BadPolicy([Problem(f"{path} [vendors]", what, f"the vendors are {', '.join(known)}")])


def _toml_place(loc: tuple[int | str, ...]) -> str:
    table, *keys = (str(part) for part in loc)
    return f"[{table}] {'.'.join(keys)}".strip()
