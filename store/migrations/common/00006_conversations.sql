-- +goose Up

-- How often a discussion has changed, kept on its start: readers who come again
-- are told whether it is still the same without the whole being read.
ALTER TABLE post ADD COLUMN revision BIGINT NOT NULL DEFAULT 0;

-- How many followers of an actor each host has, and the exclusive or of the
-- SHA-256 of their addresses in hexadecimal (FEP-8fcf). Kept in step with
-- membership, so that sending never counts people.
CREATE TABLE follower_digest (
	group_id BIGINT NOT NULL REFERENCES actor (id),
	host TEXT NOT NULL,
	followers BIGINT NOT NULL,
	digest TEXT NOT NULL,
	PRIMARY KEY (group_id, host)
);

-- Discussions of communities elsewhere whose replies are looked for.
CREATE TABLE thread_job (
	root_id BIGINT PRIMARY KEY REFERENCES post (id),
	group_id BIGINT NOT NULL REFERENCES actor (id),
	host TEXT NOT NULL, -- the community's
	state TEXT NOT NULL CHECK (state IN ('due', 'complete', 'partial')),
	steps BIGINT NOT NULL DEFAULT 0, -- of this run
	found BIGINT NOT NULL DEFAULT 0, -- in this run
	etag TEXT NOT NULL DEFAULT '', -- of the collection as it was last read in full
	next_try_at BIGINT NOT NULL,
	ran_at BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX thread_job_due ON thread_job (next_try_at, root_id) WHERE state = 'due';
CREATE INDEX thread_job_group ON thread_job (group_id) WHERE state = 'due';

-- +goose Down

DROP TABLE thread_job;
DROP TABLE follower_digest;
ALTER TABLE post DROP COLUMN revision;
