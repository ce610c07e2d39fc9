-- +goose Up

-- Who is asked into a community of this site: a person, whoever reads the mail of an
-- address, or those to whom a link is handed round.
CREATE TABLE bid (
	id BIGINT PRIMARY KEY,
	group_id BIGINT NOT NULL REFERENCES actor (id),
	by_id BIGINT NOT NULL DEFAULT 0,
	email TEXT NOT NULL DEFAULT '',
	actor_id BIGINT NOT NULL DEFAULT 0, -- who is asked, or took it up
	secret TEXT NOT NULL DEFAULT '', -- hash of that in the link; empty for none that works
	uri TEXT NOT NULL DEFAULT '', -- of the Invite that was sent
	most BIGINT NOT NULL DEFAULT 1, -- how many may use it
	taken BIGINT NOT NULL DEFAULT 0,
	state TEXT NOT NULL CHECK (state IN ('pending', 'accepted', 'declined', 'bounced', 'withdrawn')),
	note TEXT NOT NULL DEFAULT '',
	created_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL, -- 0: never, for those from before this table
	answered_at BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX bid_group ON bid (group_id, id);
CREATE INDEX bid_actor ON bid (actor_id, group_id) WHERE actor_id <> 0;
CREATE UNIQUE INDEX bid_secret ON bid (secret) WHERE secret <> '';
CREATE UNIQUE INDEX bid_email ON bid (group_id, email) WHERE email <> '' AND state = 'pending';

INSERT INTO bid (id, group_id, actor_id, state, created_at, expires_at)
	SELECT ROW_NUMBER() OVER (ORDER BY m.group_id, m.actor_id), m.group_id, m.actor_id, 'pending', m.since_at, 0
	FROM membership m JOIN actor g ON g.id = m.group_id WHERE m.standing = 'invited' AND g.local;

-- More kinds: a facilitator has left, and a community has none.
CREATE TABLE notification_wider (
	id BIGINT PRIMARY KEY,
	actor_id BIGINT NOT NULL REFERENCES actor (id),
	kind TEXT NOT NULL CHECK (kind IN ('reply', 'mention', 'asked', 'joined', 'refused',
		'invited', 'appointed', 'stood_down', 'removed', 'let_back', 'reported', 'moved',
		'hidden', 'restored', 'locked', 'unlocked',
		'version', 'withdrawn', 'review', 'handed_over', 'copied',
		'format_asked', 'format_answered', 'facilitator_left', 'no_facilitator')),
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

DELETE FROM notification WHERE kind IN ('facilitator_left', 'no_facilitator');
DROP TABLE bid;
