-- +goose Up

-- What a community passes on is found by activity_announced; listing it by its
-- long address as well was one more entry for every post that comes in.
DROP INDEX activity_by_actor;
CREATE INDEX activity_by_actor ON activity (actor, id) WHERE direction = 'out' AND type <> 'Announce';

-- +goose Down

DROP INDEX activity_by_actor;
CREATE INDEX activity_by_actor ON activity (actor, id) WHERE direction = 'out';
