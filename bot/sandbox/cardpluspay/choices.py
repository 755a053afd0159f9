"""Behaviour that the vendor's documentation leaves open: the default, and the alternatives."""

from dataclasses import dataclass
from typing import Literal

from bot.sandbox.vendors import choices


@dataclass
class Choices(choices.Choices):
    """The back office changes a choice for all requests, the fault `choose` for one request."""

    created_status: Literal[200, 201] = 200
    catalog_list: Literal["products", "items", "bare"] = "products"  # bare: `data` is the list
    catalog_money: Literal["number", "string"] = "number"
    brand_filter: Literal["exact", "partial"] = "exact"
    pages: Literal["page", "ignored"] = "page"
    orders_per_page: Literal["10", "none"] = "10"  # the page size when the caller gives none
    out_of_range: Literal["refuse", "clamp"] = "refuse"
    unknown_item_on_create: Literal[400, 404] = 400
    unknown_item_on_catalog: Literal[404, 200] = 404
    unknown_item_on_check: Literal[404, 400] = 404
    unavailable_status: Literal[400, 200] = 400
    unavailable_details: bool = True  # whether a failed stock check has `data`
    failure_data: Literal["empty", "absent", "null"] = "empty"
    field_errors: bool = True  # whether a 422 lists the errors of each field in `data.errors`
    money: Literal["documented", "swapped"] = "documented"  # swapped: text for number and the reverse
    single_type: Literal["bulk", "single"] = "bulk"
    codes_on_read: Literal["sampled", "full"] = (
        "sampled"  # full: as in the response to the purchase, with PIN
    )
    list_entries: Literal["dated", "sampled"] = "dated"
    late_delivery: Literal["off", "seconds", "polls"] = "off"
    late_by: int = 3  # seconds or polls
    unready_codes: Literal["empty", "null", "absent"] = "empty"
    debit: Literal["creation", "fulfilment"] = "creation"
    refused_orders: Literal["no-row", "failed-row"] = "no-row"
    order_ids: Literal["rising", "scattered"] = "rising"
    list_lag_s: float = 0.0
    calls_per_minute: int = 0  # 0: no limit
    retry_after: bool = True  # whether a 429 has the header Retry-After
    key_header: Literal["any-case", "exact"] = "any-case"
