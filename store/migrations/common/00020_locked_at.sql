-- +goose Up

-- Since when a post takes no replies; zero when that is not known.
ALTER TABLE post ADD COLUMN locked_at BIGINT NOT NULL DEFAULT 0;
UPDATE post SET locked_at = COALESCE((SELECT MAX(d.at) FROM audit d
		WHERE d.group_id = post.group_id AND d.action = 'lock' AND d.target = post.uri), 0)
	WHERE locked;

-- +goose Down

ALTER TABLE post DROP COLUMN locked_at;
