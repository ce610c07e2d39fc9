-- +goose Up

-- Who needs a document in another format, and what they were answered.
CREATE TABLE format_request (
	id BIGINT PRIMARY KEY,
	uri TEXT NOT NULL DEFAULT '', -- of the message that asked, where it crossed sites
	document_id BIGINT NOT NULL REFERENCES post (id),
	by_id BIGINT NOT NULL REFERENCES actor (id),
	words TEXT NOT NULL,
	at BIGINT NOT NULL,
	answer TEXT NOT NULL DEFAULT '',
	answered_at BIGINT NOT NULL DEFAULT 0,
	answered_by BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX format_request_document ON format_request (document_id, id);
CREATE INDEX format_request_by ON format_request (by_id, at);
CREATE UNIQUE INDEX format_request_uri ON format_request (uri) WHERE uri <> '';
CREATE INDEX format_request_answered ON format_request (answered_at) WHERE answered_at <> 0;

-- More kinds: a document is asked for in another format, and somebody answered.
CREATE TABLE notification_wider (
	id BIGINT PRIMARY KEY,
	actor_id BIGINT NOT NULL REFERENCES actor (id),
	kind TEXT NOT NULL CHECK (kind IN ('reply', 'mention', 'asked', 'joined', 'refused',
		'invited', 'appointed', 'stood_down', 'removed', 'let_back', 'reported', 'moved',
		'hidden', 'restored', 'locked', 'unlocked',
		'version', 'withdrawn', 'review', 'handed_over', 'copied',
		'format_asked', 'format_answered')),
	post_id BIGINT NOT NULL DEFAULT 0,
	group_id BIGINT NOT NULL DEFAULT 0,
	by_id BIGINT NOT NULL,
	at BIGINT NOT NULL,
	seen_at BIGINT NOT NULL DEFAULT 0
);
INSERT INTO notification_wider (id, actor_id, kind, post_id, group_id, by_id, at, seen_at)
	SELECT id, actor_id, kind, post_id, group_id, by_id, at, seen_at FROM notification;
DROP TABLE notification;
ALTER TABLE notification_wider RENAME TO notification;
CREATE INDEX notification_actor ON notification (actor_id, id);
CREATE INDEX notification_unseen ON notification (actor_id) WHERE seen_at = 0;

-- +goose Down

DELETE FROM notification WHERE kind IN ('format_asked', 'format_answered');
DROP TABLE format_request;
