package actions

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io"
	"time"

	"moothall/actors"
	"moothall/store"
)

// Actions holds what every action needs.
type Actions struct {
	Site   Site
	Now    func() time.Time
	IDs    *actors.IDs
	Random io.Reader // secrets and salts; nil is the system's
	Keys   *Keyring
	Wake   Wake
	// Software is the name and version of this program, for the records of documents.
	Software string
	// Space bounds what people and communities send.
	Space Space
	// NewKeys makes the keys of a local actor; nil makes them with Random.
	NewKeys func() (KeyPair, error)

	needs needs
}

// Wake tells the workers that there is something for them, once it is durable.
type Wake struct {
	Delivery func() // something is owed to a partner
	History  func() // a community's past is to be fetched
	// Thread is called when somebody with an account opens a discussion of which
	// replies may be missing.
	Thread  func(root actors.ID)
	Library func() // a file waits to be read
	Policy  func() // the rules about hosts have changed
}

// Refusal says that somebody may not do what they asked. Code names the rule,
// for counting; Words are for the person or admin who reads it.
type Refusal struct {
	Code  string
	Words string
}

// Error gives the code and the words.
func (r *Refusal) Error() string { return r.Code + ": " + r.Words }

// Is makes a Refusal an actors.ErrForbidden.
func (r *Refusal) Is(target error) bool { return target == actors.ErrForbidden }

func refuse(code, words string) error { return &Refusal{code, words} }

func (a *Actions) random() io.Reader {
	if a.Random == nil {
		return rand.Reader
	}
	return a.Random
}

// MakeKeys makes the keys of a new local actor. It is slow: never call it in a
// transaction.
func (a *Actions) MakeKeys() (KeyPair, error) {
	if a.NewKeys != nil {
		return a.NewKeys()
	}
	return NewKeyPair(a.Random)
}

// secret makes an unguessable text of 32 random bytes.
func (a *Actions) secret() (string, error) {
	var b [32]byte
	if _, err := io.ReadFull(a.random(), b[:]); err != nil {
		return "", fmt.Errorf("make a secret: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b[:]), nil
}

// own starts the log line of an activity by a local actor.
func (a *Actions) own(kind string, by actors.Actor, group, object actors.URI) actors.Activity {
	id := a.IDs.Next()
	return actors.Activity{
		ID: id, URI: a.Site.Activity(id), Type: kind, Actor: by.URI, Signer: by.URI, Host: a.Site.Host,
		Object: object, Direction: actors.Outbound, State: actors.Applied, At: a.Now(),
	}
}

// record puts a local actor's activity into the log.
func (a *Actions) record(ctx context.Context, tx *store.Tx, act actors.Activity) error {
	isNew, err := tx.Record(ctx, act)
	if err != nil {
		return fmt.Errorf("record %s: %w", act.Type, err)
	}
	if !isNew {
		return fmt.Errorf("record %s %s: %w", act.Type, act.URI, store.ErrConflict)
	}
	return nil
}

// send owes an activity to its recipients and wakes the lanes.
func (a *Actions) send(ctx context.Context, tx *store.Tx, act actors.Activity, by actors.Actor, to ...store.Recipient) error {
	if len(to) == 0 {
		return nil
	}
	if err := tx.Send(ctx, act.ID, by.ID, a.Now(), to...); err != nil {
		return fmt.Errorf("owe %s: %w", act.URI, err)
	}
	if a.Wake.Delivery != nil {
		tx.After(a.Wake.Delivery)
	}
	return nil
}

// to is the inbox of a remote actor; nobody when the actor lives here.
func to(a actors.Actor) []store.Recipient {
	if a.Local {
		return nil
	}
	return []store.Recipient{store.ToInbox(a)}
}
