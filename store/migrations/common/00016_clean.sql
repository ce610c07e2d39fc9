-- +goose Up

-- The sender of a file has asked that what it says of people be taken out of it.
ALTER TABLE upload ADD COLUMN clean BOOLEAN NOT NULL DEFAULT FALSE;

-- +goose Down

ALTER TABLE upload DROP COLUMN clean;
