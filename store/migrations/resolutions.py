"""How people close what nobody can find out."""

from sqlite_utils import Database

from store.migrations.columns import never_replaced


def m010_resolutions(db: Database) -> None:
    db.executescript("""
        CREATE TABLE resolutions (
            id INTEGER PRIMARY KEY,
            order_id INTEGER NOT NULL REFERENCES orders (id),
            outcome TEXT NOT NULL,
            note TEXT NOT NULL,
            proposer_team TEXT NOT NULL,
            proposer_user TEXT NOT NULL,
            proposed_at TEXT NOT NULL,
            vendor_order_id TEXT
        ) STRICT;
        CREATE INDEX resolutions_by_order ON resolutions (order_id, id);
        CREATE TRIGGER resolutions_stay BEFORE DELETE ON resolutions
            BEGIN SELECT RAISE(ABORT, 'proposals are never deleted'); END;
        CREATE TRIGGER resolutions_are_final BEFORE UPDATE ON resolutions
            BEGIN SELECT RAISE(ABORT, 'proposals are never changed'); END;
        CREATE TRIGGER resolutions_need_other_eyes BEFORE INSERT ON resolutions
            WHEN EXISTS (SELECT 1 FROM orders WHERE id = NEW.order_id
                AND requester_team = NEW.proposer_team AND requester_user = NEW.proposer_user)
            BEGIN SELECT RAISE(ABORT, 'nobody closes their own request'); END;
    """)
    never_replaced(db, "resolutions", "id = NEW.id")


STEPS = (m010_resolutions,)
