"""Currencies of the sandbox: their smallest coins, and fixed exchange rates."""

from decimal import ROUND_HALF_UP, Decimal

OTHER_PRECISIONS = {"JPY": 0, "KWD": 3}

# What one euro buys. Crosses are derived from it.
PER_EURO = {
    code: Decimal(rate)
    for code, rate in {
        "EUR": "1",
        "USD": "1.08",
        "GBP": "0.85",
        "JPY": "168.40",
        "CAD": "1.48",
        "AUD": "1.64",
        "INR": "90.55",
        "BRL": "5.93",
        "CHF": "0.95",
        "SEK": "11.32",
        "PLN": "4.29",
        "MXN": "19.80",
        "AED": "3.97",
        "SGD": "1.45",
        "KWD": "0.331",
    }.items()
}


def usual_rate(source: str, destination: str) -> Decimal:
    """How much of `destination` one unit of `source` buys, to six significant decimals."""
    rate = PER_EURO[destination] / PER_EURO[source]
    return Decimal(format(rate.quantize(Decimal("0.000001")).normalize(), "f"))


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Half up, to the currency's precision."""
    return amount.quantize(Decimal(1).scaleb(-precision_of(currency)), ROUND_HALF_UP)


def minor_units(amount: Decimal, currency: str) -> int:
    """1.60 EUR is 160. Raises ValueError when the currency has no such small coins."""
    units = amount.scaleb(precision_of(currency))
    if units != units.to_integral_value():
        raise ValueError(f"{amount} is finer than {currency} allows")
    return int(units)


def from_minor_units(units: int, currency: str) -> Decimal:
    """160 of EUR is 1.60, with as many decimals as the currency has."""
    return Decimal(units).scaleb(-precision_of(currency))


def precision_of(currency: str) -> int:
    """How many decimals its amounts have."""
    return OTHER_PRECISIONS.get(currency, 2)
