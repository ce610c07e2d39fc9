-- +goose Up

-- Who was counted in the month that is not over: what is left of a person under a key that
-- goes with the month (a setting). It is there so that nobody counts twice.
CREATE TABLE document_reader (
	month BIGINT NOT NULL, -- as 202611
	pseudonym TEXT NOT NULL,
	document_id BIGINT NOT NULL REFERENCES post (id),
	kind TEXT NOT NULL CHECK (kind IN ('read', 'downloaded')),
	PRIMARY KEY (month, pseudonym, document_id, kind)
);

-- What was counted before counts days, and fetches, and not people.
DELETE FROM document_use;

-- Where the addresses of documents stand.
CREATE TABLE naming (
	uri TEXT NOT NULL, -- of the document, whatever was said about its version
	post_id BIGINT NOT NULL REFERENCES post (id),
	PRIMARY KEY (uri, post_id)
);
CREATE INDEX naming_post ON naming (post_id);
INSERT INTO naming (uri, post_id)
	SELECT d.uri, p.id FROM document x JOIN post d ON d.id = x.post_id
	JOIN post p ON p.id <> d.id AND p.deleted_at = 0 AND (p.html LIKE '%' || d.uri || '%' OR p.link LIKE '%' || d.uri || '%')
	WHERE d.deleted_at = 0;

-- +goose Down

DROP TABLE naming;
DROP TABLE document_reader;
