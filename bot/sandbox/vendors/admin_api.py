"""/admin/api: the routes of every vendor's back office: faults, clock, choices, requests, reset."""

from decimal import Decimal, InvalidOperation
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox.vendors.json_decimal import DecimalJsonResponse, loads, timestamp
from bot.sandbox.vendors.stand_in import StandIn

MANY = 100


class AdminRequestError(Exception):  # a response, not an error of ours
    """An invalid request to the back office; the text says why."""


def stand_in_of(request: Request) -> StandIn:
    stand_in: StandIn = request.app.state.vendor
    return stand_in


async def body_of(request: Request) -> dict[str, Any]:
    """The body as an object with exact decimals; an empty body is an empty object."""
    try:
        body = loads(await request.body() or b"{}")
    except ValueError as error:
        raise AdminRequestError("the body is not JSON") from error
    if not isinstance(body, dict):
        raise AdminRequestError("the body must be an object")
    return body


def number(body: dict[str, Any], name: str) -> Decimal:
    try:
        value = Decimal(body[name])
    except (KeyError, TypeError, InvalidOperation) as error:
        raise AdminRequestError(f"{name} must be a number") from error
    if not value.is_finite():
        raise AdminRequestError(f"{name} must be a number")
    return value


async def faults_armed(request: Request) -> Response:
    plan = stand_in_of(request).faults
    if request.method == "POST":
        try:
            plan.arm(await body_of(request))
        except ValueError as error:
            raise AdminRequestError(str(error)) from error
    elif request.method == "DELETE":
        plan.armed.clear()
    catalogue = plan.fault_catalogue
    return DecimalJsonResponse(
        {
            "armed": [fault.shown() for fault in plan.armed],
            "kinds": dict(catalogue.kinds),
            "offers": [offer.shown() for offer in catalogue.offers],
        }
    )


async def clock(request: Request) -> Response:
    stand_in = stand_in_of(request)
    if request.method == "POST":
        stand_in.move_clock(float(number(await body_of(request), "shift_s")))
    shift_s = Decimal(str(stand_in.clock.shift_s))
    return DecimalJsonResponse({"now": timestamp(stand_in.clock.now()), "shift_s": shift_s})


async def choices(request: Request) -> Response:
    made = stand_in_of(request).choices
    if request.method == "PATCH":
        try:
            made.change(await body_of(request))
        except ValueError as error:
            raise AdminRequestError(str(error)) from error
    return DecimalJsonResponse({name: _plain(value) for name, value in made.shown().items()})


async def choice_values(request: Request) -> Response:
    """The allowed values of each choice, and its value at the start."""
    stand_in = stand_in_of(request)
    return DecimalJsonResponse(
        {
            name: {"allowed": allowed, "first": _plain(stand_in.first_choices[name])}
            for name, allowed in stand_in.choices.allowed().items()
        }
    )


async def requests(request: Request) -> Response:
    """`at`, `method`, `path`, `status` (null: no response), `ms`, `request_id`, `faults`."""
    return DecimalJsonResponse(list(stand_in_of(request).requests)[: most(request)])


async def reset(request: Request) -> Response:
    stand_in_of(request).reset()
    return DecimalJsonResponse({"reset": True})


def most(request: Request) -> int:
    text = request.query_params.get("limit", str(MANY))
    if not (text.isascii() and text.isdigit() and 1 <= len(text) <= 9 and int(text)):
        raise AdminRequestError("limit must be a whole number")
    return int(text)


def _plain(value: Any) -> Any:
    return Decimal(str(value)) if isinstance(value, float) else value


ROUTES = [
    Route("/requests", requests),
    Route("/faults", faults_armed, methods=["GET", "POST", "DELETE"]),
    Route("/clock", clock, methods=["GET", "POST"]),
    Route("/choices", choices, methods=["GET", "PATCH"]),
    Route("/choices/values", choice_values),
    Route("/reset", reset, methods=["POST"]),
]
