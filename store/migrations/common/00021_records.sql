-- +goose Up

-- Where each version of a document of this node is from: signed when it was shared.
CREATE TABLE record (
	document_id BIGINT NOT NULL REFERENCES post (id),
	number BIGINT NOT NULL,
	body TEXT NOT NULL,
	PRIMARY KEY (document_id, number)
);

-- What another site says is in the file of the current version of a document of its
-- own. Nothing proves that it is, so it counts for that document and no other.
CREATE TABLE told_text (
	document_id BIGINT PRIMARY KEY REFERENCES post (id),
	number BIGINT NOT NULL,
	host TEXT NOT NULL, -- that hands it out
	body BYTEA NOT NULL DEFAULT '', -- compressed JSON of extract.Reading; empty until it is here
	tries BIGINT NOT NULL DEFAULT 0,
	next_try_at BIGINT NOT NULL DEFAULT 0 -- 0: it is here, or nobody asks again
);
CREATE INDEX told_text_next ON told_text (next_try_at, document_id) WHERE next_try_at <> 0;

-- +goose Down

DROP TABLE told_text;
DROP TABLE record;
