-- +goose Up

-- An entry is found by the activity that carries it, which is found by its object.
-- The long address stood in one more index, in another place of it for every
-- server that posts. Entries that no activity carries are still found by it.
DROP INDEX log_entry_object;
CREATE INDEX log_entry_activity ON log_entry (activity_id) WHERE activity_id <> 0;
CREATE INDEX log_entry_alone ON log_entry (object) WHERE activity_id = 0 AND object <> '';

-- +goose Down

DROP INDEX log_entry_alone;
DROP INDEX log_entry_activity;
CREATE INDEX log_entry_object ON log_entry (object, group_id, activity_id);
