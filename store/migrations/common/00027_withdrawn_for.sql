-- +goose Up

-- The web address of what to read in place of a withdrawn document.
ALTER TABLE document ADD COLUMN withdrawn_for TEXT NOT NULL DEFAULT '';

-- +goose Down

ALTER TABLE document DROP COLUMN withdrawn_for;
