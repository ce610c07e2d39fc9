-- +goose Up

-- What each post is found by: its words, each once, as package search makes them.
-- on sqlite only
CREATE VIRTUAL TABLE search_words USING fts5 (words, tokenize = "ascii tokenchars '_'", detail = none, columnsize = 0);
INSERT INTO search_words (search_words, rank) VALUES ('secure-delete', 1);
-- on postgres only
CREATE TABLE search_words (
	rowid BIGINT PRIMARY KEY,
	words TSVECTOR NOT NULL
);
CREATE INDEX search_words_gin ON search_words USING GIN (words);
-- on both

-- Posts whose words have to be written anew. The number counts the reasons.
CREATE TABLE search_due (
	post_id BIGINT PRIMARY KEY,
	times BIGINT NOT NULL
);
INSERT INTO search_due (post_id, times) SELECT id, 1 FROM post;

-- +goose Down

DROP TABLE search_due;
DROP TABLE search_words;
