"""Countries, currencies and categories of the sandbox."""

from typing import Any

from bot.sandbox.vendors.currencies import precision_of

COUNTRIES: dict[int, dict[str, Any]] = {
    number: {
        "id": number,
        "name": name,
        "official_name": official,
        "alpha_2": alpha_2,
        "alpha_3": alpha_3,
        "numeric_code": numeric,
        "dialing_prefix": prefix,
    }
    for number, name, official, alpha_2, alpha_3, numeric, prefix in (
        (1, "United States", "United States of America", "US", "USA", "840", "+1"),
        (
            2,
            "United Kingdom",
            "United Kingdom of Great Britain and Northern Ireland",
            "GB",
            "GBR",
            "826",
            "+44",
        ),
        (3, "France", "French Republic", "FR", "FRA", "250", "+33"),
        (4, "Spain", "Kingdom of Spain", "ES", "ESP", "724", "+34"),
        (5, "Italy", "Italian Republic", "IT", "ITA", "380", "+39"),
        (6, "Netherlands", "Kingdom of the Netherlands", "NL", "NLD", "528", "+31"),
        (7, "Canada", "Canada", "CA", "CAN", "124", "+1"),
        (8, "Australia", "Commonwealth of Australia", "AU", "AUS", "036", "+61"),
        (9, "Japan", "Japan", "JP", "JPN", "392", "+81"),
        (10, "India", "Republic of India", "IN", "IND", "356", "+91"),
        (11, "Brazil", "Federative Republic of Brazil", "BR", "BRA", "076", "+55"),
        (12, "Austria", "Republic of Austria", "AT", "AUT", "040", "+43"),
        (13, "Belgium", "Kingdom of Belgium", "BE", "BEL", "056", "+32"),
        (14, "Germany", "Federal Republic of Germany", "DE", "DEU", "276", "+49"),
        (15, "Switzerland", "Swiss Confederation", "CH", "CHE", "756", "+41"),
        (16, "Sweden", "Kingdom of Sweden", "SE", "SWE", "752", "+46"),
        (17, "Poland", "Republic of Poland", "PL", "POL", "616", "+48"),
        (18, "Mexico", "United Mexican States", "MX", "MEX", "484", "+52"),
        (19, "United Arab Emirates", "United Arab Emirates", "AE", "ARE", "784", "+971"),
        (20, "Singapore", "Republic of Singapore", "SG", "SGP", "702", "+65"),
        (21, "Kuwait", "State of Kuwait", "KW", "KWT", "414", "+965"),
        (22, "Ireland", "Ireland", "IE", "IRL", "372", "+353"),
        (23, "Portugal", "Portuguese Republic", "PT", "PRT", "620", "+351"),
        (250, "Global", "Global", "ZZ", "GLO", "000", "+0"),
    )
}

CURRENCIES: dict[str, dict[str, Any]] = {
    code: {"id": number, "name": name, "currency": code, "precision": precision_of(code)}
    for number, code, name in (
        (1, "USD", "US Dollar"),
        (2, "EUR", "Euro"),
        (3, "GBP", "Pound Sterling"),
        (4, "JPY", "Japanese Yen"),
        (5, "CAD", "Canadian Dollar"),
        (6, "AUD", "Australian Dollar"),
        (7, "INR", "Indian Rupee"),
        (8, "BRL", "Brazilian Real"),
        (9, "CHF", "Swiss Franc"),
        (10, "SEK", "Swedish Krona"),
        (11, "PLN", "Polish Zloty"),
        (12, "MXN", "Mexican Peso"),
        (13, "AED", "UAE Dirham"),
        (14, "SGD", "Singapore Dollar"),
        (15, "KWD", "Kuwaiti Dinar"),
    )
}
CURRENCY_CODES = {row["id"]: code for code, row in CURRENCIES.items()}

CATEGORIES = dict(
    enumerate(
        (
            "Gaming",
            "Shopping",
            "Food",
            "Travel",
            "Entertainment",
            "Fashion",
            "Electronics",
            "Home",
            "Prepaid",
        ),
        1,
    )
)
SUBCATEGORIES = dict(
    enumerate(
        (
            "Beauty",
            "Books",
            "Console",
            "Delivery",
            "Department Store",
            "Flights",
            "Groceries",
            "Hotels",
            "In-Game Currency",
            "Mobile Apps",
            "Music",
            "PC Games",
            "Rail and Coach",
            "Restaurants",
            "Ride Hailing",
            "Sports",
            "Streaming",
            "Subscription",
        ),
        1,
    )
)
