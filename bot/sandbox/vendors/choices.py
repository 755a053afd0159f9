"""Behaviour a contract leaves open: each choice is a field with a usual value, and may be switched."""

from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args, get_origin


@dataclass
class Choices:
    """Subclasses list the choices. Every one can be changed while running, through the back office."""

    def change(self, wanted: dict[str, Any]) -> None:
        """Raises ValueError for an unknown name or value, before anything has changed."""
        known = {field.name: field.type for field in fields(self)}
        for name, value in wanted.items():
            if name not in known:
                raise ValueError(f"unknown choice {name!r}; there are {', '.join(known)}")
            if not _fits(value, known[name]):
                raise ValueError(f"{name} cannot be {value!r}")
        for name, value in wanted.items():
            setattr(self, name, float(value) if known[name] is float else value)

    def change_by_words(self, wanted: dict[str, str]) -> None:
        """As `change`, from values as they stand in a header or on a command line."""
        kinds = {field.name: field.type for field in fields(self)}
        self.change({name: _read(text, kinds.get(name)) for name, text in wanted.items()})

    def shown(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def allowed(cls) -> dict[str, list[Any] | str]:
        """What each may be: a list of values, or the kind of number."""
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
    """The value whose text this is; the text itself when there is none, so that it is refused."""
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
