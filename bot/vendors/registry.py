"""The vendors that are set up, as clients: the one place that knows how each of them is opened."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from bot.config import (
    CardPlusPaySettings,
    ConfigError,
    ConfigProblem,
    InvalidSettings,
    OctopusSettings,
    Settings,
    VendorSettings,
)
from bot.domain.lifecycle import OrderState
from bot.domain.orders import TERMINAL_STATES
from bot.ops.guards.account_lock import AccountLock
from bot.services.context import AppContext
from bot.vendors.contract import Vendor
from bot.vendors.octopus import QUOTAS, SANDBOX_QUOTAS, OctopusCards, OctopusRateLimiter

_LOOKED_THROUGH = 10_000
_NAMED_AT_MOST = 3


class VendorNotConfigured(ConfigError):
    """Orders are under way at a vendor that the settings no longer have."""


def open_vendors(settings: Settings) -> dict[str, Vendor]:
    """By name, always in the same order. Raises BadSettings."""
    return {vendor_settings.name: open_vendor(vendor_settings) for vendor_settings in settings.vendors}


def open_vendor(vendor_settings: VendorSettings) -> Vendor:
    """Raises BadSettings where a file that the settings name is not what it should be."""
    match vendor_settings:
        case OctopusSettings():
            return OctopusCards(
                vendor_settings.base_url,
                vendor_settings.api_key.get_secret_value(),
                vendor_settings.api_secret.get_secret_value(),
                rate_limiter=OctopusRateLimiter(
                    QUOTAS if vendor_settings.environment == "live" else SANDBOX_QUOTAS
                ),
            )
        case CardPlusPaySettings():
            from bot.vendors.cardpluspay import CardPlusPay, RequestSigner

            signing = None
            if vendor_settings.signing_key and vendor_settings.challenge_path:
                signing = RequestSigner(
                    read_signing_key(vendor_settings.signing_key), vendor_settings.challenge_path
                )
            return CardPlusPay(
                vendor_settings.base_url, vendor_settings.api_key.get_secret_value(), signing=signing
            )
    raise AssertionError(f"{vendor_settings.title} has settings and no client")


@contextmanager
def lock_accounts(settings: Settings, vendors: Mapping[str, Vendor]) -> Iterator[None]:
    """Keep the accounts in which purchases are told apart by being made one at a time to ourselves.

    Raises AccountInUse.
    """
    with ExitStack() as locks:
        for vendor_settings in settings.vendors:
            if vendors[vendor_settings.name].reference_lookup is None:
                account = f"{vendor_settings.base_url}\0{vendor_settings.api_key.get_secret_value()}"
                locks.callback(AccountLock(vendor_settings.name, account, settings.database).release)
        yield


def check_orders_have_vendors(ctx: AppContext) -> None:
    """Raises VendorNotSetUp: what is under way could be neither looked up nor delivered."""
    under_way = [state for state in OrderState if state not in TERMINAL_STATES]
    stranded = [
        order
        for order in ctx.store.orders.in_states(under_way, limit=_LOOKED_THROUGH)
        if order.terms.vendor not in ctx.vendors
    ]
    if stranded:
        named = ", ".join(order.client_reference for order in stranded[:_NAMED_AT_MOST])
        more = " and more" if len(stranded) > _NAMED_AT_MOST else ""
        vendors = " and ".join(sorted({order.terms.vendor for order in stranded}))
        raise VendorNotConfigured(
            f"{named}{more} in this database are under way with {vendors}, which the settings do not have "
            "any more. Put its settings back until every order is closed; to stop new ones there, forbid it "
            "in the policy."
        )


def read_signing_key(path: Path) -> RSAPrivateKey:
    """Raises BadSettings, which never shows what is in the file."""
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise _no_key(path, f"cannot be read ({type(error).__name__})") from error
    except TypeError as error:
        raise _no_key(path, "is locked with a password") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise _no_key(path, "holds no private key in PEM format") from error
    if not isinstance(key, RSAPrivateKey):
        raise _no_key(path, "holds a key of another kind than RSA")
    return key


def _no_key(path: Path, what: str) -> InvalidSettings:
    hint = "give a PEM file with an RSA private key and no password, readable by the bot alone"
    return InvalidSettings([ConfigProblem("CARDPLUSPAY_SIGNING_KEY", f"{path} {what}", hint)])
