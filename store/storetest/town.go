package storetest

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/store"
)

// Town is a database with helpers to fill it. What fails ends the test.
type Town struct {
	testing.TB
	DB   *store.DB
	last atomic.Int64
}

// firstID is beyond 32 bits, so that a parameter taken for a smaller number shows.
const firstID = 1 << 40

// NewTown wraps a database.
func NewTown(t testing.TB, db *store.DB) *Town {
	w := &Town{TB: t, DB: db}
	w.last.Store(firstID)
	return w
}

// ID is the next id.
func (w *Town) ID() actors.ID { return actors.ID(w.last.Add(1)) }

// At is a moment, n seconds into the story.
func At(n int) time.Time { return time.Unix(1_800_000_000+int64(n), 0).UTC() }

// Write runs f in a transaction.
func (w *Town) Write(f func(ctx context.Context, tx *store.Tx) error) {
	w.Helper()
	ctx := context.Background()
	if err := w.DB.Write(ctx, func(tx *store.Tx) error { return f(ctx, tx) }); err != nil {
		w.Fatal(err)
	}
}

// Read runs f on one moment.
func (w *Town) Read(f func(ctx context.Context, tx *store.Tx) error) {
	w.Helper()
	ctx := context.Background()
	if err := w.DB.Read(ctx, func(tx *store.Tx) error { return f(ctx, tx) }); err != nil {
		w.Fatal(err)
	}
}

// Actor stores an actor; host "" is this node.
func (w *Town) Actor(kind actors.Kind, name, host string) actors.Actor {
	w.Helper()
	a := actors.Actor{ID: w.ID(), Kind: kind, Name: name, Host: host, Local: host == "", Title: "Title of " + name,
		Discoverable: true, Published: At(0)}
	if a.Local {
		a.Host = "here.example"
	}
	base := "https://" + a.Host
	a.URI = actors.URI(fmt.Sprintf("%s/u/%s", base, name))
	a.Inbox, a.KeyID = a.URI+"/inbox", string(a.URI)+"#main-key"
	if !a.Local {
		a.SharedInbox = actors.URI(base + "/inbox")
	}
	w.Write(func(ctx context.Context, tx *store.Tx) error { return tx.AddActor(ctx, a, nil) })
	return a
}

// Person stores a person.
func (w *Town) Person(name, host string) actors.Actor {
	w.Helper()
	return w.Actor(actors.Person, name, host)
}

// Community stores a local community.
func (w *Town) Community(name string, a actors.Audience) actors.Community {
	w.Helper()
	return w.community(w.Actor(actors.Group, name, ""), a)
}

func (w *Town) community(g actors.Actor, a actors.Audience) actors.Community {
	w.Helper()
	c := actors.Community{Actor: g, Audience: a, Joining: actors.JoinOpen,
		Posting: actors.PostMembers, ThreadType: "Page", Language: "en", History: actors.HistoryComplete}
	w.Write(func(ctx context.Context, tx *store.Tx) error { return tx.AddCommunity(ctx, c) })
	return c
}

// Stands writes a membership.
func (w *Town) Stands(group, actor actors.ID, s actors.Standing) {
	w.Helper()
	m := actors.Membership{Group: group, Actor: actor, Role: actors.Member, Standing: s, Since: At(1)}
	w.Write(func(ctx context.Context, tx *store.Tx) error { return tx.SetMembership(ctx, m) })
}

// Draft is a post that is not stored yet, an answer where parent is set.
func (w *Town) Draft(group, author actors.ID, parent *content.Post, a actors.Audience, at int) content.Post {
	id := w.ID()
	p := content.Post{ID: id, URI: actors.URI("https://here.example/p/" + id.String()), Group: group, Author: author,
		Root: id, Kind: content.Discussion, Type: "Page", Title: "Title " + id.String(), HTML: "<p>words</p>", Source: "words",
		Audience: a, Standing: content.Accepted, Local: true, Published: At(at), LastReply: At(at)}
	if parent != nil {
		p.Parent, p.Root, p.Depth, p.Kind, p.Type, p.Title = parent.ID, parent.Root, parent.Depth+1, content.Comment, "Note", ""
	}
	return p
}

// Post stores an accepted post.
func (w *Town) Post(group, author actors.ID, parent *content.Post, a actors.Audience, at int) content.Post {
	w.Helper()
	p := w.Draft(group, author, parent, a, at)
	w.Write(func(ctx context.Context, tx *store.Tx) error { return tx.AddPost(ctx, p, []byte(`{"raw":1}`)) })
	return p
}

// Activity is a line of the log that is not stored yet.
func (w *Town) Activity(kind string, by actors.Actor, object actors.URI) actors.Activity {
	id := w.ID()
	return actors.Activity{ID: id, URI: actors.URI("https://" + by.Host + "/a/" + id.String()), Type: kind, Actor: by.URI,
		Signer: by.URI, Host: by.Host, Object: object, Direction: actors.Outbound, State: actors.Applied,
		Body: []byte(`{"type":"` + kind + `"}`), At: At(int(id - firstID))}
}

// Record stores an activity that is new.
func (w *Town) Record(a actors.Activity) actors.Activity {
	w.Helper()
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		isNew, err := tx.Record(ctx, a)
		if err == nil && !isNew {
			err = fmt.Errorf("activity %s was there already", a.URI)
		}
		return err
	})
	return a
}

// Send records an activity and owes it.
func (w *Town) Send(by actors.Actor, to ...store.Recipient) actors.Activity {
	w.Helper()
	a := w.Activity("Announce", by, "")
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.Record(ctx, a); err != nil {
			return err
		}
		return tx.Send(ctx, a.ID, by.ID, a.At, to...)
	})
	return a
}
