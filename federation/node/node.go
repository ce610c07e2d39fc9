package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"github.com/go-chi/chi/v5"

	"moothall/actions"
	"moothall/actors"
	"moothall/blobs"
	"moothall/federation/delivery"
	"moothall/federation/foreign"
	"moothall/federation/inbox"
	"moothall/federation/remote"
	"moothall/federation/sign"
	"moothall/federation/token"
	"moothall/library"
	"moothall/store"
)

// Node is one whole node.
type Node struct {
	Config  Config
	Site    actions.Site
	DB      *store.DB
	Files   *blobs.Store
	Library *library.Library
	Actions *actions.Actions
	Remote  *remote.Client
	Keys    *remote.Keys
	Log     *slog.Logger

	inbox    *inbox.Inbox
	delivery *delivery.Delivery
	members  *remote.Members
	styles   *remote.Styles

	now     func() time.Time
	policy  *policy
	handler http.Handler

	documents, pages chi.Routes // what handler answers from; pages may be nil

	instance actors.Actor
	sweep    sweep
	closing  sync.Once
}

// New opens a node's data, making what a first start needs. Nothing runs and
// nobody is answered until Run and Handler are used. Errors wrap ErrHost,
// store.ErrNewerSchema, or say what could not be opened.
func New(ctx context.Context, c Config, p Parts) (*Node, error) {
	db, err := store.Open(ctx, c.DatabaseURL())
	if err != nil {
		return nil, err
	}
	files, err := blobs.Open(ctx, c.StorageURL(), filepath.Join(c.Data, "spool"))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("setting storage: %w", err), db.Close())
	}
	n, err := open(ctx, db, files, c, p)
	if err != nil {
		return nil, errors.Join(err, files.Close(), db.Close())
	}
	return n, nil
}

func open(ctx context.Context, db *store.DB, files *blobs.Store, c Config, p Parts) (*Node, error) {
	c, err := claim(ctx, db, c)
	if err != nil {
		return nil, err
	}
	c = c.filled()
	if p, err = p.filled(c.Development); err != nil {
		return nil, err
	}
	n := &Node{
		Config: c, Site: actions.NewSite(c.Host, c.Name, c.Development), DB: db, Files: files, Log: p.Log, now: p.Now,
		policy: &policy{db: db, fallback: c.Mode},
	}
	n.Actions = &actions.Actions{
		Site: n.Site, Now: p.Now, IDs: actors.NewIDs(p.Now, p.IDs), Random: p.Random,
		Keys: actions.NewKeyring(), NewKeys: p.NewKeys, Software: "Moothall " + c.Version,
	}
	if n.instance, err = n.Actions.EnsureInstance(ctx, db); err != nil {
		return nil, fmt.Errorf("make the node's own actor: %w", err)
	}
	if err := db.Write(ctx, func(tx *store.Tx) error { return tx.FillFollowerDigests(ctx) }); err != nil {
		return nil, fmt.Errorf("count followers: %w", err)
	}
	if err := n.policy.reload(ctx); err != nil {
		return nil, err
	}
	if err := n.readyFiles(ctx, p.Headless); err != nil {
		return nil, err
	}
	if p.Read == nil {
		p.Read = reader(p, c.Data)
	}
	n.reach(p)
	n.wire(p)
	n.openLibrary(p)
	return n, n.doors(p.Pages)
}

// reach makes what goes out to other hosts.
func (n *Node) reach(p Parts) {
	n.styles = &remote.Styles{Stored: n.instanceOf, Store: n.setStyle, Now: p.Now, Log: p.Log}
	n.Remote = &remote.Client{
		HTTP: p.Network, Addresses: n.Site.Addresses, Decide: n.policy.Decide, OwnHost: n.Site.Host,
		UserAgent: "Moothall/" + n.Config.Version + " (+" + n.Site.Base + "/)", Now: p.Now,
		Signer: func(ctx context.Context) (sign.Signer, error) { return n.signerOf(ctx, n.instance) },
		Styles: n.styles,
	}
	n.Remote.Tokens = &remote.Tokens{Own: n.ownToken, Now: p.Now}
	n.Keys = &remote.Keys{Client: n.Remote, Known: n.knownKey, Learn: n.learn, Changed: n.keyChanged, Now: p.Now}
	n.members = &remote.Members{Client: n.asMember, Now: p.Now}
}

// asMember reads in the name of a member of a community who lives here.
func (n *Node) asMember(ctx context.Context, group actors.Community) (*remote.Client, error) {
	var as sign.Signer
	err := n.DB.Read(ctx, func(tx *store.Tx) (err error) {
		as, err = n.Actions.Reader(ctx, tx, group.ID)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil, remote.ErrNotThere
	}
	if err != nil {
		return nil, err
	}
	return n.Remote.As(as), nil
}

// ownToken is a token of a community here, for somebody here.
func (n *Node) ownToken(ctx context.Context, t token.Token) (text string, err error) {
	err = n.DB.Read(ctx, func(tx *store.Tx) error {
		who, err := tx.ActorByURI(ctx, t.Person)
		if err != nil {
			return err
		}
		text, _, err = n.Actions.MemberToken(ctx, tx, actors.Viewer{Actor: who.ID, Local: who.Local}, t)
		return err
	})
	return text, err
}

// wire joins the two workers to the log: one takes in, one sends out.
func (n *Node) wire(p Parts) {
	n.inbox = &inbox.Inbox{
		DB: n.DB, Site: n.Site, Actions: n.Actions, Keys: n.Keys, Remote: n.Remote, Show: foreign.Reader{When: p.Pages.DateTime}.Read,
		Decide: n.policy.Decide, IDs: n.Actions.IDs, Now: p.Now, Log: p.Log, Rate: inbox.DefaultRate,
	}
	n.delivery = &delivery.Delivery{
		DB: n.DB, Post: n.Remote.Post, Keys: n.Actions.Keys, Decide: n.policy.Decide, IDs: n.Actions.IDs, Now: p.Now,
		Probe: n.probe, Reread: n.reread, Gone: n.hasGone, Jitter: p.Jitter, Process: n.Config.lessee(p.Process), Log: p.Log,
	}
	n.Actions.Wake = actions.Wake{Delivery: n.delivery.Wake, History: n.inbox.Wake, Thread: n.inbox.ThreadOpened, Policy: n.rulesChanged}
}

// probe asks a host what it is, which shows that it lives, and remembers what it says.
func (n *Node) probe(ctx context.Context, host string) error {
	facts, err := n.Remote.NodeInfo(ctx, host)
	if err != nil {
		return err
	}
	return n.DB.Write(ctx, func(tx *store.Tx) error {
		if err := tx.MeetInstance(ctx, host, n.now()); err != nil {
			return err
		}
		return tx.DescribeInstance(ctx, host, facts.Software, facts.Version, facts.Name)
	})
}

// reread reads an actor of a host again, and says which: one who is reached by
// inbox, or any.
func (n *Node) reread(ctx context.Context, host string, inbox actors.URI) (actors.URI, error) {
	var known actors.Actor
	err := n.DB.Read(ctx, func(tx *store.Tx) (err error) {
		known, err = tx.SomeoneAt(ctx, host, inbox)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	a, raw, err := n.Remote.Actor(ctx, known.URI)
	if err != nil {
		return known.URI, err
	}
	return known.URI, n.DB.Write(ctx, func(tx *store.Tx) error {
		_, err := n.Actions.Learn(ctx, tx, a, raw, false)
		return err
	})
}

// hasGone says whether an actor's own host calls it gone.
func (n *Node) hasGone(ctx context.Context, actor actors.URI) (bool, error) {
	_, _, err := n.Remote.Actor(ctx, actor)
	if errors.Is(err, remote.ErrGone) {
		return true, nil
	}
	return false, err
}

func (n *Node) signerOf(ctx context.Context, a actors.Actor) (s sign.Signer, err error) {
	err = n.DB.Read(ctx, func(tx *store.Tx) error {
		s, err = n.Actions.Keys.SignerOf(ctx, tx, a)
		return err
	})
	return s, err
}

func (n *Node) knownKey(ctx context.Context, keyID string) (a actors.Actor, known bool, err error) {
	err = n.DB.Read(ctx, func(tx *store.Tx) error {
		a, err = tx.ActorByKey(ctx, keyID)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return a, false, nil
	}
	return a, err == nil, err
}

func (n *Node) instanceOf(ctx context.Context, host string) (i actors.Instance, err error) {
	err = n.DB.Read(ctx, func(tx *store.Tx) error {
		i, err = tx.Instance(ctx, host)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return actors.Instance{}, nil
	}
	return i, err
}

func (n *Node) setStyle(ctx context.Context, host string, style actors.Style, why actors.StyleReason, at time.Time) error {
	return n.DB.Write(ctx, func(tx *store.Tx) error { return tx.SetInstanceStyle(ctx, host, style, why, at) })
}

// learn stores an actor whose key was just read at its own host, which is the
// proof that a new key needs.
func (n *Node) learn(ctx context.Context, a actors.Actor, raw []byte) error {
	return n.DB.Write(ctx, func(tx *store.Tx) error {
		_, err := n.Actions.Learn(ctx, tx, a, raw, true)
		return err
	})
}

// keyChanged lets admins see that a key changed without proof (security.md S32).
func (n *Node) keyChanged(ctx context.Context, known, _ actors.Actor) {
	err := n.DB.Write(ctx, func(tx *store.Tx) error {
		return tx.AddRefusals(ctx, store.Refusals{
			Host: known.Host, Code: "key_changed", Detail: string(known.URI), Times: 1, Last: n.now(),
		})
	})
	if err != nil {
		n.Log.ErrorContext(ctx, "changed key not noted", "actor", known, "err", err)
	}
}

// Handler is everything the node says over HTTP.
func (n *Node) Handler() http.Handler { return n.handler }

// Decide is what the rules say now.
func (n *Node) Decide(host string, p actors.Purpose) actors.Decision { return n.policy.Decide(host, p) }

// Release lets through an activity that the rules held for an admin. See
// inbox.Inbox.Release.
func (n *Node) Release(ctx context.Context, id actors.ID) error { return n.inbox.Release(ctx, id) }

// Close closes the database and the store of files. Run must have returned.
func (n *Node) Close() (err error) {
	n.closing.Do(func() { err = errors.Join(n.DB.Close(), n.Files.Close()) })
	return err
}
