-- +goose Up

-- Since when, and until when, people on a host could read what the followers of an actor
-- are sent: a row for each time, however many people they are.
CREATE TABLE reach (
	group_id BIGINT NOT NULL REFERENCES actor (id),
	host TEXT NOT NULL,
	from_at BIGINT NOT NULL,
	to_at BIGINT NOT NULL DEFAULT 0, -- 0: still
	PRIMARY KEY (group_id, host, from_at)
);
INSERT INTO reach (group_id, host, from_at)
	SELECT m.group_id, a.host, MIN(m.since_at) FROM membership m JOIN actor a ON a.id = m.actor_id JOIN actor g ON g.id = m.group_id
	WHERE m.standing = 'joined' AND NOT a.local AND g.local GROUP BY m.group_id, a.host;

-- What other sites have confirmed of what was asked here: their exact words.
CREATE TABLE receipt (
	about TEXT NOT NULL,
	host TEXT NOT NULL,
	object TEXT NOT NULL,
	group_id BIGINT NOT NULL DEFAULT 0,
	state TEXT NOT NULL CHECK (state IN ('applied', 'partly', 'refused', 'neverHeld', 'unknown')),
	body TEXT NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (about, host)
);
CREATE INDEX receipt_object ON receipt (object, host);
CREATE INDEX receipt_group ON receipt (group_id, host, at) WHERE group_id <> 0;

-- What this node is to confirm, once it is done; and that it has.
CREATE TABLE receipt_due (
	about TEXT PRIMARY KEY,
	object TEXT NOT NULL,
	to_id BIGINT NOT NULL REFERENCES actor (id),
	group_id BIGINT NOT NULL DEFAULT 0,
	post_id BIGINT NOT NULL DEFAULT 0,
	state TEXT NOT NULL DEFAULT '', -- empty: to be found out
	why TEXT NOT NULL DEFAULT '',
	files BIGINT NOT NULL DEFAULT 0,
	kept BIGINT NOT NULL DEFAULT 0,
	next_try_at BIGINT NOT NULL, -- 0: sent
	at BIGINT NOT NULL
);
CREATE INDEX receipt_due_next ON receipt_due (next_try_at) WHERE next_try_at <> 0;
CREATE INDEX receipt_due_at ON receipt_due (at);

-- Copies that people here have saved of what is being taken away.
ALTER TABLE purge ADD COLUMN kept BIGINT NOT NULL DEFAULT 0;

-- +goose Down

ALTER TABLE purge DROP COLUMN kept;
DROP TABLE receipt_due;
DROP TABLE receipt;
DROP TABLE reach;
