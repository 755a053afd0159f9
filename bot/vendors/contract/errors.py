"""The three ways in which a call to a vendor can fail: surely not sent, refused, or nobody knows."""


class VendorError(Exception):
    """A call to a vendor failed. The message holds no secret and nothing that is in an order."""

    def __init__(self, message: str, *, request_id: str | None = None) -> None:
        super().__init__(message)
        self.request_id = request_id  # the vendor's X-Request-Id, where the response had one


class NotSent(VendorError):
    """The vendor surely did nothing: it may be tried again, after `retry_after_s` if given."""

    def __init__(
        self, message: str, *, request_id: str | None = None, retry_after_s: float | None = None
    ) -> None:
        super().__init__(message, request_id=request_id)
        self.retry_after_s = retry_after_s


class Refused(VendorError):
    """The vendor refused and moved no money. `code` is the vendor's error code, or the nearest of ours."""

    def __init__(
        self,
        message: str,
        *,
        code: str,
        status: int,
        request_id: str | None = None,
        may_have_purchased: bool = False,
    ) -> None:
        super().__init__(message, request_id=request_id)
        self.code = code
        self.status = status
        # Such a refusal may hide a purchase, so the order is looked up before it is believed.
        self.may_have_purchased = may_have_purchased

    @property
    def insufficient_funds(self) -> bool:
        return self.code == "INSUFFICIENT_FUNDS"

    @property
    def not_found(self) -> bool:
        return self.status == 404


class AccessDenied(Refused):
    """The vendor rejects our credentials or our IP address, or has the feature switched off for us."""


class OutcomeUnknown(VendorError):
    """It may or may not have happened: it is looked up, and never simply sent again."""


class InvalidWebhook(Exception):
    """A request that is not a fresh event from the vendor. `status` is the HTTP status to answer with.

    The message shows nothing of the request's content.
    """

    def __init__(self, why: str, *, status: int) -> None:
        super().__init__(why)
        self.status = status
