-- +goose Up

-- Where the home of a community elsewhere gives out member tokens; empty for one that
-- does not, and for those that live here.
ALTER TABLE community ADD COLUMN member_token TEXT NOT NULL DEFAULT '';

-- Of a community elsewhere, the newest epoch that it has signed. What was counted here
-- so far was of no use to anyone.
UPDATE community SET epoch = 0 WHERE actor_id IN (SELECT id FROM actor WHERE NOT local);

-- +goose Down

ALTER TABLE community DROP COLUMN member_token;
