-- +goose Up

-- Whose turn it is when an activity waits: the domain that somebody registered, which
-- holds any number of hosts. A domain with much that waits keeps no other one waiting.
ALTER TABLE activity ADD COLUMN domain TEXT NOT NULL DEFAULT '';
UPDATE activity SET domain = host WHERE state = 'waiting';
CREATE INDEX activity_turn ON activity (domain, next_try_at, id) WHERE state = 'waiting';

-- +goose Down

DROP INDEX activity_turn;
ALTER TABLE activity DROP COLUMN domain;
