CREATE TABLE IF NOT EXISTS clients (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    api_key TEXT NOT NULL UNIQUE,
    api_secret TEXT NOT NULL,
    ip_list TEXT NOT NULL DEFAULT '[]',
    vouchers_enabled INTEGER NOT NULL DEFAULT 1,
    bulk_limit INTEGER NOT NULL DEFAULT 250
) STRICT;

CREATE TABLE IF NOT EXISTS client_products (
    client_id INTEGER NOT NULL REFERENCES clients,
    product_id INTEGER NOT NULL REFERENCES products,
    hidden INTEGER NOT NULL DEFAULT 0,
    discount TEXT,
    PRIMARY KEY (client_id, product_id)
) STRICT;

CREATE TABLE IF NOT EXISTS tokens (
    id TEXT PRIMARY KEY,
    client_id INTEGER NOT NULL REFERENCES clients,
    kind TEXT NOT NULL CHECK (kind IN ('access', 'refresh')),
    expires_at REAL NOT NULL,
    revoked INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE IF NOT EXISTS products (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    category TEXT NOT NULL,
    sub_category TEXT,
    country_code TEXT NOT NULL,
    currency_code TEXT NOT NULL,
    image_url TEXT,
    delivery_mode TEXT,
    delivery_time TEXT,
    validity TEXT,
    terms TEXT,
    details TEXT,
    how_to_use TEXT,
    denominations TEXT NOT NULL,
    code_pattern TEXT NOT NULL,
    active INTEGER NOT NULL DEFAULT 1,
    stock INTEGER NOT NULL CHECK (stock >= 0)
) STRICT;
CREATE INDEX IF NOT EXISTS products_by_name ON products (name COLLATE NOCASE, id);

CREATE TABLE IF NOT EXISTS forex (
    source TEXT NOT NULL,
    destination TEXT NOT NULL,
    rate TEXT NOT NULL,
    PRIMARY KEY (source, destination)
) STRICT;

CREATE TABLE IF NOT EXISTS wallets (
    id INTEGER PRIMARY KEY,
    client_id INTEGER NOT NULL REFERENCES clients,
    currency TEXT NOT NULL,
    type TEXT NOT NULL CHECK (type IN ('PREPAID', 'POSTPAID')),
    balance INTEGER NOT NULL DEFAULT 0,
    credit_limit INTEGER NOT NULL DEFAULT 0 CHECK (type = 'POSTPAID' OR credit_limit = 0),
    UNIQUE (client_id, currency),
    CHECK (balance >= -credit_limit)
) STRICT;

CREATE TABLE IF NOT EXISTS transactions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    wallet_id INTEGER NOT NULL REFERENCES wallets,
    amount INTEGER NOT NULL CHECK (amount >= 0),
    transaction_type TEXT NOT NULL CHECK (transaction_type IN ('CREDIT', 'DEBIT')),
    status TEXT NOT NULL DEFAULT 'COMPLETED',
    source_currency TEXT,
    destination_currency TEXT,
    forex_rate TEXT,
    conversion_charges TEXT,
    remarks TEXT NOT NULL,
    order_id INTEGER,
    balance_after INTEGER NOT NULL,
    created_at REAL NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS transactions_of_wallet ON transactions (wallet_id, id);

CREATE TABLE IF NOT EXISTS orders (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    client_id INTEGER NOT NULL REFERENCES clients,
    product_id INTEGER NOT NULL,
    product_name TEXT NOT NULL,
    denomination INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    discount INTEGER NOT NULL,
    client_reference TEXT,
    wallet_id INTEGER NOT NULL REFERENCES wallets,
    status TEXT NOT NULL,
    base_currency TEXT NOT NULL,
    deduction_currency TEXT NOT NULL,
    message TEXT NOT NULL,
    email TEXT,
    debited INTEGER NOT NULL,
    forex_rate TEXT,
    steps TEXT NOT NULL,
    due_at REAL,
    created_at REAL NOT NULL,
    delivered_at REAL,
    UNIQUE (client_id, client_reference)
) STRICT;
CREATE INDEX IF NOT EXISTS orders_due ON orders (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE IF NOT EXISTS vouchers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    order_id INTEGER NOT NULL REFERENCES orders,
    card_number TEXT UNIQUE,
    pin_code TEXT,
    claim_url TEXT UNIQUE,
    expires_at REAL,
    voucher_reference_number TEXT,
    revealed INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX IF NOT EXISTS vouchers_of_order ON vouchers (order_id);

CREATE TABLE IF NOT EXISTS events (
    id TEXT PRIMARY KEY,
    type TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at REAL,
    delivered_at REAL,
    last_answer TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS events_due ON events (due_at) WHERE due_at IS NOT NULL;
