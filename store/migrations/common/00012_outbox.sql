-- +goose Up

-- The outbox of a community is read by anyone, newest first: a page of it must not
-- cost more when there are many discussions.
CREATE INDEX post_started ON post (group_id, id) WHERE parent_id = 0;

-- +goose Down

DROP INDEX post_started;
