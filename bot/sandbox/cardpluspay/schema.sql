CREATE TABLE IF NOT EXISTS accounts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    api_key TEXT NOT NULL UNIQUE,
    currency TEXT NOT NULL,
    balance INTEGER NOT NULL DEFAULT 0 CHECK (balance >= 0),
    public_key TEXT,
    active INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE TABLE IF NOT EXISTS challenges (
    challenge TEXT PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES accounts,
    expires_at REAL NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS items (
    item_code TEXT PRIMARY KEY,
    shelf INTEGER NOT NULL,
    product_name TEXT NOT NULL,
    brand TEXT NOT NULL,
    category TEXT NOT NULL,
    value INTEGER NOT NULL, -- hundredths in every currency
    currency TEXT NOT NULL,
    price INTEGER NOT NULL CHECK (price > 0), -- US cents
    region TEXT NOT NULL,
    delivery_type TEXT NOT NULL,
    country_code TEXT NOT NULL,
    pins TEXT NOT NULL CHECK (pins IN ('always', 'never', 'mixed')),
    code_pattern TEXT NOT NULL,
    active INTEGER NOT NULL DEFAULT 1,
    stock INTEGER NOT NULL CHECK (stock >= 0)
) STRICT;
CREATE INDEX IF NOT EXISTS items_by_shelf ON items (shelf);

CREATE TABLE IF NOT EXISTS orders (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    order_id INTEGER NOT NULL UNIQUE,
    order_no TEXT NOT NULL UNIQUE,
    account_id INTEGER NOT NULL REFERENCES accounts,
    through TEXT NOT NULL CHECK (through IN ('api', 'dashboard')),
    item_code TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    email TEXT,
    type TEXT NOT NULL,
    status TEXT NOT NULL,
    value INTEGER NOT NULL,
    value_currency TEXT NOT NULL,
    unit_price INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    debited INTEGER NOT NULL DEFAULT 0,
    refunded INTEGER NOT NULL DEFAULT 0 CHECK (refunded BETWEEN 0 AND debited),
    due_at REAL,
    polls_left INTEGER,
    listed_from REAL NOT NULL,
    created_at REAL NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS orders_due ON orders (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS orders_of_account ON orders (account_id, number);

CREATE TABLE IF NOT EXISTS codes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    order_number INTEGER NOT NULL REFERENCES orders,
    code TEXT NOT NULL UNIQUE,
    metadata TEXT,
    charged INTEGER NOT NULL,
    status TEXT NOT NULL DEFAULT 'completed'
) STRICT;
CREATE INDEX IF NOT EXISTS codes_of_order ON codes (order_number);

CREATE TABLE IF NOT EXISTS movements (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL REFERENCES accounts,
    kind TEXT NOT NULL CHECK (kind IN ('opening', 'order', 'top-up', 'refund', 'adjustment')),
    change INTEGER NOT NULL,
    balance_after INTEGER NOT NULL,
    order_number INTEGER REFERENCES orders,
    reason TEXT NOT NULL,
    created_at REAL NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS movements_of_account ON movements (account_id, id);
