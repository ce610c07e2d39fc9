-- +goose Up

-- A post may be a document.
ALTER TABLE post ADD COLUMN kind_wider TEXT NOT NULL DEFAULT 'discussion'
	CHECK (kind_wider IN ('discussion', 'question', 'comment', 'document'));
UPDATE post SET kind_wider = kind;
ALTER TABLE post DROP COLUMN kind;
ALTER TABLE post RENAME COLUMN kind_wider TO kind;

-- What is known of a document beside its post.
CREATE TABLE document (
	post_id BIGINT PRIMARY KEY REFERENCES post (id),
	group_id BIGINT NOT NULL REFERENCES actor (id),
	summary TEXT NOT NULL DEFAULT '',
	type TEXT NOT NULL DEFAULT '',
	other TEXT NOT NULL DEFAULT '',
	stage TEXT NOT NULL DEFAULT '',
	adopted_by TEXT NOT NULL DEFAULT '',
	adopted_on TEXT NOT NULL DEFAULT '',
	licence TEXT NOT NULL DEFAULT '',
	licence_url TEXT NOT NULL DEFAULT '',
	attribution TEXT NOT NULL DEFAULT '',
	classification TEXT NOT NULL DEFAULT '',
	handling TEXT NOT NULL DEFAULT '',
	issuer TEXT NOT NULL DEFAULT '',
	issuer_code TEXT NOT NULL DEFAULT '',
	authors TEXT NOT NULL DEFAULT '',
	owner_id BIGINT NOT NULL DEFAULT 0,
	dated TEXT NOT NULL DEFAULT '',
	reference TEXT NOT NULL DEFAULT '',
	subjects TEXT NOT NULL DEFAULT '', -- a line each
	place TEXT NOT NULL DEFAULT '',
	period TEXT NOT NULL DEFAULT '',
	effort BIGINT NOT NULL DEFAULT 0,
	review_at BIGINT NOT NULL DEFAULT 0,
	reminded BIGINT NOT NULL DEFAULT 0,
	embargo_at BIGINT NOT NULL DEFAULT 0,
	number BIGINT NOT NULL DEFAULT 0,
	withdrawn_at BIGINT NOT NULL DEFAULT 0,
	withdrawn_title TEXT NOT NULL DEFAULT '',
	withdrawn_why TEXT NOT NULL DEFAULT ''
);
CREATE INDEX document_library ON document (group_id, post_id);
CREATE INDEX document_owner ON document (owner_id, post_id) WHERE owner_id <> 0;
CREATE INDEX document_review ON document (review_at, post_id) WHERE review_at <> 0 AND withdrawn_at = 0;

-- Each state of a document's file, for good.
CREATE TABLE version (
	document_id BIGINT NOT NULL REFERENCES post (id),
	number BIGINT NOT NULL,
	uri TEXT NOT NULL UNIQUE,
	title TEXT NOT NULL DEFAULT '',
	note TEXT NOT NULL DEFAULT '',
	stage TEXT NOT NULL DEFAULT '',
	digest TEXT NOT NULL,
	name TEXT NOT NULL DEFAULT '',
	media_type TEXT NOT NULL DEFAULT '',
	size BIGINT NOT NULL DEFAULT 0,
	pages BIGINT NOT NULL DEFAULT 0,
	url TEXT NOT NULL DEFAULT '',
	text_url TEXT NOT NULL DEFAULT '',
	by_id BIGINT NOT NULL DEFAULT 0,
	at BIGINT NOT NULL,
	found TEXT NOT NULL DEFAULT '', -- by the check before sharing, and why it was shared
	withdrawn_at BIGINT NOT NULL DEFAULT 0,
	withdrawn_why TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (document_id, number)
);
CREATE INDEX version_digest ON version (digest, document_id);
CREATE INDEX version_by ON version (by_id) WHERE by_id <> 0;

-- What a document says of others.
CREATE TABLE related (
	document_id BIGINT NOT NULL REFERENCES post (id),
	relation TEXT NOT NULL CHECK (relation IN ('replaces', 'derived', 'translation')),
	uri TEXT NOT NULL,
	title TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (document_id, relation, uri)
);
CREATE INDEX related_uri ON related (uri, relation, document_id);

-- The bytes that are kept here, by their SHA-256. What has expires_at was fetched for
-- a reader and is forgotten then.
CREATE TABLE file (
	digest TEXT PRIMARY KEY,
	size BIGINT NOT NULL,
	kept_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX file_expires ON file (expires_at) WHERE expires_at <> 0;

-- What was read in a file: compressed JSON of extract.Reading.
CREATE TABLE reading (
	digest TEXT PRIMARY KEY,
	body BYTEA NOT NULL,
	read_at BIGINT NOT NULL
);

-- Files that were sent and are not shared yet.
CREATE TABLE upload (
	id BIGINT PRIMARY KEY,
	actor_id BIGINT NOT NULL REFERENCES actor (id),
	group_id BIGINT NOT NULL REFERENCES actor (id),
	document_id BIGINT NOT NULL DEFAULT 0, -- whose new version it is to be
	name TEXT NOT NULL,
	format TEXT NOT NULL,
	digest TEXT NOT NULL,
	size BIGINT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('waiting', 'ready', 'refused')),
	why TEXT NOT NULL DEFAULT '',
	attempts BIGINT NOT NULL DEFAULT 0,
	next_try_at BIGINT NOT NULL DEFAULT 0,
	at BIGINT NOT NULL
);
CREATE INDEX upload_waiting ON upload (next_try_at, id) WHERE state = 'waiting';
CREATE INDEX upload_actor ON upload (actor_id, id);
CREATE INDEX upload_digest ON upload (digest);
CREATE INDEX upload_at ON upload (at);

-- Documents that people here keep at hand, and the version they were last told of.
CREATE TABLE saved (
	actor_id BIGINT NOT NULL REFERENCES actor (id),
	document_id BIGINT NOT NULL REFERENCES post (id),
	told BIGINT NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (actor_id, document_id)
);
CREATE INDEX saved_document ON saved (document_id, actor_id);

-- Which organisations have said that they keep a copy of a document of ours.
CREATE TABLE kept_copy (
	document_id BIGINT NOT NULL REFERENCES post (id),
	host TEXT NOT NULL,
	number BIGINT NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (document_id, host)
);

-- More kinds: a document that somebody saved has a new version or is withdrawn, one
-- is due for review, has come to a new owner, or is copied elsewhere.
CREATE TABLE notification_wider (
	id BIGINT PRIMARY KEY,
	actor_id BIGINT NOT NULL REFERENCES actor (id),
	kind TEXT NOT NULL CHECK (kind IN ('reply', 'mention', 'asked', 'joined', 'refused',
		'invited', 'appointed', 'stood_down', 'removed', 'let_back', 'reported', 'moved',
		'hidden', 'restored', 'locked', 'unlocked',
		'version', 'withdrawn', 'review', 'handed_over', 'copied')),
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

DELETE FROM notification WHERE kind IN ('version', 'withdrawn', 'review', 'handed_over', 'copied');
DROP TABLE kept_copy;
DROP TABLE saved;
DROP TABLE upload;
DROP TABLE reading;
DROP TABLE file;
DROP TABLE related;
DROP TABLE version;
DROP TABLE document;
