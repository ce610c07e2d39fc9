-- +goose Up

-- The version of its software, as a server says it.
ALTER TABLE instance ADD COLUMN version TEXT NOT NULL DEFAULT '';

-- Deliveries that failed and were or will be tried again: one row for each
-- activity and cause, the latest few of each partner.
CREATE TABLE setback (
	host TEXT NOT NULL,
	activity_id BIGINT NOT NULL,
	reason TEXT NOT NULL,
	status BIGINT NOT NULL, -- of the answer; zero when there was none
	times BIGINT NOT NULL,
	first_at BIGINT NOT NULL,
	last_at BIGINT NOT NULL,
	PRIMARY KEY (host, activity_id, reason)
);
CREATE INDEX setback_latest ON setback (host, last_at);

-- Partners that somebody wants tried at once, and what came of it. A reason is
-- empty where all was well.
CREATE TABLE recheck (
	host TEXT PRIMARY KEY,
	by_id BIGINT NOT NULL,
	asked_at BIGINT NOT NULL,
	ended_at BIGINT NOT NULL DEFAULT 0,
	site_reason TEXT NOT NULL DEFAULT '',
	account TEXT NOT NULL DEFAULT '', -- that was read again
	account_reason TEXT NOT NULL DEFAULT '',
	sent BIGINT NOT NULL DEFAULT 0,
	send_reason TEXT NOT NULL DEFAULT ''
);
CREATE INDEX recheck_open ON recheck (asked_at) WHERE ended_at = 0;

-- What was not taken in, by who sent it.
CREATE INDEX activity_unapplied_host ON activity (host, id) WHERE state IN ('held', 'rejected');
CREATE INDEX refusal_host ON refusal (host, day);

-- +goose Down

DROP INDEX refusal_host;
DROP INDEX activity_unapplied_host;
DROP TABLE recheck;
DROP TABLE setback;
ALTER TABLE instance DROP COLUMN version;
