"""What a soak comes to: the counts, and every difference between the vendor's books and ours."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """The last three lists are what must be empty; `other` is whatever else is not as it should be."""

    orders: int
    kills: int
    states: Counter[str]
    double_purchases: list[str]
    lost_codes: list[str]
    unexplained_cents: list[str]
    other: list[str]

    @property
    def clean(self) -> bool:
        return not (self.double_purchases or self.lost_codes or self.unexplained_cents or self.other)

    def lines(self) -> Iterator[str]:
        yield f"orders             {self.orders}"
        yield f"  ended            {', '.join(f'{n} {state}' for state, n in self.states.most_common())}"
        yield f"kills              {self.kills}"
        yield f"double purchases   {len(self.double_purchases)}"
        yield f"lost codes         {len(self.lost_codes)}"
        yield f"unexplained cents  {len(self.unexplained_cents)}"
        found = self.double_purchases + self.lost_codes + self.unexplained_cents + self.other
        yield from (f"  ! {line}" for line in found)
