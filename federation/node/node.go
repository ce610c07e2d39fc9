package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"moothall/actions"
	"moothall/actors"
	"moothall/federation/remote"
	"moothall/federation/sign"
	"moothall/store"
)

// Node is one whole node.
type Node struct {
	Config  Config
	Site    actions.Site
	DB      *store.DB
	Actions *actions.Actions
	Remote  *remote.Client
	Keys    *remote.Keys
	Log     *slog.Logger

	now     func() time.Time
	policy  *policy
	handler http.Handler

	instance actors.Actor
	sweep    sweep
	closing  sync.Once
}

// New opens a node's data, making what a first start needs. Nothing runs and
// nobody is answered until Run and Handler are used. Errors wrap ErrHost,
// store.ErrNewerSchema, or say what could not be opened.
func New(ctx context.Context, c Config, p Parts) (*Node, error) {
	db, err := store.Open(ctx, c.database())
	if err != nil {
		return nil, err
	}
	n, err := open(ctx, db, c, p)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return n, nil
}

func open(ctx context.Context, db *store.DB, c Config, p Parts) (*Node, error) {
	c, err := claim(ctx, db, c)
	if err != nil {
		return nil, err
	}
	c, p = c.filled(), p.filled(c.Development)
	n := &Node{
		Config: c, Site: actions.NewSite(c.Host, c.Name, c.Development), DB: db, Log: p.Log, now: p.Now,
		policy: &policy{db: db, fallback: c.Mode},
	}
	n.Actions = &actions.Actions{
		Site: n.Site, Now: p.Now, IDs: actors.NewIDs(p.Now, p.IDs), Random: p.Random,
		Keys: actions.NewKeyring(), NewKeys: p.NewKeys,
	}
	if n.instance, err = n.Actions.EnsureInstance(ctx, db); err != nil {
		return nil, fmt.Errorf("make the node's own actor: %w", err)
	}
	if err := n.policy.reload(ctx); err != nil {
		return nil, err
	}
	n.Actions.Wake.Policy = n.rulesChanged
	n.reach(p)
	n.doors()
	return n, nil
}

// reach makes what goes out to other hosts.
func (n *Node) reach(p Parts) {
	n.Remote = &remote.Client{
		HTTP: p.Network, Addresses: n.Site.Addresses, Decide: n.policy.Decide, OwnHost: n.Site.Host,
		UserAgent: "Moothall/" + n.Config.Version + " (+" + n.Site.Base + "/)", Now: p.Now,
		Signer: func(ctx context.Context) (sign.Signer, error) { return n.signerOf(ctx, n.instance) },
	}
	n.Keys = &remote.Keys{Client: n.Remote, Known: n.knownKey, Learn: n.learn, Changed: n.keyChanged, Now: p.Now}
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

// Close closes the database. Run must have returned.
func (n *Node) Close() (err error) {
	n.closing.Do(func() { err = n.DB.Close() })
	return err
}
