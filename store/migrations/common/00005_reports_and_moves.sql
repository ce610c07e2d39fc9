-- +goose Up

-- What people complain of, here and elsewhere, and what was decided.
CREATE TABLE report (
	id BIGINT PRIMARY KEY,
	uri TEXT NOT NULL,
	by_id BIGINT NOT NULL REFERENCES actor (id),
	unnamed BOOLEAN NOT NULL DEFAULT FALSE,
	about_id BIGINT NOT NULL REFERENCES actor (id),
	post_id BIGINT NOT NULL DEFAULT 0,
	group_id BIGINT NOT NULL DEFAULT 0,
	words TEXT NOT NULL DEFAULT '',
	at BIGINT NOT NULL,
	outcome TEXT NOT NULL DEFAULT '' CHECK (outcome IN ('', 'nothing', 'acted', 'sent')),
	decided_at BIGINT NOT NULL DEFAULT 0,
	decided_by BIGINT NOT NULL DEFAULT 0,
	note TEXT NOT NULL DEFAULT ''
);
CREATE INDEX report_open ON report (id) WHERE outcome = '';
CREATE INDEX report_closed ON report (decided_at, id) WHERE outcome <> '';
CREATE INDEX report_about ON report (about_id, post_id, by_id);
CREATE INDEX report_by ON report (by_id, at);
CREATE INDEX report_at ON report (at);

ALTER TABLE actor ADD COLUMN moved_to TEXT NOT NULL DEFAULT '';
ALTER TABLE actor ADD COLUMN moved_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE actor ADD COLUMN also_known_as TEXT NOT NULL DEFAULT '';

-- Two more kinds: reported and moved.
CREATE TABLE notification_wider (
	id BIGINT PRIMARY KEY,
	actor_id BIGINT NOT NULL REFERENCES actor (id),
	kind TEXT NOT NULL CHECK (kind IN ('reply', 'mention', 'asked', 'joined', 'refused',
		'invited', 'appointed', 'stood_down', 'removed', 'let_back', 'reported', 'moved')),
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

DELETE FROM notification WHERE kind IN ('reported', 'moved');
ALTER TABLE actor DROP COLUMN also_known_as;
ALTER TABLE actor DROP COLUMN moved_at;
ALTER TABLE actor DROP COLUMN moved_to;
DROP TABLE report;
