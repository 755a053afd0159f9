"""The desk and the vendor of the purchases."""

from tests.integration.purchase.conftest import clock, desk, office, vendor

__all__ = ["clock", "desk", "office", "vendor"]
