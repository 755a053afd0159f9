"""Behaviour that the contract leaves open: the default, and the alternatives."""

from dataclasses import dataclass
from typing import Literal

from bot.sandbox.vendors import choices


@dataclass
class Choices(choices.Choices):
    """The back office changes them at run time."""

    reads: Literal["once", "always", "never"] = "once"  # when GET shows codes in clear (7.3)
    lost_answers_reveal: bool = True  # codes in a response that was lost count as shown (G2)
    out_of_stock: Literal["refuse", "fail"] = "refuse"  # 400 without debit, or 201 FAILED with refund (G6)
    partial_refund: Literal["proportional", "none"] = "proportional"  # G8
    order_timestamps: bool = False  # created_at and delivered_on in order reads (7.1)
    insufficient_funds_status: Literal[400, 402, 409, 422] = 400  # G5
    feature_off_status: Literal[400, 403] = 400  # 14, a conflict in the documentation
    delayed_products: Literal["ignore", "pending"] = (
        "ignore"  # 6.2: is a small order of a Delayed one PENDING?
    )
    async_delay_s: float = 3.0
    rate_limits: bool = True
