"""The desk and the vendor of the purchases."""

from tests.integration.purchase.conftest import back_office, clock, ctx, vendor

__all__ = ["back_office", "clock", "ctx", "vendor"]
