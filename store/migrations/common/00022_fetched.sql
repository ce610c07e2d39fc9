-- +goose Up

-- When the file of a version from elsewhere was last fetched from its own site; zero
-- when it was not. That somebody names a file which is here does not show that they
-- have it.
ALTER TABLE version ADD COLUMN fetched_at BIGINT NOT NULL DEFAULT 0;

-- +goose Down

ALTER TABLE version DROP COLUMN fetched_at;
