"""Why a use case did not do what was asked. Every message is for the person who asked."""

from collections.abc import Mapping, Sequence

from bot.domain.orders import Order
from bot.domain.policy import Denial
from bot.domain.quotes import Quote


class RequestRejected(Exception):
    """Nothing was done; `str()` says why and what to do about it."""

    is_audited = False  # in the audit log already
    denials: tuple[Denial, ...] = ()  # of the policy, where it is what stands against it


class NotPermitted(RequestRejected):
    """The policy does not let this person do this."""

    def __init__(self, denial: Denial) -> None:
        super().__init__(denial.sentence)
        self.denial = denial
        self.denials = (denial,)


class BadRequest(RequestRejected):
    """Some fields are not right: `errors` has a message for each, by field name."""

    def __init__(self, errors: Mapping[str, str], denials: Sequence[Denial] = ()) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = dict(errors)
        self.denials = tuple(denials)


class FieldError(BadRequest):
    """One field is not right; the message says what would be."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__({field: message})


class VendorUnavailable(RequestRejected):
    """The vendor did not answer, or not in time. Nothing that was typed is lost; try again."""


class PriceChanged(RequestRejected):
    """The charge is not the one that was shown. `quote_id` and `quote` are what it is now."""

    def __init__(self, message: str, quote_id: int, quote: Quote) -> None:
        super().__init__(message)
        self.quote_id = quote_id
        self.quote = quote


class StaleOrder(RequestRejected):
    """The order is past the point where this could be done to it."""

    def __init__(self, message: str, order: Order, denial: Denial | None = None) -> None:
        super().__init__(message)
        self.order = order
        self.denials = (denial,) if denial else ()


class DuplicateSubmission(RequestRejected):
    """This form was sent before, and said something else then."""

    def __init__(self, order: Order) -> None:
        super().__init__(
            f"This form was already sent, as {order.client_reference}, and that request stays as it is. "
            "What you changed since was not requested: open a new form with `/giftcard` for it."
        )
        self.order = order


class NotFound(RequestRejected):
    """No order has this reference, or none that this person may see."""


class NoCodes(RequestRejected):
    """There is nothing to show yet, or never will be: the order's state tells why."""

    def __init__(self, order: Order) -> None:
        super().__init__(f"{order.client_reference} has no codes to show.")
        self.order = order


class NothingToLookUp(StaleOrder):
    """Nothing the vendor could tell would change the order."""

    def __init__(self, order: Order) -> None:
        super().__init__(f"There is nothing to look up for {order.client_reference}.", order)


class PurchaseInProgress(StaleOrder):
    """A worker is buying the order at this moment."""

    def __init__(self, order: Order) -> None:
        super().__init__(f"{order.client_reference} is being bought at this moment.", order)
