package actions_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/store"
	"moothall/store/storetest"
)

// house is a node's actions with one person and one community.
type house struct {
	db    *store.DB
	a     *actions.Actions
	ann   actors.Actor
	parks actors.Community
	keys  actions.KeyPair
}

func newHouse(t *testing.T) *house {
	t.Helper()
	return houseOn(t, storetest.SQLite(t))
}

// onEach runs a test on each kind of database.
func onEach(t *testing.T, f func(t *testing.T, h *house)) {
	for name, open := range map[string]func(testing.TB) *store.DB{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) { f(t, houseOn(t, open(t))) })
	}
}

// atOnce writes several things at the same time, and says what came of each: where the
// database has several writers, all have begun before either goes on.
func (h *house) atOnce(t *testing.T, writes ...func(*store.Tx) error) []error {
	t.Helper()
	came := make([]error, len(writes))
	var all, begun sync.WaitGroup
	begun.Add(len(writes))
	for i, f := range writes {
		all.Go(func() {
			once := sync.OnceFunc(begun.Done)
			came[i] = h.db.Write(context.Background(), func(tx *store.Tx) error {
				if once(); h.db.Kind() == "PostgreSQL" {
					begun.Wait()
				}
				return f(tx)
			})
		})
	}
	all.Wait()
	return came
}

func houseOn(t *testing.T, db *store.DB) *house {
	t.Helper()
	ctx := context.Background()
	now := func() time.Time { return time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC) }
	h := &house{db: db, a: &actions.Actions{
		Site: actions.NewSite("north.example", "North", false), Now: now, IDs: actors.NewIDs(now, nil), Keys: actions.NewKeyring(),
	}}
	if _, err := h.a.EnsureInstance(ctx, db); err != nil {
		t.Fatal(err)
	}
	keys, err := actions.NewKeyPair(nil)
	if err != nil {
		t.Fatal(err)
	}
	h.keys = keys
	h.write(t, func(tx *store.Tx) (err error) {
		h.ann, err = h.a.CreatePerson(ctx, tx, actions.NewPerson{
			Name: "ann", Title: "Ann", Email: "ann@north.example", Role: actors.AccountMember}, "", keys)
		if err != nil {
			return err
		}
		h.parks, err = h.a.StartCommunity(ctx, tx, h.ann, actions.Charter{
			Name: "parks", Title: "Parks", Audience: actors.AudiencePublic, Joining: actors.JoinOpen}, keys)
		return err
	})
	return h
}

func (h *house) write(t *testing.T, f func(*store.Tx) error) {
	t.Helper()
	if err := h.db.Write(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

func (h *house) read(t *testing.T, f func(*store.Tx) error) {
	t.Helper()
	if err := h.db.Read(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

// The shortest way through the corridor: a person posts into a community of the
// same node, and the log holds what partners are due.
func TestPublishAnnounces(t *testing.T) {
	ctx := context.Background()
	h := newHouse(t)
	h.write(t, func(tx *store.Tx) error {
		p, _, err := h.a.Publish(ctx, tx, h.ann, h.parks, nil, content.Draft{
			Kind: content.Question, Title: "Trees", Source: "When do you **plant**?"})
		if err != nil {
			return err
		}
		_, _, err = h.a.Publish(ctx, tx, h.ann, h.parks, &p, content.Draft{Source: "In autumn."})
		return err
	})
	h.read(t, func(tx *store.Tx) error {
		last, err := tx.LastEntry(ctx, h.parks.ID, actors.ChainPublic)
		if err != nil {
			return err
		}
		last.Group = h.parks.URI
		if last.Seq != 2 || last.Prev == "" || last.Entry.Hash() != last.Hash {
			t.Errorf("the log ends at %+v, want a second entry linked to the first", last)
		}
		list, err := tx.Discussions(ctx, actors.Viewer{}, h.parks.ID, store.Page{})
		if err != nil {
			return err
		}
		if len(list) != 1 || list[0].Replies != 1 {
			t.Errorf("discussions are %+v, want one with one reply", list)
		}
		return nil
	})
}

func (h *house) person(ctx context.Context, tx *store.Tx, name string, keys actions.KeyPair) (actors.Actor, error) {
	return h.a.CreatePerson(ctx, tx, actions.NewPerson{
		Name: name, Title: name, Email: name + "@north.example", Role: actors.AccountMember}, "", keys)
}

func charter(name string) actions.Charter {
	return actions.Charter{Name: name, Title: name, Audience: actors.AudiencePublic, Joining: actors.JoinOpen}
}
