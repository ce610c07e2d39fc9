-- +goose Up

-- Replies that fewer people may read than the start of their discussion, by who may.
-- post.replies, revision and last_reply_at know nothing of these.
CREATE TABLE aside (
	root_id BIGINT NOT NULL REFERENCES post (id),
	audience TEXT NOT NULL CHECK (audience IN ('network', 'members', 'organisation')),
	replies BIGINT NOT NULL,
	PRIMARY KEY (root_id, audience)
);
INSERT INTO aside (root_id, audience, replies)
	SELECT p.root_id, p.audience, COUNT(*) FROM post p JOIN post r ON r.id = p.root_id
	WHERE p.parent_id <> 0 AND p.standing = 'accepted' AND p.deleted_at = 0 AND p.audience <> r.audience
	GROUP BY p.root_id, p.audience;
UPDATE post SET replies = replies - (SELECT SUM(n.replies) FROM aside n WHERE n.root_id = post.id),
		last_reply_at = (SELECT MAX(p.published_at) FROM post p WHERE p.root_id = post.id
			AND (p.id = post.id OR p.parent_id <> 0 AND p.standing = 'accepted' AND p.deleted_at = 0 AND p.audience = post.audience))
	WHERE id IN (SELECT root_id FROM aside);

-- +goose Down

UPDATE post SET replies = replies + (SELECT SUM(n.replies) FROM aside n WHERE n.root_id = post.id)
	WHERE id IN (SELECT root_id FROM aside);
DROP TABLE aside;
