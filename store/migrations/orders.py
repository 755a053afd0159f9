"""Orders."""

from sqlite_utils import Database

from store.migrations.columns import LEASE, TERMS, decimal, money, never_replaced

APPLICATION_ID = 0x47434254  # "GCBT": how we know our own files


def m001_orders(db: Database) -> None:
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.executescript(f"""
        CREATE TABLE orders (
            id INTEGER PRIMARY KEY,
            client_reference TEXT NOT NULL,
            workspace TEXT NOT NULL,
            request_key TEXT NOT NULL,
            state TEXT NOT NULL,
            requester_team TEXT NOT NULL,
            requester_user TEXT NOT NULL,
            {TERMS},
            vendor_account TEXT,
            product_name TEXT NOT NULL,
            country TEXT NOT NULL,
            {money("discount")},
            forex_rate TEXT {decimal("forex_rate")},
            {money("fee", null="")},
            {money("charge")},
            charge_details TEXT NOT NULL,
            {money("balance_after")},
            reason TEXT NOT NULL,
            ticket_url TEXT,
            recipient_email TEXT,
            requested_at TEXT NOT NULL,
            state_since TEXT NOT NULL,
            next_at TEXT,
            attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
            vendor_order_id TEXT,
            vendor_request_id TEXT,
            problem TEXT,
            card_ref TEXT,
            escalations INTEGER NOT NULL DEFAULT 0 CHECK (escalations >= 0),
            escalate_at TEXT,
            {money("expected_net", null="")},
            {money("expected_debit", null="")},
            {money("charged", null="")},
            outcome_lost_at TEXT,
            codes_shown_at TEXT,
            version INTEGER NOT NULL DEFAULT 0,
            parent_id INTEGER REFERENCES orders (id),
            {LEASE},
            UNIQUE (workspace, request_key)
        ) STRICT;
        CREATE UNIQUE INDEX orders_by_reference ON orders (lower(client_reference));
        CREATE INDEX orders_by_requester ON orders (workspace, requester_team, requester_user, id);
        CREATE INDEX orders_by_due ON orders (workspace, state, next_at);
        CREATE INDEX orders_by_escalation ON orders (workspace, escalate_at) WHERE escalate_at IS NOT NULL;
        CREATE INDEX orders_by_vendor_order ON orders (vendor, vendor_order_id);
        CREATE INDEX orders_by_parent ON orders (parent_id) WHERE parent_id IS NOT NULL;
        CREATE TRIGGER orders_stay BEFORE DELETE ON orders
            BEGIN SELECT RAISE(ABORT, 'orders are never deleted'); END;
        CREATE TRIGGER orders_keep_their_terms BEFORE UPDATE OF
            client_reference, request_key, requester_team, requester_user, vendor, vendor_account, wallet_id,
            kind, line, product_id, units, face_value_amount, face_value_currency, reason, ticket_url,
            recipient_email
            ON orders
            BEGIN SELECT RAISE(ABORT, 'what was requested is never changed'); END;
        CREATE TRIGGER orders_keep_their_workspace BEFORE UPDATE OF workspace ON orders
            WHEN OLD.workspace <> ''
            BEGIN SELECT RAISE(ABORT, 'an order keeps its workspace'); END;
        CREATE TRIGGER orders_keep_their_number BEFORE UPDATE OF id ON orders
            BEGIN SELECT RAISE(ABORT, 'an order keeps its number'); END;
        CREATE TRIGGER children_keep_their_parent BEFORE UPDATE OF parent_id ON orders
            BEGIN SELECT RAISE(ABORT, 'a child stays a child of the same order'); END;
    """)
    never_replaced(
        db,
        "orders",
        "id = NEW.id OR lower(client_reference) = lower(NEW.client_reference)",
        repeated="(workspace, request_key) = (NEW.workspace, NEW.request_key)",
    )


STEPS = (m001_orders,)
