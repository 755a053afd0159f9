"""Approvers' decisions."""

from sqlite_utils import Database

from store.migrations.columns import never_replaced


def m002_approvals(db: Database) -> None:
    db.executescript("""
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
    never_replaced(
        db,
        "approvals",
        "id = NEW.id",
        repeated="(order_id, digest, approver_team, approver_user)"
        " = (NEW.order_id, NEW.digest, NEW.approver_team, NEW.approver_user)",
    )


STEPS = (m002_approvals,)
