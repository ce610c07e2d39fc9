package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/federation/remote"
	"moothall/store"
)

// notFound says why an address leads to no community, in words for people.
type notFound struct {
	blocked bool   // this site does not share with the one that was named
	reason  string // empty for nothing found
	tooMany bool   // the person has asked for too many addresses
}

// Error is for the log.
func (e *notFound) Error() string { return "find a community: " + e.words() }

func (e *notFound) words() string {
	if e.reason == "" {
		return noSuchCommunity
	}
	return e.reason
}

func (e *notFound) status() int {
	switch {
	case e.blocked:
		return http.StatusForbidden
	case e.tooMany:
		return http.StatusTooManyRequests
	}
	return http.StatusNotFound
}

// address is what a person typed to name somebody: an address, or name and host.
type address struct {
	uri        actors.URI
	name, host string
}

// parseAddress reads an address or a handle as people copy them: from the bar of
// a browser, or in the form of @name@host, name@host or !name@host. A page that
// shows somebody of a third site, like /c/soil@peer.example, names them there.
func (s *Server) parseAddress(typed string) (address, bool) {
	typed = strings.TrimPrefix(strings.TrimSpace(typed), "!")
	if !strings.Contains(typed, "/") {
		return s.handle(typed)
	}
	if !strings.Contains(typed, "://") {
		scheme, _, _ := strings.Cut(s.Site.Base, "://")
		typed = scheme + "://" + typed
	}
	u, err := url.Parse(typed)
	if err != nil || len(typed) > content.MaxLink {
		return address{}, false
	}
	if last := u.Path[strings.LastIndexByte(u.Path, '/')+1:]; strings.Contains(last, "@") {
		if a, ok := s.handle(last); ok {
			return a, true
		}
	}
	u.Host, u.Fragment = strings.ToLower(u.Host), ""
	uri, err := s.Site.Parse(u.String())
	return address{uri: uri, host: uri.Host()}, err == nil
}

func (s *Server) handle(typed string) (address, bool) {
	name, host, ok := actors.SplitHandle(typed)
	if !ok || len(name) > 128 {
		return address{}, false
	}
	host, err := s.Site.ParseHost(host)
	return address{name: name, host: host}, err == nil
}

// findCommunity finds the community that an address names: here, if the viewer
// may know of it, and otherwise at its own site. Only people of this node make it
// ask another one, each so many times (security.md S86).
func (s *Server) findCommunity(ctx context.Context, v actors.Viewer, typed string) (actors.Community, error) {
	a, ok := s.parseAddress(typed)
	if !ok {
		return actors.Community{}, &notFound{reason: noAddress + "."}
	}
	c, err := s.known(ctx, v, a)
	if !errors.Is(err, store.ErrNotFound) {
		return c, err
	}
	switch {
	case a.host == s.Site.Host:
		return c, &notFound{}
	case !v.Local:
		return c, actors.ErrForbidden
	}
	if d := s.Decide(a.host, actors.ToFollow); !d.OK() {
		return c, blocked(d)
	}
	if !s.fetches.spend(v.Actor, asking, s.Now()) {
		return c, &notFound{tooMany: true, reason: "You have looked for many addresses in a short time. Wait a few minutes and try again."}
	}
	return s.meet(ctx, a)
}

func blocked(d actors.Decision) *notFound {
	return &notFound{blocked: true, reason: "The reason: " + d.Rule + "."}
}

// known finds a community in the database.
func (s *Server) known(ctx context.Context, v actors.Viewer, a address) (c actors.Community, err error) {
	err = s.DB.Read(ctx, func(tx *store.Tx) error {
		if a.uri != "" {
			c, err = tx.CommunityByURI(ctx, a.uri)
		} else if who, e := tx.ActorOfKind(ctx, actors.Group, a.name, a.host); e == nil {
			c, err = tx.Community(ctx, who.ID)
		} else {
			return e
		}
		if err != nil {
			return err
		}
		m, err := tx.Membership(ctx, c.ID, v.Actor)
		if err == nil && (!maySee(v, c, m) || c.IsGone()) {
			err = store.ErrNotFound
		}
		return err
	})
	return c, err
}

const (
	findRequests = 8                // to other sites for one address, redirects included
	findTime     = 15 * time.Second // for all of them together
)

// meet reads a community at its own site and remembers it.
func (s *Server) meet(ctx context.Context, a address) (c actors.Community, err error) {
	ctx, cancel := context.WithTimeout(ctx, findTime)
	defer cancel()
	who, raw, err := fetchActor(ctx, s.Remote.Limited(findRequests), a)
	switch {
	case err != nil:
		return c, whyNotFound(err)
	case who.Kind != actors.Group:
		return c, &notFound{reason: "That address belongs to a person, not to a community."}
	}
	if d := s.Decide(who.Host, actors.ToFollow); !d.OK() {
		return c, blocked(d)
	}
	err = s.DB.Write(ctx, func(tx *store.Tx) error {
		learnt, err := s.learn(ctx, tx, who, raw)
		if err != nil {
			return err
		}
		c, err = tx.Community(ctx, learnt.ID)
		return err
	})
	return c, err
}

// fetchActor reads an actor whose name leads back to it (protocol.md 2).
func fetchActor(ctx context.Context, client *remote.Client, a address) (who actors.Actor, raw []byte, err error) {
	uri := a.uri
	if uri == "" {
		if uri, err = client.ResolveHandle(ctx, a.name, a.host); err != nil {
			return who, nil, err
		}
	}
	who, raw, err = client.Actor(ctx, uri)
	if err == nil {
		err = client.CheckHandle(ctx, who)
	}
	return who, raw, err
}

// learn remembers an actor. One whose key has changed stays as it was known:
// that its host says so is not proof enough (security.md S32).
func (s *Server) learn(ctx context.Context, tx *store.Tx, who actors.Actor, raw []byte) (actors.Actor, error) {
	learnt, err := s.Actions.Learn(ctx, tx, who, raw, false)
	if refusal, ok := errors.AsType[*actions.Refusal](err); ok && refusal.Code == "key_changed" {
		return learnt, nil
	}
	return learnt, err
}

// whyNotFound puts what went wrong at another site into words for people.
func whyNotFound(err error) error {
	switch {
	case errors.Is(err, remote.ErrForbidden):
		return &notFound{blocked: true}
	case errors.Is(err, remote.ErrNotThere), errors.Is(err, remote.ErrOwnHost):
		return &notFound{}
	case errors.Is(err, remote.ErrGone):
		return &notFound{reason: "That community has closed."}
	}
	switch remote.CodeOf(err) {
	case "":
		return err
	case remote.CodeDNS:
		return &notFound{reason: "There is no site with that name."}
	case remote.CodeStatus, remote.CodeTimeout, remote.CodeNetwork, remote.CodeTLS, remote.CodeBudget:
		return &notFound{reason: "The other site did not answer as it should."}
	default:
		return &notFound{reason: "What the other site answered is not a community."}
	}
}

// One post makes this node ask for at most so many strangers, and its author
// waits no longer for them.
const (
	mostMet = 5
	meetFor = 5 * time.Second
)

// meetMentioned learns of people elsewhere whom a text names and who are not
// known here, so that they can be told. One who cannot be found stays text.
func (s *Server) meetMentioned(ctx context.Context, by actors.Actor, text string) {
	met := 0
	ctx, cancel := context.WithTimeout(ctx, meetFor)
	defer cancel()
	for _, h := range content.Mentions(text) {
		a, ok := s.handle(h.Name + "@" + h.Host)
		if !ok || a.host == s.Site.Host || s.isKnown(ctx, a) || !s.Decide(a.host, actors.ToDeliver).OK() {
			continue
		}
		if met++; met > mostMet || !s.fetches.spend(by.ID, asking, s.Now()) {
			return
		}
		who, raw, err := fetchActor(ctx, s.Remote.Limited(findRequests), a)
		if err == nil {
			err = s.DB.Write(ctx, func(tx *store.Tx) error {
				_, err := s.learn(ctx, tx, who, raw)
				return err
			})
		}
		if err != nil {
			s.Log.InfoContext(ctx, "mention not found", "host", a.host, "err", err)
		}
	}
}

func (s *Server) isKnown(ctx context.Context, a address) bool {
	err := s.DB.Read(ctx, func(tx *store.Tx) error {
		_, err := tx.ActorByHandle(ctx, a.name, a.host)
		return err
	})
	return err == nil
}
