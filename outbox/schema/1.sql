-- Version 1 (doc/outbox.md, Tables). Times are UTC, "2006-01-02T15:04:05.000Z".
CREATE TABLE package (
	id      INTEGER PRIMARY KEY AUTOINCREMENT,
	state   TEXT NOT NULL CHECK (state IN ('building', 'made', 'undone')),
	created TEXT NOT NULL,
	name    TEXT NOT NULL DEFAULT '',
	path    TEXT NOT NULL DEFAULT '',
	reason  TEXT NOT NULL DEFAULT '',
	digest  TEXT NOT NULL DEFAULT '',
	owner   TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE record (
	id             INTEGER PRIMARY KEY AUTOINCREMENT,
	transaction_id TEXT NOT NULL COLLATE NOCASE,
	unit           TEXT NOT NULL,
	person         TEXT NOT NULL,
	type           TEXT NOT NULL,
	date           TEXT NOT NULL,
	name           TEXT NOT NULL,
	source         TEXT NOT NULL,
	source_sha256  TEXT NOT NULL,
	file           TEXT NOT NULL UNIQUE,
	size           INTEGER NOT NULL CHECK (size > 0),
	sha256         TEXT NOT NULL CHECK (length(sha256) = 64),
	created        TEXT NOT NULL,
	state          TEXT NOT NULL CHECK (state IN ('prepared', 'sending', 'waiting', 'unknown', 'accepted',
	                   'processed', 'refused', 'on-disc', 'superseded', 'withdrawn')),
	since          TEXT NOT NULL,
	attempts       INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
	failures       INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
	due            TEXT,
	hold           TEXT NOT NULL DEFAULT '' CHECK (hold IN ('', 'password', 'user')),
	reason         TEXT NOT NULL DEFAULT '',
	http           INTEGER NOT NULL DEFAULT 0,
	detail         TEXT NOT NULL DEFAULT '',
	owner          TEXT NOT NULL DEFAULT '',
	token          TEXT NOT NULL DEFAULT '',
	lease_until    TEXT NOT NULL DEFAULT '',
	newer_may_pass INTEGER NOT NULL DEFAULT 0 CHECK (newer_may_pass IN (0, 1)),
	superseded_by  INTEGER REFERENCES record (id),
	package        INTEGER REFERENCES package (id),
	before_disc    TEXT NOT NULL DEFAULT '',
	status_code    TEXT NOT NULL DEFAULT '',
	status_name    TEXT NOT NULL DEFAULT '',
	status_text    TEXT NOT NULL DEFAULT '',
	status_at      TEXT NOT NULL DEFAULT '',
	bytes_removed  TEXT NOT NULL DEFAULT '',
	UNIQUE (unit, transaction_id),
	CHECK ((state = 'sending') = (lease_until <> '')),
	CHECK (due IS NULL OR state IN ('prepared', 'waiting'))
) STRICT;

CREATE INDEX record_transaction ON record (transaction_id);
CREATE INDEX record_statement ON record (unit, type, date, id);
CREATE INDEX record_source ON record (source_sha256, id) WHERE source_sha256 <> '';
CREATE INDEX record_due ON record (due, id) WHERE due IS NOT NULL;
CREATE INDEX record_hold ON record (person) WHERE hold = 'password';
CREATE INDEX record_sending ON record (owner) WHERE state = 'sending';
CREATE INDEX record_state ON record (state, id);
CREATE INDEX record_package ON record (package, id) WHERE package IS NOT NULL;

CREATE TABLE log (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	record     INTEGER NOT NULL REFERENCES record (id),
	at         TEXT NOT NULL,
	from_state TEXT NOT NULL,
	to_state   TEXT NOT NULL,
	cause      TEXT NOT NULL,
	reason     TEXT NOT NULL DEFAULT '',
	http       INTEGER NOT NULL DEFAULT 0,
	detail     TEXT NOT NULL DEFAULT '',
	message_id TEXT NOT NULL DEFAULT '',
	package    INTEGER REFERENCES package (id)
) STRICT;

CREATE INDEX log_record ON log (record, id);
CREATE INDEX log_cause ON log (cause, id);

CREATE TRIGGER log_is_not_changed BEFORE UPDATE ON log BEGIN SELECT RAISE (ABORT, 'the log is only added to'); END;
CREATE TRIGGER log_is_not_shortened BEFORE DELETE ON log BEGIN SELECT RAISE (ABORT, 'the log is only added to'); END;
CREATE TRIGGER record_is_not_deleted BEFORE DELETE ON record BEGIN SELECT RAISE (ABORT, 'records are not deleted'); END;
