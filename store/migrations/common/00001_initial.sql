-- +goose Up

CREATE TABLE setting (
	name TEXT PRIMARY KEY,
	value TEXT NOT NULL
);

-- Numbers handed out inside a transaction, so that their order is the order of commits.
CREATE TABLE counter (
	name TEXT PRIMARY KEY,
	value BIGINT NOT NULL
);

CREATE TABLE actor (
	id BIGINT PRIMARY KEY,
	uri TEXT NOT NULL UNIQUE,
	kind TEXT NOT NULL CHECK (kind IN ('Person', 'Group', 'Application')),
	name TEXT NOT NULL,
	name_folded TEXT NOT NULL,
	host TEXT NOT NULL,
	local BOOLEAN NOT NULL,
	title TEXT NOT NULL DEFAULT '',
	summary TEXT NOT NULL DEFAULT '',
	source TEXT NOT NULL DEFAULT '',
	url TEXT NOT NULL DEFAULT '',
	inbox TEXT NOT NULL DEFAULT '',
	shared_inbox TEXT NOT NULL DEFAULT '',
	outbox TEXT NOT NULL DEFAULT '',
	followers TEXT NOT NULL DEFAULT '',
	featured TEXT NOT NULL DEFAULT '',
	moderators TEXT NOT NULL DEFAULT '',
	key_id TEXT NOT NULL DEFAULT '',
	public_key TEXT NOT NULL DEFAULT '',
	ed25519_key TEXT NOT NULL DEFAULT '',
	organisation TEXT NOT NULL DEFAULT '',
	job_title TEXT NOT NULL DEFAULT '',
	approves BOOLEAN NOT NULL DEFAULT FALSE,
	discoverable BOOLEAN NOT NULL DEFAULT FALSE,
	indexable BOOLEAN NOT NULL DEFAULT FALSE,
	raw BYTEA,
	published_at BIGINT NOT NULL DEFAULT 0,
	updated_at BIGINT NOT NULL DEFAULT 0,
	fetched_at BIGINT NOT NULL DEFAULT 0,
	deleted_at BIGINT NOT NULL DEFAULT 0
);
-- One name space for people and communities, and a name is never used again.
CREATE UNIQUE INDEX actor_local_name ON actor (name_folded) WHERE local;
CREATE INDEX actor_handle ON actor (host, name_folded);
CREATE INDEX actor_key ON actor (key_id);
CREATE INDEX actor_inbox ON actor (inbox);
CREATE INDEX actor_shared_inbox ON actor (shared_inbox);

CREATE TABLE actor_secret (
	actor_id BIGINT PRIMARY KEY REFERENCES actor (id),
	rsa_key TEXT NOT NULL,
	ed25519_key TEXT NOT NULL
);

CREATE TABLE organisation (
	id BIGINT PRIMARY KEY,
	name TEXT NOT NULL,
	created_at BIGINT NOT NULL
);

CREATE TABLE account (
	actor_id BIGINT PRIMARY KEY REFERENCES actor (id),
	organisation_id BIGINT REFERENCES organisation (id),
	email TEXT NOT NULL UNIQUE,
	password TEXT NOT NULL,
	role TEXT NOT NULL CHECK (role IN ('member', 'moderator', 'admin')),
	created_at BIGINT NOT NULL,
	signed_in_at BIGINT NOT NULL DEFAULT 0,
	disabled_at BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE session (
	id BIGINT PRIMARY KEY,
	secret TEXT NOT NULL UNIQUE,
	actor_id BIGINT NOT NULL REFERENCES actor (id),
	agent TEXT NOT NULL DEFAULT '',
	created_at BIGINT NOT NULL,
	seen_at BIGINT NOT NULL,
	proved_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL
);
CREATE INDEX session_actor ON session (actor_id);

CREATE TABLE token (
	id BIGINT PRIMARY KEY,
	secret TEXT NOT NULL UNIQUE,
	actor_id BIGINT NOT NULL REFERENCES actor (id),
	created_at BIGINT NOT NULL
);
CREATE INDEX token_actor ON token (actor_id);

CREATE TABLE invitation (
	id BIGINT PRIMARY KEY,
	secret TEXT NOT NULL UNIQUE,
	email TEXT NOT NULL DEFAULT '',
	role TEXT NOT NULL CHECK (role IN ('member', 'moderator', 'admin')),
	actor_id BIGINT NOT NULL DEFAULT 0,
	invited_by BIGINT NOT NULL DEFAULT 0,
	created_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	used_at BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE throttle (
	name TEXT PRIMARY KEY,
	failures BIGINT NOT NULL,
	until_at BIGINT NOT NULL,
	last_at BIGINT NOT NULL
);

CREATE TABLE community (
	actor_id BIGINT PRIMARY KEY REFERENCES actor (id),
	audience TEXT NOT NULL CHECK (audience IN ('public', 'network', 'members', 'organisation')),
	joining TEXT NOT NULL CHECK (joining IN ('open', 'request', 'invitation')),
	posting TEXT NOT NULL CHECK (posting IN ('anyone', 'members', 'moderators')),
	thread_type TEXT NOT NULL CHECK (thread_type IN ('Page', 'Article')),
	language TEXT NOT NULL DEFAULT '',
	epoch BIGINT NOT NULL DEFAULT 0,
	history TEXT NOT NULL CHECK (history IN ('complete', 'fetching', 'partial', 'none')),
	history_note TEXT NOT NULL DEFAULT '',
	head_seq BIGINT NOT NULL DEFAULT 0,
	complete_to BIGINT NOT NULL DEFAULT 0,
	last_post_at BIGINT NOT NULL DEFAULT 0,
	members BIGINT NOT NULL DEFAULT 0,
	-- Discussions that are part of the community, by who may read them, so that a
	-- page can say how many its reader sees without counting.
	discussions_public BIGINT NOT NULL DEFAULT 0,
	discussions_network BIGINT NOT NULL DEFAULT 0,
	discussions_members BIGINT NOT NULL DEFAULT 0,
	discussions_organisation BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX community_recent ON community (last_post_at, actor_id);

CREATE TABLE membership (
	group_id BIGINT NOT NULL REFERENCES actor (id),
	actor_id BIGINT NOT NULL REFERENCES actor (id),
	role TEXT NOT NULL CHECK (role IN ('guest', 'member', 'moderator', 'owner')),
	standing TEXT NOT NULL CHECK (standing IN ('asked', 'joined', 'refused', 'left', 'banned', 'invited')),
	follow TEXT NOT NULL DEFAULT '',
	since_at BIGINT NOT NULL,
	appointed_at BIGINT NOT NULL DEFAULT 0,
	until_at BIGINT NOT NULL DEFAULT 0,
	note TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (group_id, actor_id)
);
CREATE INDEX membership_actor ON membership (actor_id, standing);
CREATE INDEX membership_standing ON membership (group_id, standing, since_at);
CREATE INDEX membership_follow ON membership (follow, group_id) WHERE follow <> '';
CREATE INDEX membership_asked ON membership (since_at) WHERE standing = 'asked';

-- Where the followers of an actor are to be reached: one row per inbox, however
-- many people are behind it. Kept in step with membership, so that sending
-- never counts people.
CREATE TABLE follower_inbox (
	group_id BIGINT NOT NULL REFERENCES actor (id),
	host TEXT NOT NULL,
	inbox TEXT NOT NULL,
	followers BIGINT NOT NULL,
	since_seq BIGINT NOT NULL,
	PRIMARY KEY (group_id, host, inbox)
);
CREATE INDEX follower_inbox_host ON follower_inbox (host, group_id);

CREATE TABLE post (
	id BIGINT PRIMARY KEY,
	uri TEXT NOT NULL UNIQUE,
	group_id BIGINT NOT NULL REFERENCES actor (id),
	author_id BIGINT NOT NULL REFERENCES actor (id),
	parent_id BIGINT NOT NULL DEFAULT 0,
	root_id BIGINT NOT NULL,
	depth BIGINT NOT NULL DEFAULT 0,
	kind TEXT NOT NULL CHECK (kind IN ('discussion', 'question', 'comment')),
	type TEXT NOT NULL,
	title TEXT NOT NULL DEFAULT '',
	html TEXT NOT NULL DEFAULT '',
	source TEXT NOT NULL DEFAULT '',
	link TEXT NOT NULL DEFAULT '',
	language TEXT NOT NULL DEFAULT '',
	url TEXT NOT NULL DEFAULT '',
	audience TEXT NOT NULL CHECK (audience IN ('public', 'network', 'members', 'organisation')),
	standing TEXT NOT NULL CHECK (standing IN ('sent', 'accepted', 'hidden', 'declined')),
	local BOOLEAN NOT NULL,
	pinned BOOLEAN NOT NULL DEFAULT FALSE,
	replies BIGINT NOT NULL DEFAULT 0,
	useful BIGINT NOT NULL DEFAULT 0,
	last_reply_at BIGINT NOT NULL,
	published_at BIGINT NOT NULL,
	updated_at BIGINT NOT NULL DEFAULT 0,
	deleted_at BIGINT NOT NULL DEFAULT 0,
	raw BYTEA
);
CREATE INDEX post_discussions ON post (group_id, pinned, last_reply_at, id) WHERE parent_id = 0;
CREATE INDEX post_thread ON post (root_id, published_at, id);
CREATE INDEX post_author ON post (author_id, published_at, id);
CREATE INDEX post_public ON post (last_reply_at, id)
	WHERE parent_id = 0 AND deleted_at = 0 AND audience = 'public' AND standing = 'accepted';
CREATE INDEX post_written_here ON post (id)
	WHERE local AND deleted_at = 0 AND audience = 'public' AND standing = 'accepted';

CREATE TABLE reaction (
	post_id BIGINT NOT NULL REFERENCES post (id),
	actor_id BIGINT NOT NULL REFERENCES actor (id),
	kind TEXT NOT NULL CHECK (kind IN ('useful')),
	uri TEXT NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (post_id, actor_id, kind)
);
CREATE INDEX reaction_uri ON reaction (uri);

CREATE TABLE notification (
	id BIGINT PRIMARY KEY,
	actor_id BIGINT NOT NULL REFERENCES actor (id),
	kind TEXT NOT NULL CHECK (kind IN ('reply', 'mention', 'asked', 'joined', 'refused',
		'invited', 'appointed', 'stood_down', 'removed', 'let_back')),
	post_id BIGINT NOT NULL DEFAULT 0,
	group_id BIGINT NOT NULL DEFAULT 0,
	by_id BIGINT NOT NULL,
	at BIGINT NOT NULL,
	seen_at BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX notification_actor ON notification (actor_id, id);
CREATE INDEX notification_unseen ON notification (actor_id) WHERE seen_at = 0;

-- The log. body is what was received or first written, byte for byte.
CREATE TABLE activity (
	id BIGINT PRIMARY KEY,
	uri TEXT NOT NULL,
	type TEXT NOT NULL,
	actor TEXT NOT NULL,
	signer TEXT NOT NULL CHECK (signer <> ''),
	host TEXT NOT NULL,
	object TEXT NOT NULL DEFAULT '',
	group_id BIGINT NOT NULL DEFAULT 0,
	direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
	state TEXT NOT NULL CHECK (state IN ('waiting', 'applied', 'held', 'rejected')),
	reason TEXT NOT NULL DEFAULT '',
	attempts BIGINT NOT NULL DEFAULT 0,
	next_try_at BIGINT NOT NULL DEFAULT 0,
	body BYTEA,
	at BIGINT NOT NULL,
	UNIQUE (uri, signer)
);
CREATE INDEX activity_waiting ON activity (next_try_at, id) WHERE state = 'waiting';
CREATE INDEX activity_awaiting ON activity (reason, id) WHERE state = 'waiting';
CREATE INDEX activity_unapplied ON activity (id) WHERE state IN ('held', 'rejected');
CREATE INDEX activity_by_actor ON activity (actor, id) WHERE direction = 'out';
CREATE INDEX activity_announced ON activity (group_id, id) WHERE type = 'Announce' AND state = 'applied';
CREATE INDEX activity_object ON activity (object, id);

-- Local people whom an activity names, so that their inbox can be read from the log.
CREATE TABLE addressed (
	actor_id BIGINT NOT NULL REFERENCES actor (id),
	activity_id BIGINT NOT NULL, -- written before its activity, in the same transaction
	PRIMARY KEY (actor_id, activity_id)
);

-- What is due to whom: the followers of an actor, or one inbox. A row per
-- audience, never per recipient.
CREATE TABLE outbound (
	seq BIGINT PRIMARY KEY,
	activity_id BIGINT NOT NULL REFERENCES activity (id),
	followers_of BIGINT NOT NULL DEFAULT 0,
	host TEXT NOT NULL DEFAULT '',
	inbox TEXT NOT NULL DEFAULT '',
	form TEXT NOT NULL DEFAULT '' CHECK (form IN ('', 'boost')),
	signer_id BIGINT NOT NULL REFERENCES actor (id),
	at BIGINT NOT NULL
);
CREATE INDEX outbound_followers ON outbound (followers_of, seq) WHERE followers_of <> 0;
CREATE INDEX outbound_host ON outbound (host, seq) WHERE host <> '';

-- The numbered, hash-linked log of each community, one chain per audience.
CREATE TABLE log_entry (
	group_id BIGINT NOT NULL REFERENCES actor (id),
	chain TEXT NOT NULL CHECK (chain IN ('public', 'members')),
	seq BIGINT NOT NULL,
	activity_id BIGINT NOT NULL DEFAULT 0,
	object TEXT NOT NULL DEFAULT '',
	salt TEXT NOT NULL DEFAULT '',
	digest TEXT NOT NULL,
	prev TEXT NOT NULL,
	hash TEXT NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (group_id, chain, seq)
);
CREATE INDEX log_entry_object ON log_entry (object, group_id, activity_id);

CREATE TABLE instance (
	host TEXT PRIMARY KEY,
	software TEXT NOT NULL DEFAULT '',
	name TEXT NOT NULL DEFAULT '',
	first_seen_at BIGINT NOT NULL,
	last_success_at BIGINT NOT NULL DEFAULT 0,
	last_inbound_at BIGINT NOT NULL DEFAULT 0,
	asked_at BIGINT NOT NULL DEFAULT 0 -- when it was last asked what it is
);
CREATE INDEX instance_asked ON instance (asked_at);

CREATE TABLE delivery_cursor (
	host TEXT PRIMARY KEY,
	position BIGINT NOT NULL,
	part BIGINT NOT NULL DEFAULT 0,
	failures BIGINT NOT NULL DEFAULT 0,
	failing_since_at BIGINT NOT NULL DEFAULT 0,
	next_try_at BIGINT NOT NULL DEFAULT 0,
	last_error TEXT NOT NULL DEFAULT '',
	dead_at BIGINT NOT NULL DEFAULT 0,
	lease_by TEXT NOT NULL DEFAULT '',
	lease_until_at BIGINT NOT NULL DEFAULT 0
);

-- What could not be delivered for good, and why.
CREATE TABLE dead_letter (
	id BIGINT PRIMARY KEY,
	host TEXT NOT NULL,
	inbox TEXT NOT NULL,
	activity_id BIGINT NOT NULL,
	status BIGINT NOT NULL,
	reason TEXT NOT NULL,
	at BIGINT NOT NULL
);
CREATE INDEX dead_letter_host ON dead_letter (host, id);
CREATE INDEX dead_letter_inbox ON dead_letter (inbox, status, at);

CREATE TABLE rule (
	host TEXT PRIMARY KEY,
	verdict TEXT NOT NULL CHECK (verdict IN ('accept', 'hold', 'refuse')),
	exact BOOLEAN NOT NULL DEFAULT FALSE,
	reason TEXT NOT NULL DEFAULT '',
	by_id BIGINT NOT NULL DEFAULT 0,
	created_at BIGINT NOT NULL
);

-- Requests turned away at the door, counted so that a flood stays small.
CREATE TABLE refusal (
	day BIGINT NOT NULL,
	host TEXT NOT NULL,
	code TEXT NOT NULL,
	detail TEXT NOT NULL,
	times BIGINT NOT NULL,
	last_at BIGINT NOT NULL,
	PRIMARY KEY (day, host, code)
);

CREATE TABLE history_job (
	group_id BIGINT PRIMARY KEY REFERENCES actor (id),
	stage TEXT NOT NULL CHECK (stage IN ('start', 'log', 'pinned', 'outbox', 'threads', 'done')),
	place TEXT NOT NULL DEFAULT '',
	attempts BIGINT NOT NULL DEFAULT 0,
	next_try_at BIGINT NOT NULL DEFAULT 0
);

-- Discussions whose threads a history job has still to read.
CREATE TABLE history_thread (
	group_id BIGINT NOT NULL REFERENCES actor (id),
	uri TEXT NOT NULL,
	attempts BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (group_id, uri)
);

CREATE TABLE audit (
	id BIGINT PRIMARY KEY,
	by_id BIGINT NOT NULL,
	action TEXT NOT NULL,
	target TEXT NOT NULL DEFAULT '',
	detail TEXT NOT NULL DEFAULT '',
	at BIGINT NOT NULL
);

-- +goose Down

DROP TABLE audit;
DROP TABLE history_thread;
DROP TABLE history_job;
DROP TABLE refusal;
DROP TABLE rule;
DROP TABLE dead_letter;
DROP TABLE delivery_cursor;
DROP TABLE instance;
DROP TABLE log_entry;
DROP TABLE outbound;
DROP TABLE addressed;
DROP TABLE activity;
DROP TABLE notification;
DROP TABLE reaction;
DROP TABLE post;
DROP TABLE follower_inbox;
DROP TABLE membership;
DROP TABLE community;
DROP TABLE throttle;
DROP TABLE invitation;
DROP TABLE token;
DROP TABLE session;
DROP TABLE account;
DROP TABLE organisation;
DROP TABLE actor_secret;
DROP TABLE actor;
DROP TABLE counter;
DROP TABLE setting;
