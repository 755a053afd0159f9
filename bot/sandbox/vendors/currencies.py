"""Currencies of the sandbox: their precision, and fixed exchange rates."""

from decimal import ROUND_HALF_UP, Decimal

OTHER_PRECISIONS = {"JPY": 0, "KWD": 3}

# The price of one euro; all other rates are derived from these.
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
    """The price of one `source` in `destination`, with up to six decimals."""
    rate = PER_EURO[destination] / PER_EURO[source]
    return Decimal(format(rate.quantize(Decimal("0.000001")).normalize(), "f"))


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Rounded half up to the currency's precision."""
    return amount.quantize(Decimal(1).scaleb(-precision_of(currency)), ROUND_HALF_UP)


def minor_units(amount: Decimal, currency: str) -> int:
    """1.60 EUR is 160. Raises ValueError for more decimals than the currency has."""
    units = amount.scaleb(precision_of(currency))
    if units != units.to_integral_value():
        raise ValueError(f"{amount} is finer than {currency} allows")
    return int(units)


def from_minor_units(units: int, currency: str) -> Decimal:
    """160 in EUR is 1.60, with as many decimals as the currency has."""
    return Decimal(units).scaleb(-precision_of(currency))


def precision_of(currency: str) -> int:
    """The number of decimals of its amounts."""
    return OTHER_PRECISIONS.get(currency, 2)
