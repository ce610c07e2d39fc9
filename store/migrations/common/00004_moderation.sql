-- +goose Up

-- A locked post takes no more replies, nor does anything below it. The two
-- reasons are those of the facilitator who locked or hid it.
ALTER TABLE post ADD COLUMN locked BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE post ADD COLUMN locked_why TEXT NOT NULL DEFAULT '';
ALTER TABLE post ADD COLUMN hidden_why TEXT NOT NULL DEFAULT '';

-- What facilitators did belongs to their community; what admins did, to none.
ALTER TABLE audit ADD COLUMN group_id BIGINT NOT NULL DEFAULT 0;
CREATE INDEX audit_group ON audit (group_id, id) WHERE group_id <> 0;

-- +goose Down

DROP INDEX audit_group;
ALTER TABLE audit DROP COLUMN group_id;
ALTER TABLE post DROP COLUMN hidden_why;
ALTER TABLE post DROP COLUMN locked_why;
ALTER TABLE post DROP COLUMN locked;
