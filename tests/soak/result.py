"""What a soak comes to: the counts, and every difference between the vendors' orders and ours."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class AtVendor:
    """The last three lists are what must be empty; `other` is whatever else is not as it should be."""

    states: Counter[str]
    double_purchases: list[str]
    lost_codes: list[str]
    unexplained_cents: list[str]
    other: list[str]

    @property
    def found(self) -> list[str]:
        return self.double_purchases + self.lost_codes + self.unexplained_cents + self.other


@dataclass(frozen=True)
class Result:
    kills: int
    resolved: int  # orders of which two approvers said how they ended
    vendors: Mapping[str, AtVendor]
    other: list[str]

    @property
    def clean(self) -> bool:
        return not (self.other or any(vendor.found for vendor in self.vendors.values()))

    def lines(self) -> Iterator[str]:
        vendors = self.vendors.values()
        yield _line("", [*self.vendors, "in all"])
        yield _counted("orders", [vendor.states.total() for vendor in vendors])
        states = sum((vendor.states for vendor in vendors), Counter[str]())
        for state, _ in states.most_common():
            yield _counted(f"  {state}", [vendor.states[state] for vendor in vendors])
        yield _counted("double purchases", [len(vendor.double_purchases) for vendor in vendors])
        yield _counted("lost codes", [len(vendor.lost_codes) for vendor in vendors])
        yield _counted("unexplained cents", [len(vendor.unexplained_cents) for vendor in vendors])
        yield f"{self.kills} kills; {self.resolved} orders were closed by two approvers"
        found = [line for vendor in vendors for line in vendor.found] + self.other
        yield from (f"  ! {line}" for line in found)


def _counted(what: str, by_vendor: list[int]) -> str:
    return _line(what, [str(number) for number in [*by_vendor, sum(by_vendor)]])


def _line(what: str, columns: list[str]) -> str:
    return f"{what:20}" + "".join(f"{column:>14}" for column in columns)
