"""`giftcard sandbox cardpluspay`: the CardPlusPay stand-in on this machine."""

from decimal import Decimal, InvalidOperation
from pathlib import Path

import click

from bot.sandbox.cardpluspay.accounts import CURRENCIES
from bot.sandbox.cardpluspay.app import build
from bot.sandbox.cardpluspay.choices import Choices
from bot.sandbox.cardpluspay.faults import FAULT_CATALOGUE
from bot.sandbox.cardpluspay.signing import public_key as rsa_key
from bot.sandbox.cardpluspay.vendor import BASE_PATH, FIRST_IDS, SCHEMA, FirstAccount, Vendor
from bot.sandbox.vendors.command_line import run_stand_in, stand_in_options
from bot.sandbox.vendors.currencies import minor_units
from bot.sandbox.vendors.database import Database
from bot.sandbox.vendors.faults import FaultPlan


def _choices(_context: click.Context, _option: click.Parameter, pairs: tuple[str, ...]) -> Choices:
    choices = Choices()
    try:
        choices.change_by_words(dict(pair.partition("=")[::2] for pair in pairs))
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
    return choices


def _amount(_context: click.Context, _option: click.Parameter, text: str) -> Decimal:
    try:
        amount = Decimal(text)
        minor_units(amount, "USD")
    except (InvalidOperation, ValueError) as error:
        raise click.BadParameter("an amount such as 25000.00") from error
    if amount < 0:
        raise click.BadParameter("an amount from 0")
    return amount


def _pem(_context: click.Context, _option: click.Parameter, file: Path | None) -> str | None:
    if file is None:
        return None
    try:
        rsa_key(text := file.read_text())
    except ValueError as error:
        raise click.BadParameter(f"no RSA public key in PEM: {error}") from error
    return text


@click.command()
@stand_in_options(port=4020)
@click.option("--api-key", default="acme-cardpluspay-key", show_default=True)
@click.option("--currency", type=click.Choice(CURRENCIES), default="USD", show_default=True)
@click.option("--balance", callback=_amount, default="25000.00", show_default=True)
@click.option(
    "--public-key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    callback=_pem,
    help="Switches request signing on for the first account: its RSA public key in PEM.",
)
@click.option("--challenge-path", default=f"{BASE_PATH}/challenge", show_default=True)
@click.option(
    "--choose",
    "choices",
    metavar="NAME=VALUE",
    multiple=True,
    callback=_choices,
    help="Decide otherwise where the contract is silent.",
)
def cardpluspay(
    host: str,
    port: int,
    state: Path | None,
    products: int | None,
    api_key: str,
    currency: str,
    balance: Decimal,
    public_key: str | None,
    challenge_path: str,
    choices: Choices,
) -> None:
    """Stand in for the CardPlusPay API.

    The first line printed is JSON with the address and the environment variables a client needs.
    """
    vendor = Vendor(
        db=Database(state, SCHEMA, FIRST_IDS),
        choices=choices,
        faults=FaultPlan(FAULT_CATALOGUE),
        product_count=products,
        first_account=FirstAccount(api_key, currency, balance, public_key),
        challenge_path=challenge_path,
    )

    def announced(address: str) -> dict[str, object]:
        return {"env": {"CARDPLUSPAY_BASE_URL": f"{address}{BASE_PATH}", "CARDPLUSPAY_API_KEY": api_key}}

    run_stand_in(vendor, build, (host, port), announced)
