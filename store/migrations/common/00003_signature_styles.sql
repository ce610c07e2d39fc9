-- +goose Up
-- How each server is sent signed requests, and what decided it.
ALTER TABLE instance ADD COLUMN style TEXT NOT NULL DEFAULT 'cavage' CHECK (style IN ('cavage', 'rfc9421', 'rfc9421_ed25519'));
ALTER TABLE instance ADD COLUMN style_since_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE instance ADD COLUMN style_why TEXT NOT NULL DEFAULT '' CHECK (style_why IN ('', 'signed', 'claimed', 'asked', 'refused'));

-- The name under which an actor publishes its Ed25519 key, which signs requests too.
ALTER TABLE actor ADD COLUMN ed25519_key_id TEXT NOT NULL DEFAULT '';
UPDATE actor SET ed25519_key_id = uri || '#ed25519-key' WHERE local AND ed25519_key <> '';
CREATE INDEX actor_ed25519_key ON actor (ed25519_key_id);

-- +goose Down
DROP INDEX actor_ed25519_key;
ALTER TABLE actor DROP COLUMN ed25519_key_id;
ALTER TABLE instance DROP COLUMN style_why;
ALTER TABLE instance DROP COLUMN style_since_at;
ALTER TABLE instance DROP COLUMN style;
