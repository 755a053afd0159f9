"""The tables, as numbered steps from an empty file. A step is never edited after a release."""

# ruff: noqa: S608  (column definitions are put together from our own words)

import re

from sqlite_utils import Database, Migrations

APPLICATION_ID = 0x47434254  # "GCBT": how we know our own files
migrations = Migrations("giftcard")


def known_names() -> frozenset[str]:
    """Every step this version knows."""
    with Database(memory=True) as empty:
        return frozenset(step.name for step in migrations.pending(empty))


def _decimal(column: str) -> str:
    return f"CHECK ({column} GLOB '*[0-9]*' AND ltrim({column}, '-') NOT GLOB '*[^0-9.]*')"


def _money(name: str, null: str = "NOT NULL") -> str:
    amount, currency = f"{name}_amount", f"{name}_currency"
    return (
        f"{amount} TEXT {null} {_decimal(amount)}, {currency} TEXT {null}"
        f" CHECK (({amount} IS NULL) = ({currency} IS NULL))"
    )


_TERMS = f"""
    provider TEXT NOT NULL,
    product_id TEXT NOT NULL,
    {_money("denomination")},
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    wallet_id TEXT NOT NULL
"""
_STATES = (
    "'waiting', 'approved', 'placing', 'unsettled', 'placed', 'partly_delivered', 'delivered',"
    " 'codes_missing', 'declined', 'withdrawn', 'expired', 'refused', 'failed', 'cancelled'"
)


@migrations()
def m001_orders(db: Database) -> None:
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.executescript(f"""
        CREATE TABLE orders (
            id INTEGER PRIMARY KEY,
            client_reference TEXT NOT NULL UNIQUE COLLATE NOCASE,
            request_key TEXT NOT NULL UNIQUE,
            state TEXT NOT NULL CHECK (state IN ({_STATES})),
            requester_team TEXT NOT NULL,
            requester_user TEXT NOT NULL,
            {_TERMS},
            product_name TEXT NOT NULL,
            country TEXT NOT NULL,
            {_money("discount")},
            forex_rate TEXT {_decimal("forex_rate")},
            {_money("fee", null="")},
            {_money("charge")},
            {_money("balance_after")},
            reason TEXT NOT NULL,
            ticket_url TEXT,
            recipient_email TEXT,
            requested_at TEXT NOT NULL,
            state_since TEXT NOT NULL,
            next_at TEXT,
            attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
            provider_order_id TEXT,
            vendor_request_id TEXT,
            trouble TEXT,
            card_channel TEXT,
            card_ts TEXT
        ) STRICT;
        CREATE INDEX orders_by_requester ON orders (requester_team, requester_user, id);
        CREATE INDEX orders_by_due ON orders (state, next_at);
        CREATE TRIGGER orders_stay BEFORE DELETE ON orders
            BEGIN SELECT RAISE(ABORT, 'orders are never deleted'); END;
        CREATE TRIGGER orders_keep_their_terms BEFORE UPDATE OF
            client_reference, request_key, requester_team, requester_user, provider, product_id, quantity,
            denomination_amount, denomination_currency, wallet_id, reason, ticket_url, recipient_email
            ON orders
            BEGIN SELECT RAISE(ABORT, 'what was requested is never changed'); END;

        CREATE TABLE approvals (
            id INTEGER PRIMARY KEY,
            order_id INTEGER NOT NULL REFERENCES orders (id),
            digest TEXT NOT NULL,
            approver_team TEXT NOT NULL,
            approver_user TEXT NOT NULL,
            approved INTEGER NOT NULL CHECK (approved IN (0, 1)),
            reason TEXT,
            decided_at TEXT NOT NULL,
            UNIQUE (order_id, digest, approver_team, approver_user)
        ) STRICT;
        CREATE TRIGGER approvals_stay BEFORE DELETE ON approvals
            BEGIN SELECT RAISE(ABORT, 'approvals are never deleted'); END;
        CREATE TRIGGER approvals_are_final BEFORE UPDATE ON approvals
            BEGIN SELECT RAISE(ABORT, 'approvals are never changed'); END;
        CREATE TRIGGER approvals_need_other_eyes BEFORE INSERT ON approvals
            WHEN EXISTS (SELECT 1 FROM orders WHERE id = NEW.order_id
                AND requester_team = NEW.approver_team AND requester_user = NEW.approver_user)
            BEGIN SELECT RAISE(ABORT, 'nobody decides their own request'); END;
    """)


@migrations()
def m002_audit(db: Database) -> None:
    db.executescript("""
        CREATE TABLE audit (
            seq INTEGER PRIMARY KEY,
            at TEXT NOT NULL,
            actor_team TEXT,
            actor_user TEXT,
            actor_component TEXT,
            action TEXT NOT NULL,
            order_id INTEGER REFERENCES orders (id),
            client_reference TEXT,
            state_before TEXT,
            state_after TEXT,
            details TEXT NOT NULL,
            prev_hash TEXT NOT NULL,
            hash TEXT NOT NULL,
            CHECK ((actor_team IS NULL) = (actor_user IS NULL)),
            CHECK ((actor_user IS NULL) <> (actor_component IS NULL)),
            CHECK ((order_id IS NULL) = (client_reference IS NULL))
        ) STRICT;
        CREATE INDEX audit_by_order ON audit (order_id, seq);
        CREATE TRIGGER audit_continues BEFORE INSERT ON audit
            WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM audit)
                OR NEW.prev_hash IS NOT coalesce(
                    (SELECT hash FROM audit ORDER BY seq DESC LIMIT 1), printf('%064d', 0))
            BEGIN SELECT RAISE(ABORT, 'the audit log only continues where it ends'); END;
        CREATE TRIGGER audit_is_final BEFORE UPDATE ON audit
            BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END;
        CREATE TRIGGER audit_stays BEFORE DELETE ON audit
            BEGIN SELECT RAISE(ABORT, 'the audit log is never shortened'); END;
    """)


@migrations()
def m003_outbox_and_vouchers(db: Database) -> None:
    db.executescript("""
        CREATE TABLE outbox (
            id INTEGER PRIMARY KEY,
            kind TEXT NOT NULL,
            channel TEXT,
            person_team TEXT,
            person_user TEXT,
            order_id INTEGER REFERENCES orders (id),
            payload TEXT NOT NULL,
            key TEXT UNIQUE,
            created_at TEXT NOT NULL,
            expires_at TEXT,
            next_at TEXT NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            outcome TEXT CHECK (outcome IN ('sent', 'given_up')),
            result TEXT,
            why TEXT,
            destination TEXT GENERATED ALWAYS AS
                (coalesce(channel, person_team || '/' || person_user, '')) VIRTUAL
        ) STRICT;
        CREATE INDEX outbox_pending ON outbox (next_at, id) WHERE outcome IS NULL;
        CREATE INDEX outbox_pending_by_order ON outbox (order_id, destination, id) WHERE outcome IS NULL;

        CREATE TABLE vouchers (
            id INTEGER PRIMARY KEY,
            order_id INTEGER NOT NULL REFERENCES orders (id),
            position INTEGER NOT NULL CHECK (position > 0),
            fingerprint TEXT NOT NULL,
            is_clear INTEGER NOT NULL CHECK (is_clear IN (0, 1)),
            sealed TEXT NOT NULL,
            kept_at TEXT NOT NULL,
            UNIQUE (order_id, position),
            UNIQUE (order_id, fingerprint)
        ) STRICT;
        CREATE TRIGGER vouchers_stay BEFORE DELETE ON vouchers
            BEGIN SELECT RAISE(ABORT, 'paid vouchers are never deleted'); END;

        CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    """)


@migrations()
def m004_catalogue_and_quotes(db: Database) -> None:
    db.executescript(f"""
        CREATE TABLE products (
            id INTEGER PRIMARY KEY,
            key TEXT NOT NULL UNIQUE,
            provider TEXT NOT NULL,
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
            gone INTEGER NOT NULL DEFAULT 0 CHECK (gone IN (0, 1))
        ) STRICT;
        CREATE INDEX products_by_name ON products (sort_name, country, currency, id) WHERE NOT gone;
        CREATE INDEX products_by_country ON products (country) WHERE NOT gone;
        CREATE INDEX products_by_currency ON products (currency) WHERE NOT gone;
        CREATE INDEX products_by_category ON products (category) WHERE NOT gone;
        CREATE INDEX products_by_face_values ON products (face_values) WHERE NOT gone;
        CREATE VIRTUAL TABLE product_words USING fts5 (
            sort_name, country, currency, content = 'products', content_rowid = 'id',
            prefix = '1 2 3', tokenize = 'unicode61');
        CREATE TRIGGER products_enter AFTER INSERT ON products WHEN NOT NEW.gone BEGIN
            INSERT INTO product_words (rowid, sort_name, country, currency)
                VALUES (NEW.id, NEW.sort_name, NEW.country, NEW.currency);
        END;
        CREATE TRIGGER products_leave AFTER UPDATE OF sort_name, country, currency, gone ON products
        WHEN NOT OLD.gone BEGIN
            INSERT INTO product_words (product_words, rowid, sort_name, country, currency)
                VALUES ('delete', OLD.id, OLD.sort_name, OLD.country, OLD.currency);
        END;
        CREATE TRIGGER products_return AFTER UPDATE OF sort_name, country, currency, gone ON products
        WHEN NOT NEW.gone BEGIN
            INSERT INTO product_words (rowid, sort_name, country, currency)
                VALUES (NEW.id, NEW.sort_name, NEW.country, NEW.currency);
        END;
        CREATE TABLE countries (alpha3 TEXT PRIMARY KEY, name TEXT NOT NULL) STRICT, WITHOUT ROWID;

        CREATE TABLE quotes (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            {_TERMS},
            {_money("discount")},
            discount_percent TEXT NOT NULL {_decimal("discount_percent")},
            {_money("charge")},
            forex_rate TEXT {_decimal("forex_rate")},
            {_money("fee", null="")},
            {_money("tax", null="")},
            max_quantity INTEGER,
            {_money("wallet_balance")},
            quoted_at TEXT NOT NULL
        ) STRICT;
        CREATE INDEX quotes_by_age ON quotes (quoted_at);
    """)


@migrations()
def m005_alarms_and_resolutions(db: Database) -> None:
    """Two more states, what an overdue order needs, and how people close what nobody can find out."""
    _allow_more_states(db, "'not_bought', 'resolved'")
    for column in (
        "alarms INTEGER NOT NULL DEFAULT 0 CHECK (alarms >= 0)",
        "alarm_at TEXT",
        *_money_apart("expected_net"),
        *_money_apart("expected_debit"),
    ):
        db.execute(f"ALTER TABLE orders ADD COLUMN {column}")
    db.execute("CREATE INDEX orders_by_alarm ON orders (alarm_at) WHERE alarm_at IS NOT NULL")
    db.execute("""
        UPDATE orders SET alarm_at = strftime('%Y-%m-%dT%H:%M:%S.000000Z', 'now', '+1 hour')
        WHERE state IN ('waiting', 'approved', 'placing', 'unsettled', 'placed', 'partly_delivered',
            'codes_missing')
    """)
    db.execute("""
        CREATE TABLE resolutions (
            id INTEGER PRIMARY KEY,
            order_id INTEGER NOT NULL REFERENCES orders (id),
            outcome TEXT NOT NULL CHECK (outcome IN ('not_bought', 'resolved')),
            note TEXT NOT NULL,
            proposer_team TEXT NOT NULL,
            proposer_user TEXT NOT NULL,
            proposed_at TEXT NOT NULL
        ) STRICT
    """)
    db.execute("CREATE INDEX resolutions_by_order ON resolutions (order_id, id)")
    for name, moment, words in (
        ("resolutions_stay", "BEFORE DELETE", "proposals are never deleted"),
        ("resolutions_are_final", "BEFORE UPDATE", "proposals are never changed"),
    ):
        db.execute(f"CREATE TRIGGER {name} {moment} ON resolutions BEGIN SELECT RAISE(ABORT, '{words}'); END")
    db.execute("""
        CREATE TRIGGER resolutions_need_other_eyes BEFORE INSERT ON resolutions
            WHEN EXISTS (SELECT 1 FROM orders WHERE id = NEW.order_id
                AND requester_team = NEW.proposer_team AND requester_user = NEW.proposer_user)
            BEGIN SELECT RAISE(ABORT, 'nobody closes their own request'); END
    """)


def _money_apart(name: str) -> list[str]:
    """The two columns of an amount that may be missing, one at a time."""
    amount, _, currency = _money(name, null="").partition(f", {name}_currency")
    return [amount, f"{name}_currency{currency}"]


def _allow_more_states(db: Database, states: str) -> None:
    """A CHECK cannot be altered: the table is made anew, as SQLite's manual describes it.

    Needs foreign keys to be off, or dropping the old table would count as deleting what others refer to.
    """
    schema = db.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    (table,) = [sql for kind, name, sql in schema if (kind, name) == ("table", "orders")]
    around = [
        (kind, name, sql) for kind, name, sql in schema if kind in ("index", "trigger") and " orders" in sql
    ]
    for _, name, _ in (part for part in around if part[0] == "trigger"):
        db.execute(f"DROP TRIGGER {name}")
    listed = re.compile(r"(CHECK \(state IN \([^)]*)\)")
    wider = listed.sub(rf"\1, {states})", table, count=1)
    db.execute(re.sub('CREATE TABLE "?orders"?', "CREATE TABLE wider_orders", wider, count=1))
    db.execute("INSERT INTO wider_orders SELECT * FROM orders")
    db.execute("DROP TABLE orders")
    db.execute("ALTER TABLE wider_orders RENAME TO orders")
    for _, _, sql in around:
        if not db.execute("SELECT 1 FROM sqlite_master WHERE sql = ?", [sql]).fetchone():
            db.execute(sql)


@migrations()
def m006_events_refunds_and_balances(db: Database) -> None:
    db.executescript(f"""
        CREATE TABLE vendor_events (
            id INTEGER PRIMARY KEY,
            provider TEXT NOT NULL,
            event_id TEXT NOT NULL,
            kind TEXT NOT NULL,
            subject TEXT NOT NULL CHECK (subject IN ('order', 'wallet', 'other')),
            provider_order_id TEXT,
            client_reference TEXT,
            wallet_id TEXT,
            body BLOB NOT NULL,
            received_at TEXT NOT NULL,
            handled_at TEXT,
            UNIQUE (provider, event_id)
        ) STRICT;
        CREATE INDEX vendor_events_unhandled ON vendor_events (id) WHERE handled_at IS NULL;
        CREATE INDEX vendor_events_by_age ON vendor_events (received_at);
        CREATE INDEX orders_by_provider_order ON orders (provider_order_id);

        CREATE TABLE refund_watches (
            order_id INTEGER PRIMARY KEY REFERENCES orders (id),
            since TEXT NOT NULL,
            next_at TEXT,
            ended TEXT CHECK (ended IN ('found', 'missing', 'not_needed')),
            CHECK ((next_at IS NULL) = (ended IS NOT NULL))
        ) STRICT;
        CREATE INDEX refund_watches_by_due ON refund_watches (next_at) WHERE ended IS NULL;
        INSERT INTO refund_watches (order_id, since, next_at)
            SELECT id, state_since, state_since FROM orders
            WHERE state IN ('failed', 'cancelled', 'partly_delivered');

        CREATE TABLE refunds (
            id INTEGER PRIMARY KEY,
            order_id INTEGER NOT NULL REFERENCES orders (id),
            provider TEXT NOT NULL,
            movement_id TEXT NOT NULL,
            {_money("refund")},
            refunded_at TEXT NOT NULL,
            UNIQUE (provider, movement_id)
        ) STRICT;
        CREATE INDEX refunds_by_order ON refunds (order_id);
        CREATE TRIGGER refunds_stay BEFORE DELETE ON refunds
            BEGIN SELECT RAISE(ABORT, 'refunds are never deleted'); END;

        CREATE TABLE balances (
            provider TEXT NOT NULL,
            wallet_id TEXT NOT NULL,
            {_money("balance")},
            kind TEXT NOT NULL,
            read_at TEXT NOT NULL,
            UNIQUE (provider, wallet_id)
        ) STRICT;
    """)


@migrations()
def m007_names(db: Database) -> None:
    """What vendors call currencies and categories too, beside countries."""
    db.executescript("""
        CREATE TABLE names (
            kind TEXT NOT NULL CHECK (kind IN ('country', 'currency', 'category')),
            code TEXT NOT NULL,
            name TEXT NOT NULL,
            PRIMARY KEY (kind, code)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO names SELECT 'country', alpha3, name FROM countries;
        DROP TABLE countries;
    """)


@migrations()
def m008_no_replacing(db: Database) -> None:
    """INSERT OR REPLACE deletes without asking a delete trigger. Bodies of vendor events are sealed now."""
    for table, same in (
        ("orders", "id = NEW.id OR client_reference = NEW.client_reference OR request_key = NEW.request_key"),
        (
            "approvals",
            "id = NEW.id OR (order_id, digest, approver_team, approver_user)"
            " = (NEW.order_id, NEW.digest, NEW.approver_team, NEW.approver_user)",
        ),
        (
            "vouchers",
            "id = NEW.id OR (order_id, position) = (NEW.order_id, NEW.position)"
            " OR (order_id, fingerprint) = (NEW.order_id, NEW.fingerprint)",
        ),
        ("resolutions", "id = NEW.id"),
        ("refunds", "id = NEW.id OR (provider, movement_id) = (NEW.provider, NEW.movement_id)"),
    ):
        db.execute(f"""
            CREATE TRIGGER {table}_are_not_replaced BEFORE INSERT ON {table}
            WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})
            BEGIN SELECT RAISE(ABORT, '{table} are never replaced: {same}'); END
        """)
    db.execute("""
        CREATE TRIGGER orders_keep_their_number BEFORE UPDATE OF id ON orders
        BEGIN SELECT RAISE(ABORT, 'an order keeps its number'); END
    """)
    # The readable ones of before: nothing reads them, and what they are about is in columns of its own.
    db.execute("UPDATE vendor_events SET body = x''")


@migrations()
def m009_search_in_memory(db: Database) -> None:
    """What search kept up to date in the file; it reads what is on sale at once now."""
    for trigger in ("products_enter", "products_leave", "products_return"):
        db.execute(f"DROP TRIGGER {trigger}")
    db.execute("DROP TABLE product_words")
    db.execute("DROP INDEX products_by_face_values")


@migrations()
def m010_parts_snapshots_and_unread_answers(db: Database) -> None:
    """What a vendor needs who takes no reference and sells only so many cards at once."""
    _allow_more_states(db, "'in_parts', 'delivered_short'")
    db.execute("ALTER TABLE orders ADD COLUMN whole_id INTEGER REFERENCES orders (id)")
    db.execute("CREATE INDEX orders_by_whole ON orders (whole_id) WHERE whole_id IS NOT NULL")
    db.execute("""
        CREATE TRIGGER parts_stay_parts BEFORE UPDATE OF whole_id ON orders
        BEGIN SELECT RAISE(ABORT, 'a part stays a part of the same order'); END
    """)
    db.execute("ALTER TABLE quotes ADD COLUMN life_s INTEGER NOT NULL DEFAULT 300 CHECK (life_s >= 0)")
    db.execute(f"""
        CREATE TABLE snapshots (
            order_id INTEGER PRIMARY KEY REFERENCES orders (id),
            known TEXT NOT NULL,
            {_money("balance")},
            {_money("expected")},
            taken_at TEXT NOT NULL
        ) STRICT
    """)
    db.execute("""
        CREATE TABLE unread_answers (
            id INTEGER PRIMARY KEY,
            order_id INTEGER NOT NULL REFERENCES orders (id),
            request_id TEXT,
            sealed TEXT NOT NULL,
            kept_at TEXT NOT NULL
        ) STRICT
    """)
    db.execute(
        "ALTER TABLE vouchers ADD COLUMN is_whole INTEGER NOT NULL DEFAULT 1 CHECK (is_whole IN (0, 1))"
    )
    db.execute("ALTER TABLE resolutions ADD COLUMN provider_order_id TEXT")
    db.execute("CREATE INDEX unread_answers_by_order ON unread_answers (order_id, id)")
    db.execute("""
        CREATE TRIGGER unread_answers_stay BEFORE DELETE ON unread_answers
        BEGIN SELECT RAISE(ABORT, 'what may hold paid codes is never deleted'); END
    """)


@migrations()
def m011_the_same_of_several_vendors(db: Database) -> None:
    """Which products are one brand: filled in by the next sync. Each vendor's catalogue is read by itself."""
    db.execute("ALTER TABLE products ADD COLUMN brand TEXT")
    db.execute("ALTER TABLE products ADD COLUMN brand_key TEXT NOT NULL DEFAULT ''")
    db.execute("CREATE INDEX products_by_brand ON products (brand_key) WHERE NOT gone")
    db.execute("""
        INSERT INTO facts SELECT 'catalogue_synced_at:' || provider, value
        FROM (SELECT DISTINCT provider FROM products), facts WHERE name = 'catalogue_synced_at'
    """)
    db.execute("DELETE FROM facts WHERE name = 'catalogue_synced_at'")
