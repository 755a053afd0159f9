"""Behaviour that a contract leaves open: each choice is a field with a default that can be changed."""

from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args, get_origin


@dataclass
class Choices:
    """Subclasses list the choices. The back office changes them at run time."""

    def change(self, wanted: dict[str, Any]) -> None:
        """Raises ValueError for an unknown name or value; then nothing is changed."""
        known = {field.name: field.type for field in fields(self)}
        for name, value in wanted.items():
            if name not in known:
                raise ValueError(f"unknown choice {name!r}; known are {', '.join(known)}")
            if not _fits(value, known[name]):
                raise ValueError(f"{name} cannot be {value!r}")
        for name, value in wanted.items():
            setattr(self, name, float(value) if known[name] is float else value)

    def change_by_words(self, wanted: dict[str, str]) -> None:
        """As `change`, for values from a header or the command line."""
        kinds = {field.name: field.type for field in fields(self)}
        self.change({name: _read(text, kinds.get(name)) for name, text in wanted.items()})

    def shown(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def allowed(cls) -> dict[str, list[Any] | str]:
        """The allowed values of each choice: a list, or the kind of number."""
        return {field.name: _values(field.type) for field in fields(cls)}


def _fits(value: Any, kind: Any) -> bool:
    if get_origin(kind) is Literal:
        return value in get_args(kind) and not isinstance(value, bool)
    if kind is bool:
        return isinstance(value, bool)
    if kind is int and not isinstance(value, int):
        return False
    return not isinstance(value, bool | str) and value >= 0


def _read(text: str, kind: Any) -> Any:
    """The value with this text; for an unknown one the text itself, which `change` then refuses."""
    allowed = _values(kind) if kind is not None else []
    if isinstance(allowed, list):
        return {str(value).lower(): value for value in allowed}.get(text.lower(), text)
    try:
        return kind(text)
    except ValueError:
        return text


def _values(kind: Any) -> list[Any] | str:
    if get_origin(kind) is Literal:
        return list(get_args(kind))
    return [True, False] if kind is bool else kind.__name__
