"""Faults that tests and the fault panel arm; each happens `times` times."""

from dataclasses import dataclass, fields

from bot.sandbox.slack.protocol import Json, SlackError

PAYLOAD_FAULTS = ("late_ack", "lost_ack", "duplicate", "unreachable")
CALL_FAULTS = ("rate_limited", "server_error", "refused", "drop_before", "drop_after")
OTHER_FAULTS = ("expired_trigger", "offline")
ONLY_FOR = {"retry_after": "rate_limited", "status": "server_error", "error": "refused"}


@dataclass
class Fault:
    kind: str
    times: int
    method: str | None = None  # Web API method or payload type; None: any
    user: str | None = None
    retry_after: int = 1
    status: int = 500
    error: str = "fatal_error"  # the error code of `refused`

    def shown(self) -> Json:
        """Without the fields that do not apply to this kind of fault."""
        silent = {name for name, kind in ONLY_FOR.items() if kind != self.kind}
        return {name: value for name, value in vars(self).items() if value is not None and name not in silent}


class Faults:
    def __init__(self) -> None:
        self._armed: list[Fault] = []

    def arm(self, params: Json) -> Fault:
        if params.get("kind") not in (*PAYLOAD_FAULTS, *CALL_FAULTS, *OTHER_FAULTS):
            raise SlackError("unknown_fault", kinds=[*PAYLOAD_FAULTS, *CALL_FAULTS, *OTHER_FAULTS])
        unknown = set(params) - {field.name for field in fields(Fault)}
        if unknown:
            raise SlackError(
                "invalid_arguments", detail=f"not a field of a fault: {', '.join(sorted(unknown))}"
            )
        if not isinstance(params.get("times", 1), int) or params.get("times", 1) < 1:
            raise SlackError("invalid_arguments", detail="times: a whole number from 1 on")
        fault = Fault(**{"times": 1, **params})
        self._armed.append(fault)
        return fault

    def armed(self) -> list[Json]:
        return [fault.shown() for fault in self._armed]

    def disarm(self) -> None:
        self._armed.clear()

    def take(self, kind: str, method: str | None = None, user: str | None = None) -> Fault | None:
        """The first armed fault that matches; counts down its `times`."""
        for fault in self._armed:
            fits = fault.method in (None, method) and fault.user in (None, user)
            if fault.kind == kind and fits:
                fault.times -= 1
                if fault.times <= 0:
                    self._armed.remove(fault)
                return fault
        return None
