"""The vendors that are set up, as clients: the one place that knows how each of them is opened."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from bot.account_lock import AccountLock
from bot.config import (
    BadSettings,
    CardPlusPaySettings,
    ConfigError,
    OctopusSettings,
    Problem,
    Settings,
    VendorSettings,
)
from bot.domain.orders import FINAL, OrderState
from bot.providers.contract import Provider
from bot.providers.octopus import QUOTAS, SANDBOX_QUOTAS, OctopusCards, Pace
from bot.usecases.desk import Desk

_LOOKED_THROUGH = 10_000
_NAMED_AT_MOST = 3


class VendorNotSetUp(ConfigError):
    """Orders are under way at a vendor that the settings no longer have."""


def open_vendors(settings: Settings) -> dict[str, Provider]:
    """By name, always in the same order. Raises BadSettings."""
    return {vendor.name: open_vendor(vendor) for vendor in settings.vendors}


def open_vendor(vendor: VendorSettings) -> Provider:
    """Raises BadSettings where a file that the settings name is not what it should be."""
    match vendor:
        case OctopusSettings():
            return OctopusCards(
                vendor.base_url,
                vendor.api_key.get_secret_value(),
                vendor.api_secret.get_secret_value(),
                pace=Pace(QUOTAS if vendor.environment == "live" else SANDBOX_QUOTAS),
            )
        case CardPlusPaySettings():
            from bot.providers.cardpluspay import CardPlusPay, Signing

            signing = None
            if vendor.signing_key and vendor.challenge_path:
                signing = Signing(read_signing_key(vendor.signing_key), vendor.challenge_path)
            return CardPlusPay(vendor.base_url, vendor.api_key.get_secret_value(), signing=signing)
    raise AssertionError(f"{vendor.title} has settings and no client")


@contextmanager
def lock_accounts(settings: Settings, providers: Mapping[str, Provider]) -> Iterator[None]:
    """Keep the accounts in which purchases are told apart by being made one at a time to ourselves.

    Raises AccountInUse.
    """
    with ExitStack() as locks:
        for vendor in settings.vendors:
            if providers[vendor.name].by_reference is None:
                account = f"{vendor.base_url}\0{vendor.api_key.get_secret_value()}"
                locks.callback(AccountLock(vendor.name, account, settings.database).release)
        yield


def check_orders_have_vendors(desk: Desk) -> None:
    """Raises VendorNotSetUp: what is under way could be neither looked up nor delivered."""
    under_way = [state for state in OrderState if state not in FINAL]
    stranded = [
        order
        for order in desk.store.orders.in_states(under_way, limit=_LOOKED_THROUGH)
        if order.terms.provider not in desk.providers
    ]
    if stranded:
        named = ", ".join(order.client_reference for order in stranded[:_NAMED_AT_MOST])
        more = " and more" if len(stranded) > _NAMED_AT_MOST else ""
        vendors = " and ".join(sorted({order.terms.provider for order in stranded}))
        raise VendorNotSetUp(
            f"{named}{more} in this database are under way with {vendors}, which the settings do not have "
            "any more. Put its settings back until every order is closed; to stop new ones there, forbid it "
            "in the policy."
        )


def read_signing_key(path: Path) -> RSAPrivateKey:
    """Raises BadSettings, which never shows what is in the file."""
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except OSError as failure:
        raise _no_key(path, f"cannot be read ({type(failure).__name__})") from failure
    except TypeError as locked:
        raise _no_key(path, "is locked with a password") from locked
    except (ValueError, UnsupportedAlgorithm) as foreign:
        raise _no_key(path, "holds no private key in PEM format") from foreign
    if not isinstance(key, RSAPrivateKey):
        raise _no_key(path, "holds a key of another kind than RSA")
    return key


def _no_key(path: Path, what: str) -> BadSettings:
    mend = "give a PEM file with an RSA private key and no password, readable by the bot alone"
    return BadSettings([Problem("CARDPLUSPAY_SIGNING_KEY", f"{path} {what}", mend)])
