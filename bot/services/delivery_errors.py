"""How sending a message can fail, as the outbox worker needs to know it."""


class RetryLater(Exception):
    """Not sent; it may work in `retry_after_s` seconds (0: no advice).

    `maybe_sent`: there was no answer, or none that says whether it was sent.
    """

    def __init__(self, why: str, retry_after_s: float = 0.0, *, maybe_sent: bool = False) -> None:
        super().__init__(why)
        self.retry_after_s = retry_after_s
        self.maybe_sent = maybe_sent


class PermanentFailure(Exception):
    """Not sent, and no retry will mend it."""
