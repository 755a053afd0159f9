"""Products, and what vendors call their codes."""

from sqlite_utils import Database


def m008_catalogue(db: Database) -> None:
    db.executescript("""
        CREATE TABLE products (
            id INTEGER PRIMARY KEY,
            key TEXT NOT NULL UNIQUE,
            vendor TEXT NOT NULL,
            kind TEXT NOT NULL,
            product_id TEXT NOT NULL,
            name TEXT NOT NULL,
            sort_name TEXT NOT NULL,
            category TEXT NOT NULL,
            country TEXT NOT NULL,
            currency TEXT NOT NULL,
            face_values TEXT NOT NULL,
            discounts TEXT NOT NULL,
            sub_category TEXT,
            delivery_mode TEXT,
            delivery_time TEXT,
            validity TEXT,
            image_url TEXT,
            brand TEXT,
            brand_key TEXT NOT NULL DEFAULT '',
            gone INTEGER NOT NULL DEFAULT 0 CHECK (gone IN (0, 1))
        ) STRICT;
        CREATE INDEX products_by_name ON products (sort_name, country, currency, id) WHERE gone = 0;
        CREATE INDEX products_by_country ON products (country) WHERE gone = 0;
        CREATE INDEX products_by_currency ON products (currency) WHERE gone = 0;
        CREATE INDEX products_by_category ON products (category) WHERE gone = 0;
        CREATE INDEX products_by_brand ON products (brand_key) WHERE gone = 0;
        CREATE TABLE names (
            kind TEXT NOT NULL CHECK (kind IN ('country', 'currency', 'category')),
            code TEXT NOT NULL,
            name TEXT NOT NULL,
            PRIMARY KEY (kind, code)
        ) STRICT, WITHOUT ROWID;
    """)


STEPS = (m008_catalogue,)
