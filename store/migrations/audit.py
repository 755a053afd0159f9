"""The audit log."""

from sqlite_utils import Database


def m003_audit(db: Database) -> None:
    db.executescript("""
        CREATE TABLE audit (
            seq INTEGER PRIMARY KEY,
            at TEXT NOT NULL,
            workspace TEXT,
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
        CREATE TABLE audit_head (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            seq INTEGER NOT NULL,
            hash TEXT NOT NULL
        ) STRICT;
        INSERT INTO audit_head VALUES (1, 0, printf('%064d', 0));
        CREATE TRIGGER audit_head_goes_on BEFORE UPDATE ON audit_head
            WHEN NEW.seq NOT IN (OLD.seq, OLD.seq + 1)
            BEGIN SELECT RAISE(ABORT, 'the audit log only continues where it ends'); END;
        CREATE TRIGGER audit_head_stays BEFORE DELETE ON audit_head
            BEGIN SELECT RAISE(ABORT, 'the audit log is never shortened'); END;
        CREATE TRIGGER audit_is_final BEFORE UPDATE ON audit
            BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END;
        CREATE TRIGGER audit_stays BEFORE DELETE ON audit
            BEGIN SELECT RAISE(ABORT, 'the audit log is never shortened'); END;
    """)


STEPS = (m003_audit,)
