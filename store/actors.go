package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"moothall/actors"
)

const actorColumns = `id, uri, kind, name, host, local, title, summary, source, url,
	inbox, shared_inbox, outbox, followers, featured, moderators,
	key_id, public_key, ed25519_key_id, ed25519_key, organisation, job_title,
	approves, discoverable, indexable, published_at, updated_at, fetched_at, deleted_at,
	moved_to, moved_at, also_known_as`

func scanActor(s scanner) (a actors.Actor, err error) {
	err = s.Scan(actorFields(&a)...)
	return a, err
}

func actorFields(a *actors.Actor) []any {
	return []any{
		&a.ID, &a.URI, &a.Kind, &a.Name, &a.Host, &a.Local, &a.Title, &a.Summary, &a.Source, &a.URL,
		&a.Inbox, &a.SharedInbox, &a.Outbox, &a.Followers, &a.Featured, &a.Moderators,
		&a.KeyID, &a.PublicKey, &a.Ed25519KeyID, &a.Ed25519Key, &a.Organisation, &a.JobTitle,
		&a.Approves, &a.Discoverable, &a.Indexable,
		timeOf{&a.Published}, timeOf{&a.Updated}, timeOf{&a.Fetched}, timeOf{&a.Deleted},
		&a.MovedTo, timeOf{&a.Moved}, &a.AlsoKnownAs,
	}
}

// AddActor stores a new actor; raw is the document it was read from, nil for
// local ones. ErrConflict when the address or, for local actors, the name is taken.
func (t *Tx) AddActor(ctx context.Context, a actors.Actor, raw []byte) error {
	_, err := t.exec(ctx, `
		INSERT INTO actor (`+actorColumns+`, name_folded, raw) VALUES (`+in(1, 34)+`)`,
		append(actorValues(a), strings.ToLower(a.Name), raw)...)
	return err
}

func actorValues(a actors.Actor) []any {
	return []any{
		a.ID, a.URI, a.Kind, a.Name, a.Host, a.Local, a.Title, a.Summary, a.Source, a.URL,
		a.Inbox, a.SharedInbox, a.Outbox, a.Followers, a.Featured, a.Moderators,
		a.KeyID, a.PublicKey, a.Ed25519KeyID, a.Ed25519Key, a.Organisation, a.JobTitle,
		a.Approves, a.Discoverable, a.Indexable,
		micros(a.Published), micros(a.Updated), micros(a.Fetched), micros(a.Deleted),
		a.MovedTo, micros(a.Moved), a.AlsoKnownAs,
	}
}

// SaveActor writes an actor's changed document over what is stored. Its
// address, kind and whether it is local never change, nor does the name of a
// local actor: names are never used again. Whether it has moved is for MarkMoved
// and SetAliases. When a remote actor moves to another
// inbox, what it follows is sent there from then on.
func (t *Tx) SaveActor(ctx context.Context, a actors.Actor, raw []byte) error {
	before, err := t.Actor(ctx, a.ID)
	if err != nil {
		return err
	}
	if before.Local {
		a.Name = before.Name
	} else if err := t.moveInbox(ctx, before, a.DeliveryInbox()); err != nil {
		return err
	}
	return t.execOne(ctx, `
		UPDATE actor SET name = $2, name_folded = $3, title = $4, summary = $5, source = $6, url = $7,
			inbox = $8, shared_inbox = $9, outbox = $10, followers = $11, featured = $12, moderators = $13,
			key_id = $14, public_key = $15, ed25519_key = $16, organisation = $17, job_title = $18,
			approves = $19, discoverable = $20, indexable = $21,
			published_at = $22, updated_at = $23, fetched_at = $24, raw = $25, ed25519_key_id = $26
		WHERE id = $1`,
		a.ID, a.Name, strings.ToLower(a.Name), a.Title, a.Summary, a.Source, a.URL,
		a.Inbox, a.SharedInbox, a.Outbox, a.Followers, a.Featured, a.Moderators,
		a.KeyID, a.PublicKey, a.Ed25519Key, a.Organisation, a.JobTitle,
		a.Approves, a.Discoverable, a.Indexable,
		micros(a.Published), micros(a.Updated), micros(a.Fetched), raw, a.Ed25519KeyID)
}

// Actor reads an actor by its row.
func (t *Tx) Actor(ctx context.Context, id actors.ID) (actors.Actor, error) {
	return one(ctx, t, scanActor, `SELECT `+actorColumns+` FROM actor WHERE id = $1`, id)
}

// ActorByURI reads an actor by its address.
func (t *Tx) ActorByURI(ctx context.Context, uri actors.URI) (actors.Actor, error) {
	if a, ok := t.shelf.get(uri); ok {
		return a, nil
	}
	a, err := one(ctx, t, scanActor, `SELECT `+actorColumns+` FROM actor WHERE uri = $1`, uri)
	if err == nil {
		t.shelf.put(a)
	}
	return a, err
}

// ActorByKey reads the actor who publishes a key, of either kind, under this id.
func (t *Tx) ActorByKey(ctx context.Context, keyID string) (actors.Actor, error) {
	return one(ctx, t, scanActor, `SELECT `+actorColumns+` FROM actor WHERE key_id = $1 OR ed25519_key_id = $1`, keyID)
}

// LocalActor reads a local person or community by name, whatever its case.
func (t *Tx) LocalActor(ctx context.Context, name string) (actors.Actor, error) {
	return one(ctx, t, scanActor, `SELECT `+actorColumns+` FROM actor WHERE name_folded = $1 AND local`,
		strings.ToLower(name))
}

// ActorByHandle reads an actor by name and host.
func (t *Tx) ActorByHandle(ctx context.Context, name, host string) (actors.Actor, error) {
	return one(ctx, t, scanActor, `
		SELECT `+actorColumns+` FROM actor
		WHERE host = $1 AND name_folded = $2 ORDER BY id LIMIT 1`, host, strings.ToLower(name))
}

// ActorOfKind reads an actor by kind, name and host: on some servers a person and
// a community may share a handle.
func (t *Tx) ActorOfKind(ctx context.Context, kind actors.Kind, name, host string) (actors.Actor, error) {
	return one(ctx, t, scanActor, `
		SELECT `+actorColumns+` FROM actor
		WHERE host = $1 AND name_folded = $2 AND kind = $3 ORDER BY id LIMIT 1`, host, strings.ToLower(name), kind)
}

// ActorsByID reads several actors at once; those that do not exist are left out.
func (t *Tx) ActorsByID(ctx context.Context, ids []actors.ID) (map[actors.ID]actors.Actor, error) {
	out := make(map[actors.ID]actors.Actor, len(ids))
	err := eachChunk(ids, func(args []any) error {
		list, err := collect(ctx, t, scanActor,
			`SELECT `+actorColumns+` FROM actor WHERE id IN (`+in(1, len(args))+`)`, args...)
		for _, a := range list {
			out[a.ID] = a
		}
		return err
	})
	return out, err
}

// ActorRaw is the document that a remote actor was last read from.
func (t *Tx) ActorRaw(ctx context.Context, id actors.ID) ([]byte, error) {
	return one(ctx, t, scanValue[[]byte], `SELECT raw FROM actor WHERE id = $1`, id)
}

// MarkActorGone makes an actor a tombstone and ends its memberships: nothing is
// sent for its sake any more. Its row and name stay for ever.
func (t *Tx) MarkActorGone(ctx context.Context, id actors.ID, at time.Time) error {
	list, err := t.MembershipsOf(ctx, id)
	if err != nil {
		return err
	}
	for _, m := range list {
		if m.Standing != actors.Joined && m.Standing != actors.Asked {
			continue
		}
		m.Standing, m.Since = actors.Left, at
		if err := t.SetMembership(ctx, m); err != nil {
			return err
		}
	}
	return t.execOne(ctx, `
		UPDATE actor SET deleted_at = $2, title = '', summary = '', source = '', organisation = '',
			job_title = '', raw = NULL
		WHERE id = $1 AND deleted_at = 0`, id, micros(at))
}

// Secrets are the private keys of a local actor, in PEM.
type Secrets struct {
	RSA     string
	Ed25519 string
}

// AddSecrets stores the private keys of a local actor.
func (t *Tx) AddSecrets(ctx context.Context, id actors.ID, k Secrets) error {
	if k.RSA == "" || k.Ed25519 == "" {
		return fmt.Errorf("keys of actor %s: empty key", id)
	}
	_, err := t.exec(ctx, `INSERT INTO actor_secret (actor_id, rsa_key, ed25519_key) VALUES ($1, $2, $3)`,
		id, k.RSA, k.Ed25519)
	return err
}

// Secrets reads the private keys of a local actor.
func (t *Tx) Secrets(ctx context.Context, id actors.ID) (Secrets, error) {
	return one(ctx, t, func(s scanner) (k Secrets, err error) {
		err = s.Scan(&k.RSA, &k.Ed25519)
		return k, err
	}, `SELECT rsa_key, ed25519_key FROM actor_secret WHERE actor_id = $1`, id)
}
