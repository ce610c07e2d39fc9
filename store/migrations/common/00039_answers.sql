-- +goose Up

-- The reply that answers a question, as its community says; 0 for none.
ALTER TABLE post ADD COLUMN answer_id BIGINT NOT NULL DEFAULT 0;

-- +goose Down

ALTER TABLE post DROP COLUMN answer_id;
