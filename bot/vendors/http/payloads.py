"""Parsing of vendors' payloads: strict where we need a field, lenient everywhere else."""

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, ClassVar, TypeVar

import structlog
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)

from bot.vendors.http import json_decimal
from bot.vendors.http.identity import VendorIdentity
from bot.vendors.http.responses import MalformedResponse, Response

log = structlog.get_logger()

T = TypeVar("T")
S = TypeVar("S", bound="Payload")


class Payload(BaseModel):
    """The base of all payloads. Unknown fields are ignored, and logged once."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    vendor: ClassVar[VendorIdentity]  # set by a vendor's own base class
    key: ClassVar[str] = "id"  # the field that identifies an element of a list
    unused: ClassVar[frozenset[str]] = frozenset()  # documented fields that we do not need

    @model_validator(mode="before")
    @classmethod
    def _log_unknown_fields(cls, payload: Any) -> Any:
        if isinstance(payload, dict):
            for field in payload.keys() - cls.model_fields.keys() - cls.unused:
                log_unknown_once(cls.vendor, "field", cls.__name__, str(field)[:64])
        return payload


@lru_cache(maxsize=512)
def log_unknown_once(vendor: VendorIdentity, kind: str, where: str, what: str) -> None:
    """Log something that the vendor's documentation does not mention, once."""
    log.info(f"{vendor.name}_unknown", kind=kind, where=where, what=what)


def text(value: Any) -> str:
    """Text that can be stored and sent on. A number is accepted, because a code may look like one."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise ValueError("not a text")  # noqa: TRY004  # pydantic wants ValueError
    clean = str(value).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if not clean.strip():
        raise ValueError("blank")
    return clean


def number_of(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("not a number")  # noqa: TRY004
    number = Decimal(value)
    if abs(number) >= json_decimal.AMOUNT_LIMIT:
        raise ValueError("too large for an amount")
    return number


def _count(value: Any) -> int:
    number = number_of(value)
    if number != number.to_integral_value() or number < 0:
        raise ValueError("not a count")
    return int(number)


def _none_if_invalid(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    try:
        return read(value)
    except ValidationError:
        return None


Text = Annotated[str, BeforeValidator(text)]
Trimmed = Annotated[str, BeforeValidator(text), AfterValidator(str.strip)]
Currency = Annotated[Trimmed, StringConstraints(pattern=r"^[A-Z]{3}$")]
Number = Annotated[Decimal, BeforeValidator(number_of)]
Count = Annotated[int, BeforeValidator(_count)]
Lenient = Annotated[T | None, WrapValidator(_none_if_invalid)]


def parse_as(model: type[S], response: Response) -> S:
    """The response as that model. Raises MalformedResponse, which names the fields and shows no values."""
    try:
        return model.model_validate(response.value)
    except ValidationError as error:
        odd = ", ".join(sorted({".".join(map(str, e["loc"])) or "the whole" for e in error.errors()}))
    raise MalformedResponse(
        f"{model.vendor.title} sent an answer we cannot read: look at {odd[:120]}.",
        request_id=response.request_id,
    )


def parse_each(model: type[S], elements: Iterable[Any], request_id: str | None) -> list[S]:
    """The elements as that model. Those that do not fit are skipped with a warning."""
    found = []
    for element in elements:
        try:
            found.append(model.model_validate(element))
        except ValidationError as error:
            log.warning(
                f"{model.vendor.name}_element_skipped",
                model=model.__name__,
                id=str(element.get(model.key))[:40] if isinstance(element, dict) else None,
                fields=sorted({".".join(map(str, e["loc"])) for e in error.errors()}),
                request_id=request_id,
            )
    return found
