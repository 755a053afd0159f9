from tests.integration.octopus_sandbox.conftest import process, vendor

__all__ = ["process", "vendor"]
