-- +goose Up

-- Communities elsewhere whose content is being taken away, because nobody here may read
-- it any more. A row is written with what ended that, and goes when all is done.
CREATE TABLE purge (
	group_id BIGINT PRIMARY KEY REFERENCES actor (id),
	why TEXT NOT NULL CHECK (why IN ('left', 'refused')),
	stage TEXT NOT NULL CHECK (stage IN ('posts', 'log', 'notices', 'files')),
	place BIGINT NOT NULL DEFAULT 0,
	files BIGINT NOT NULL DEFAULT 0, -- whose bytes have been deleted
	at BIGINT NOT NULL
);

-- Files of documents that were taken away, until their bytes are gone too.
CREATE TABLE purge_file (
	group_id BIGINT NOT NULL REFERENCES actor (id),
	digest TEXT NOT NULL,
	PRIMARY KEY (group_id, digest)
);

-- When a post was taken away. Its bare row keeps the place of what people here wrote
-- below it, and is filled again when somebody joins.
ALTER TABLE post ADD COLUMN purged_at BIGINT NOT NULL DEFAULT 0;

-- +goose Down

ALTER TABLE post DROP COLUMN purged_at;
DROP TABLE purge_file;
DROP TABLE purge;
