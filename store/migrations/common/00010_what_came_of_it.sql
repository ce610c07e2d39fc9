-- +goose Up

-- Four more kinds, for whoever wrote what a facilitator hides, brings back, closes
-- to replies or opens again.
CREATE TABLE notification_wider (
	id BIGINT PRIMARY KEY,
	actor_id BIGINT NOT NULL REFERENCES actor (id),
	kind TEXT NOT NULL CHECK (kind IN ('reply', 'mention', 'asked', 'joined', 'refused',
		'invited', 'appointed', 'stood_down', 'removed', 'let_back', 'reported', 'moved',
		'hidden', 'restored', 'locked', 'unlocked')),
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

-- One more outcome: withdrawn, by whoever reported.
CREATE TABLE report_wider (
	id BIGINT PRIMARY KEY,
	uri TEXT NOT NULL,
	by_id BIGINT NOT NULL REFERENCES actor (id),
	unnamed BOOLEAN NOT NULL DEFAULT FALSE,
	about_id BIGINT NOT NULL REFERENCES actor (id),
	post_id BIGINT NOT NULL DEFAULT 0,
	group_id BIGINT NOT NULL DEFAULT 0,
	words TEXT NOT NULL DEFAULT '',
	at BIGINT NOT NULL,
	outcome TEXT NOT NULL DEFAULT '' CHECK (outcome IN ('', 'nothing', 'acted', 'sent', 'withdrawn')),
	decided_at BIGINT NOT NULL DEFAULT 0,
	decided_by BIGINT NOT NULL DEFAULT 0,
	note TEXT NOT NULL DEFAULT ''
);
INSERT INTO report_wider (id, uri, by_id, unnamed, about_id, post_id, group_id, words, at, outcome, decided_at, decided_by, note)
	SELECT id, uri, by_id, unnamed, about_id, post_id, group_id, words, at, outcome, decided_at, decided_by, note FROM report;
DROP TABLE report;
ALTER TABLE report_wider RENAME TO report;
CREATE INDEX report_open ON report (id) WHERE outcome = '';
CREATE INDEX report_closed ON report (decided_at, id) WHERE outcome <> '';
CREATE INDEX report_about ON report (about_id, post_id, by_id);
CREATE INDEX report_by ON report (by_id, at);
CREATE INDEX report_at ON report (at);

-- +goose Down

UPDATE report SET outcome = 'nothing' WHERE outcome = 'withdrawn';
DELETE FROM notification WHERE kind IN ('hidden', 'restored', 'locked', 'unlocked');
