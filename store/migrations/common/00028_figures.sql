-- +goose Up

-- How often the files of a document were used in a month, by people of an organisation
-- (the host of its site; empty for people who had not signed in). No row is about a person.
CREATE TABLE document_use (
	document_id BIGINT NOT NULL REFERENCES post (id),
	month BIGINT NOT NULL, -- as 202611
	host TEXT NOT NULL,
	kind TEXT NOT NULL CHECK (kind IN ('read', 'downloaded')),
	times BIGINT NOT NULL,
	PRIMARY KEY (document_id, month, host, kind)
);

-- The message that answered a request, so that it is erased with the request.
ALTER TABLE format_request ADD COLUMN answer_uri TEXT NOT NULL DEFAULT '';

-- +goose Down

ALTER TABLE format_request DROP COLUMN answer_uri;
DROP TABLE document_use;
