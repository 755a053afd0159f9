"""How the vendor's payloads are read: what we need strictly, everything else leniently."""

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, ClassVar, TypeVar

import structlog
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)

from bot.providers.octopus import wire
from bot.providers.octopus.failures import Reply, Unreadable

log = structlog.get_logger()

T = TypeVar("T")
S = TypeVar("S", bound="Shape")


class Shape(BaseModel):
    """A payload. Fields the vendor adds one day are ignored, and mentioned once in the log."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    unused: ClassVar[frozenset[str]] = frozenset()  # documented fields we have no use for

    @model_validator(mode="before")
    @classmethod
    def _mention_additions(cls, payload: Any) -> Any:
        if isinstance(payload, dict):
            for field in payload.keys() - cls.model_fields.keys() - cls.unused:
                mention("field", cls.__name__, str(field)[:64])
        return payload


@lru_cache(maxsize=512)
def mention(kind: str, where: str, what: str) -> None:
    """Note something new from the vendor, once."""
    log.info("octopus_unknown", kind=kind, where=where, what=what)


def text(value: Any) -> str:
    """Text as it can be stored and sent on; a number counts, because codes may look like one."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise ValueError("not a text")  # noqa: TRY004  # pydantic wants ValueError
    clean = str(value).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if not clean.strip():
        raise ValueError("blank")
    return clean


def _identifier(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return str(value)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 40:
        return value
    raise ValueError("not an id")


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("not a number")  # noqa: TRY004
    number = Decimal(value)
    if abs(number) >= wire.TOO_MUCH:
        raise ValueError("too large for an amount")
    return number


def _count(value: Any) -> int:
    number = _number(value)
    if number != number.to_integral_value() or number < 0:
        raise ValueError("not a count")
    return int(number)


def _odd_is_none(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    try:
        return read(value)
    except ValidationError:
        return None


Text = Annotated[str, BeforeValidator(text)]
Trimmed = Annotated[str, BeforeValidator(text), AfterValidator(str.strip)]
Id = Annotated[str, BeforeValidator(_identifier)]
Number = Annotated[Decimal, BeforeValidator(_number)]
Count = Annotated[int, BeforeValidator(_count)]
Maybe = Annotated[T | None, WrapValidator(_odd_is_none)]


def read_as(shape: type[S], reply: Reply) -> S:
    """The reply as that shape. Raises Unreadable, which says where it is odd and never what is there."""
    try:
        return shape.model_validate(reply.value)
    except ValidationError as error:
        odd = ", ".join(sorted({".".join(map(str, e["loc"])) or "the whole" for e in error.errors()}))
    raise Unreadable(
        f"Octopus Cards sent an answer we cannot read: look at {odd[:120]}.", request_id=reply.request_id
    )


def elements(reply: Reply) -> Sequence[Any]:
    """The reply as a list. Raises Unreadable."""
    if not isinstance(reply.value, list):
        raise Unreadable("Octopus Cards should have sent a list and did not.", request_id=reply.request_id)
    return reply.value


def readable(shape: type[S], reply: Reply) -> list[S]:
    """The elements that have that shape. Each that has not is left out with one warning."""
    found = []
    for element in elements(reply):
        try:
            found.append(shape.model_validate(element))
        except ValidationError as error:
            log.warning(
                "octopus_element_skipped",
                shape=shape.__name__,
                id=str(element.get("id"))[:40] if isinstance(element, dict) else None,
                fields=sorted({".".join(map(str, e["loc"])) for e in error.errors()}),
                request_id=reply.request_id,
            )
    return found
