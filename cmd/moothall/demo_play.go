package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/store"
)

// errDeclined says that the script lets somebody post what their community does not
// take. Nobody waits for that.
var errDeclined = errors.New("the post was declined")

// player lets the people of the script do what it says, each on their own
// council's node. What they say reaches the others as it always does.
type player struct {
	script script
	halls  map[string]*demoHall

	mu     sync.Mutex // of the people of halls, and of what follows
	said   []actors.URI
	shared map[actors.URI]paper // documents, as they are in the end
}

const (
	propagation = 20 * time.Second      // longest wait for something to arrive
	lookEvery   = 10 * time.Millisecond // while waiting
)

func (p *player) play(parent context.Context) error {
	ctx := parent
	for _, h := range p.halls {
		played, err := h.isPlayed(ctx)
		if err != nil || played {
			return err
		}
	}
	if err := p.settlePeople(ctx); err != nil {
		return err
	}
	all, ctx := errgroup.WithContext(ctx)
	for _, c := range p.script.communities {
		all.Go(func() error {
			if err := p.playCommunity(ctx, c); err != nil {
				return fmt.Errorf("community %s: %w", c.name, err)
			}
			return nil
		})
	}
	if err := all.Wait(); err != nil {
		return err
	}
	return p.awaitAll(parent)
}

// awaitAll waits until everything that was said has arrived everywhere.
func (p *player) awaitAll(ctx context.Context) error {
	for _, h := range p.halls {
		for _, uri := range p.said {
			if err := (part{demoHall: h}).awaitPost(ctx, uri); err != nil {
				return err
			}
		}
		for uri, of := range p.shared {
			if err := (part{demoHall: h}).awaitPaper(ctx, uri, of); err != nil {
				return fmt.Errorf("%q: %w", of.draft.Title, err)
			}
		}
	}
	return nil
}

// settlePeople makes everyone's account. Keys and hashes take the most time of
// all, so they are made side by side.
func (p *player) settlePeople(ctx context.Context) error {
	all, ctx := errgroup.WithContext(ctx)
	all.SetLimit(runtime.NumCPU())
	for _, h := range p.halls {
		for _, r := range h.council.people {
			all.Go(func() error { return p.settle(ctx, h, r) })
		}
	}
	return all.Wait()
}

func (p *player) settle(ctx context.Context, h *demoHall, r resident) error {
	a := h.node.Actions
	keys, err := a.MakeKeys()
	if err != nil {
		return fmt.Errorf("make keys: %w", err)
	}
	hash, err := a.HashPassword(demoPassword)
	if err != nil {
		return err
	}
	role := actors.AccountMember
	if r.admin {
		role = actors.AccountAdmin
	}
	var who actors.Actor
	err = h.node.DB.Write(ctx, func(tx *store.Tx) error {
		who, err = a.CreatePerson(ctx, tx, actions.NewPerson{
			Name: r.name, Title: r.title, JobTitle: r.job, Email: r.email(h.council),
			Password: demoPassword, Role: role,
		}, hash, keys)
		return err
	})
	if err != nil {
		return fmt.Errorf("make %s: %w", r.name, err)
	}
	p.mu.Lock()
	h.people[r.name] = who
	p.mu.Unlock()
	return nil
}

// part is somebody with the node they act on.
type part struct {
	*demoHall
	who actors.Actor
}

func (p *player) part(named string) (part, error) {
	name, key, _ := strings.Cut(named, "@")
	h, ok := p.halls[key]
	if !ok {
		return part{}, fmt.Errorf("there is no council %q", key)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	who, ok := h.people[name]
	if !ok {
		return part{}, fmt.Errorf("there is nobody called %q", named)
	}
	return part{h, who}, nil
}

func (p *player) playCommunity(ctx context.Context, c debateHall) error {
	home, err := p.part(c.facilitator)
	if err != nil {
		return err
	}
	keys, err := home.node.Actions.MakeKeys()
	if err != nil {
		return fmt.Errorf("make keys: %w", err)
	}
	var group actors.Community
	err = home.node.DB.Write(ctx, func(tx *store.Tx) error {
		group, err = home.node.Actions.StartCommunity(ctx, tx, home.who, actions.Charter{
			Name: c.name, Title: c.title, Purpose: c.purpose, Language: "en-GB",
			Audience: actors.AudiencePublic, Joining: actors.JoinOpen,
		}, keys)
		return err
	})
	if err != nil {
		return err
	}
	for _, m := range c.members {
		if err := p.join(ctx, m, group.URI); err != nil {
			return fmt.Errorf("%s joins: %w", m, err)
		}
	}
	sent, err := p.sendFiles(ctx, c, group.URI)
	if err != nil {
		return err
	}
	for i, d := range c.debates {
		if err := p.playDebate(ctx, c, group.URI, i, d); err != nil {
			return fmt.Errorf("%q: %w", d.title, err)
		}
	}
	return p.playLibrary(ctx, c, group.URI, sent)
}

// meet makes a community known at the node of a part.
func (m part) meet(ctx context.Context, group actors.URI) error {
	if m.node.Site.Owns(group) {
		return nil
	}
	found, raw, err := m.node.Remote.Actor(ctx, group)
	if err != nil {
		return err
	}
	return m.node.DB.Write(ctx, func(tx *store.Tx) error {
		_, err := m.node.Actions.Learn(ctx, tx, found, raw, false)
		return err
	})
}

func (p *player) join(ctx context.Context, named string, group actors.URI) error {
	m, err := p.part(named)
	if err != nil {
		return err
	}
	if err := m.meet(ctx, group); err != nil {
		return err
	}
	err = m.node.DB.Write(ctx, func(tx *store.Tx) error {
		g, err := tx.CommunityByURI(ctx, group)
		if err != nil {
			return err
		}
		_, err = m.node.Actions.Join(ctx, tx, m.who, g)
		return err
	})
	if err != nil {
		return err
	}
	return m.await(ctx, func(tx *store.Tx) (bool, error) {
		g, err := tx.CommunityByURI(ctx, group)
		if err != nil {
			return false, err
		}
		s, err := tx.Membership(ctx, g.ID, m.who.ID)
		return s.Standing == actors.Joined, err
	})
}

// await looks at a node until something has arrived there from another.
func (m part) await(ctx context.Context, arrived func(*store.Tx) (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, propagation)
	defer cancel()
	return m.watch(ctx, arrived)
}

// watch looks at a node until something has happened there.
func (m part) watch(ctx context.Context, happened func(*store.Tx) (bool, error)) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		done := false
		err := m.node.DB.Read(ctx, func(tx *store.Tx) (err error) {
			done, err = happened(tx)
			return err
		})
		if done || err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("wait at %s: %w", m.council.name, ctx.Err())
		}
	}
}

func (p *player) playDebate(ctx context.Context, c debateHall, group actors.URI, number int, d debate) error {
	root, err := p.say(ctx, d.by, group, "", content.Draft{Kind: d.kind, Title: d.title, Source: d.text, Language: d.language})
	if err != nil {
		return err
	}
	above, stay := root, []actors.URI{root}
	for i, r := range d.replies {
		parent := root
		if r.deep {
			parent = above
		}
		if above, err = p.say(ctx, r.by, group, parent, content.Draft{Source: r.text, Language: d.language}); err != nil {
			return fmt.Errorf("reply %d: %w", i+1, err)
		}
		if r.reported == nil && r.hidden == nil {
			stay = append(stay, above)
			err = p.praise(ctx, c, r.by, above, number+i)
		} else {
			err = p.takesOffence(ctx, r, above)
		}
		if err != nil {
			return fmt.Errorf("reply %d: %w", i+1, err)
		}
	}
	if err := p.awaitAt(ctx, d.closed, stay); err != nil {
		return err
	}
	return p.doesAbout(ctx, d.closed, root, func(tx *store.Tx, m part, found content.Post, why string) error {
		_, err := m.node.Actions.Lock(ctx, tx, m.who, found, why, true)
		return err
	})
}

// takesOffence lets somebody report a reply, and a facilitator hide it.
func (p *player) takesOffence(ctx context.Context, r demoReply, uri actors.URI) error {
	err := p.doesAbout(ctx, r.reported, uri, func(tx *store.Tx, m part, found content.Post, why string) error {
		about, err := tx.Actor(ctx, found.Author)
		if err != nil {
			return err
		}
		_, err = m.node.Actions.Report(ctx, tx, m.who, actions.Complaint{Post: &found, About: about, Words: why})
		return err
	})
	if err != nil || r.hidden == nil {
		return err
	}
	p.mu.Lock()
	p.said = slices.DeleteFunc(p.said, func(u actors.URI) bool { return u == uri }) // nobody waits to see it
	p.mu.Unlock()
	return p.doesAbout(ctx, r.hidden, uri, func(tx *store.Tx, m part, found content.Post, why string) error {
		_, err := m.node.Actions.Delete(ctx, tx, m.who, found, why)
		return err
	})
}

// awaitAt waits until posts have arrived where somebody remarks on them. Whoever closes
// a discussion has read it to its end: a reply that is still on its way is declined.
func (p *player) awaitAt(ctx context.Context, r *remark, posts []actors.URI) error {
	if r == nil {
		return nil
	}
	m, err := p.part(r.by)
	if err != nil {
		return err
	}
	for _, uri := range posts {
		if err := m.awaitPost(ctx, uri); err != nil {
			return err
		}
	}
	return nil
}

// doesAbout lets somebody do what a remark asks for, once the post has arrived where
// they are.
func (p *player) doesAbout(ctx context.Context, r *remark, uri actors.URI, do func(*store.Tx, part, content.Post, string) error) error {
	if r == nil {
		return nil
	}
	m, err := p.part(r.by)
	if err != nil {
		return err
	}
	if err := m.awaitPost(ctx, uri); err != nil {
		return err
	}
	return m.node.DB.Write(ctx, func(tx *store.Tx) error {
		found, err := tx.PostByURI(ctx, uri)
		if err != nil {
			return err
		}
		return do(tx, m, found, strings.TrimSpace(r.why))
	})
}

// say posts a draft once its parent has arrived at the author's node.
func (p *player) say(ctx context.Context, named string, group, parent actors.URI, d content.Draft) (uri actors.URI, err error) {
	m, err := p.part(named)
	if err != nil {
		return "", err
	}
	if parent != "" {
		if err := m.awaitPost(ctx, parent); err != nil {
			return "", err
		}
	}
	err = m.node.DB.Write(ctx, func(tx *store.Tx) error {
		g, err := tx.CommunityByURI(ctx, group)
		if err != nil {
			return err
		}
		var above *content.Post
		if parent != "" {
			found, err := tx.PostByURI(ctx, parent)
			if err != nil {
				return err
			}
			above = &found
		}
		post, _, err := m.node.Actions.Publish(ctx, tx, m.who, g, above, d)
		uri = post.URI
		return err
	})
	p.mu.Lock()
	p.said = append(p.said, uri)
	p.mu.Unlock()
	return uri, err
}

func (m part) awaitPost(ctx context.Context, uri actors.URI) error {
	err := m.await(ctx, func(tx *store.Tx) (bool, error) {
		found, err := tx.PostByURI(ctx, uri)
		if found.Standing == content.Declined {
			err = errDeclined
		}
		return found.Standing == content.Accepted, err
	})
	if err != nil {
		return fmt.Errorf("%s: %w", uri, err)
	}
	return nil
}

// praise lets some of the members find a reply useful: none, one, two or three,
// by turns.
func (p *player) praise(ctx context.Context, c debateHall, author string, uri actors.URI, turn int) error {
	members := append([]string{c.facilitator}, c.members...)
	for i := range turn % 4 {
		named := members[(turn+i)%len(members)]
		if named == author {
			continue
		}
		m, err := p.part(named)
		if err != nil {
			return err
		}
		if err := m.awaitPost(ctx, uri); err != nil {
			return err
		}
		err = m.node.DB.Write(ctx, func(tx *store.Tx) error {
			found, err := tx.PostByURI(ctx, uri)
			if err != nil {
				return err
			}
			_, err = m.node.Actions.SayUseful(ctx, tx, m.who, found)
			return err
		})
		if err != nil {
			return fmt.Errorf("%s finds it useful: %w", named, err)
		}
	}
	return nil
}
