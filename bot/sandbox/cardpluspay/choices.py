"""Where the vendor's pages are silent: what the stand-in does, and what it can do instead."""

from dataclasses import dataclass
from typing import Literal

from bot.sandbox.vendors import choices


@dataclass
class Choices(choices.Choices):
    """Each can be switched for all requests through the back office, for one by the fault `choose`."""

    created_status: Literal[200, 201] = 200
    catalog_list: Literal["products", "items", "bare"] = "products"  # the key of the list; bare: `data` is it
    catalog_money: Literal["number", "string"] = "number"
    brand_filter: Literal["exact", "partial"] = "exact"
    pages: Literal["page", "ignored"] = "page"
    orders_per_page: Literal["10", "none"] = "10"  # when the caller names no page size
    out_of_range: Literal["refuse", "clamp"] = "refuse"
    unknown_item_on_create: Literal[400, 404] = 400
    unknown_item_on_catalog: Literal[404, 200] = 404
    unknown_item_on_check: Literal[404, 400] = 404
    unavailable_status: Literal[400, 200] = 400
    unavailable_details: bool = True  # has a failed stock check `data`
    failure_data: Literal["empty", "absent", "null"] = "empty"
    field_errors: bool = True  # does a 422 say in `data.errors` what is wrong with which field
    money: Literal["documented", "swapped"] = "documented"  # swapped: string for number and the reverse
    single_type: Literal["bulk", "single"] = "bulk"
    codes_on_read: Literal["sampled", "full"] = "sampled"  # full: as in the answer to the purchase, with PIN
    list_entries: Literal["dated", "sampled"] = "dated"
    late_delivery: Literal["off", "seconds", "polls"] = "off"
    late_by: int = 3  # so many seconds or polls
    unready_codes: Literal["empty", "null", "absent"] = "empty"
    debit: Literal["creation", "fulfilment"] = "creation"
    refused_orders: Literal["no-row", "failed-row"] = "no-row"
    order_ids: Literal["rising", "scattered"] = "rising"
    list_lag_s: float = 0.0
    calls_per_minute: int = 0  # 0: no limit
    retry_after: bool = True  # does a 429 say when to come back
    key_header: Literal["any-case", "exact"] = "any-case"
