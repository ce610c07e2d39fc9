package fedtest

import (
	"context"
	"errors"
	"strings"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/store"
)

// Person is somebody with an account on a node of the town. Their verbs fail
// the test when the node does not let them; those that begin with Try say so.
type Person struct {
	Name string
	URI  actors.URI

	town *Town
	host string
}

// Community is a community, wherever it lives.
type Community struct {
	Name string
	URI  actors.URI
}

// Post is a discussion or a reply, wherever it was written.
type Post struct {
	URI   actors.URI
	Title string
}

// Person makes an account, as name@host.
func (town *Town) Person(handle string) *Person {
	town.T.Helper()
	name, host, _ := strings.Cut(handle, "@")
	h := town.hall(host)
	keys, err := town.keys.next()
	town.must(err)
	p := &Person{Name: name, town: town, host: host}
	town.must(h.write(func(ctx context.Context, tx *store.Tx) error {
		x, err := h.node.Actions.CreatePerson(ctx, tx, actions.NewPerson{
			Name: name, Title: strings.ToUpper(name[:1]) + name[1:], Email: handle, Role: actors.AccountMember,
		}, "", keys)
		p.URI = x.URI
		return err
	}))
	return p
}

func (town *Town) must(err error) {
	town.T.Helper()
	if err != nil {
		town.T.Fatal(err)
	}
}

func (p *Person) hall() *hall { return p.town.hall(p.host) }

// act is something that a person does: one transaction on their own node.
func (p *Person) act(f func(ctx context.Context, tx *store.Tx, a *actions.Actions, me actors.Actor) error) error {
	h := p.hall()
	return h.write(func(ctx context.Context, tx *store.Tx) error {
		me, err := tx.ActorByURI(ctx, p.URI)
		if err != nil {
			return err
		}
		return f(ctx, tx, h.node.Actions, me)
	})
}

// Starts starts a public community that anyone may join.
func (p *Person) Starts(name string) Community {
	p.town.T.Helper()
	return p.StartsAs(actions.Charter{
		Name: name, Title: strings.ToUpper(name[:1]) + name[1:], Audience: actors.AudiencePublic, Joining: actors.JoinOpen,
	})
}

// StartsAs starts a community with these rules.
func (p *Person) StartsAs(c actions.Charter) Community {
	p.town.T.Helper()
	keys, err := p.town.keys.next()
	p.town.must(err)
	out := Community{Name: c.Name}
	p.town.must(p.act(func(ctx context.Context, tx *store.Tx, a *actions.Actions, me actors.Actor) error {
		group, err := a.StartCommunity(ctx, tx, me, c, keys)
		out.URI = group.URI
		return err
	}))
	return out
}

// Joins asks to become a member, of a community here or elsewhere.
func (p *Person) Joins(c Community) {
	p.town.T.Helper()
	p.town.must(p.TryJoin(c))
}

// TryJoin is Joins where it may fail.
func (p *Person) TryJoin(c Community) error {
	if _, err := p.hall().node.Find(p.town.ctx(), string(c.URI)); err != nil {
		return err
	}
	return p.in(c, func(ctx context.Context, tx *store.Tx, a *actions.Actions, me actors.Actor, group actors.Community) error {
		_, err := a.Join(ctx, tx, me, group)
		return err
	})
}

type inCommunity func(ctx context.Context, tx *store.Tx, a *actions.Actions, me actors.Actor, group actors.Community) error

func (p *Person) in(c Community, f inCommunity) error {
	return p.act(func(ctx context.Context, tx *store.Tx, a *actions.Actions, me actors.Actor) error {
		group, err := tx.CommunityByURI(ctx, c.URI)
		if err != nil {
			return err
		}
		return f(ctx, tx, a, me, group)
	})
}

// Leaves ends a membership.
func (p *Person) Leaves(c Community) {
	p.town.T.Helper()
	p.town.must(p.in(c, func(ctx context.Context, tx *store.Tx, a *actions.Actions, me actors.Actor, group actors.Community) error {
		_, err := a.Leave(ctx, tx, me, group)
		return err
	}))
}

// Posts starts a discussion.
func (p *Person) Posts(c Community, title string) Post {
	p.town.T.Helper()
	return p.publish(c, nil, content.Draft{Kind: content.Discussion, Title: title, Source: "About: " + title})
}

// Asks starts a discussion with a question.
func (p *Person) Asks(c Community, title string) Post {
	p.town.T.Helper()
	return p.publish(c, nil, content.Draft{Kind: content.Question, Title: title, Source: "I would like to know: " + title})
}

// Replies answers a discussion or a reply.
func (p *Person) Replies(to Post, text string) Post {
	p.town.T.Helper()
	var c Community
	p.town.must(p.about(to, func(ctx context.Context, tx *store.Tx, _ *actions.Actions, _ actors.Actor, post content.Post) error {
		group, err := tx.Community(ctx, post.Group)
		c.URI = group.URI
		return err
	}))
	return p.publish(c, &to, content.Draft{Source: text})
}

func (p *Person) publish(c Community, parent *Post, d content.Draft) Post {
	p.town.T.Helper()
	out, err := p.TryPublish(c, parent, d)
	p.town.must(err)
	return out
}

// TryPublish posts a draft where it may be refused.
func (p *Person) TryPublish(c Community, parent *Post, d content.Draft) (Post, error) {
	out := Post{Title: d.Title}
	err := p.in(c, func(ctx context.Context, tx *store.Tx, a *actions.Actions, me actors.Actor, group actors.Community) error {
		var above *content.Post
		if parent != nil {
			found, err := tx.PostByURI(ctx, parent.URI)
			if err != nil {
				return err
			}
			above = &found
		}
		post, _, err := a.Publish(ctx, tx, me, group, above, d)
		out.URI = post.URI
		return err
	})
	return out, err
}

type aboutPost func(ctx context.Context, tx *store.Tx, a *actions.Actions, me actors.Actor, post content.Post) error

// about is something that a person does with a post as their own node knows it.
func (p *Person) about(post Post, f aboutPost) error {
	return p.act(func(ctx context.Context, tx *store.Tx, a *actions.Actions, me actors.Actor) error {
		found, err := tx.PostByURI(ctx, post.URI)
		if err != nil {
			return err
		}
		return f(ctx, tx, a, me, found)
	})
}

// Edits gives a post of theirs a new text.
func (p *Person) Edits(post Post, text string) {
	p.town.T.Helper()
	p.town.must(p.about(post, func(ctx context.Context, tx *store.Tx, a *actions.Actions, me actors.Actor, found content.Post) error {
		_, err := a.Edit(ctx, tx, me, found, content.Draft{Kind: found.Kind, Title: found.Title, Source: text, Link: found.Link, Language: found.Language})
		return err
	}))
}

// Deletes withdraws a post of theirs.
func (p *Person) Deletes(post Post) {
	p.town.T.Helper()
	p.town.must(p.about(post, func(ctx context.Context, tx *store.Tx, a *actions.Actions, me actors.Actor, found content.Post) error {
		_, err := a.Delete(ctx, tx, me, found, "")
		return err
	}))
}

// Hides takes a post out of a community that they look after.
func (p *Person) Hides(post Post, reason string) {
	p.town.T.Helper()
	p.town.must(p.about(post, func(ctx context.Context, tx *store.Tx, a *actions.Actions, me actors.Actor, found content.Post) error {
		_, err := a.Delete(ctx, tx, me, found, reason)
		return err
	}))
}

// Useful says that a post helped.
func (p *Person) Useful(post Post) {
	p.town.T.Helper()
	p.town.must(p.about(post, func(ctx context.Context, tx *store.Tx, a *actions.Actions, me actors.Actor, found content.Post) error {
		_, err := a.SayUseful(ctx, tx, me, found)
		return err
	}))
}

// NotUseful takes Useful back.
func (p *Person) NotUseful(post Post) {
	p.town.T.Helper()
	p.town.must(p.about(post, func(ctx context.Context, tx *store.Tx, a *actions.Actions, me actors.Actor, found content.Post) error {
		_, err := a.TakeBackUseful(ctx, tx, me, found)
		return err
	}))
}

// Sees fails the test unless the person's node shows them a discussion or a
// reply with these words in that community.
func (p *Person) Sees(c Community, words string) {
	p.town.T.Helper()
	if view := p.View(c); !strings.Contains(view, words) {
		p.town.T.Errorf("%s@%s does not see %q in %s, but:\n%s", p.Name, p.host, words, c.Name, view)
	}
}

// SeesNot is the contrary of Sees.
func (p *Person) SeesNot(c Community, words string) {
	p.town.T.Helper()
	if view := p.View(c); strings.Contains(view, words) {
		p.town.T.Errorf("%s@%s sees %q in %s:\n%s", p.Name, p.host, words, c.Name, view)
	}
}

// Knows says whether the person's node has the post at all.
func (p *Person) Knows(post Post) bool {
	err := p.about(post, func(context.Context, *store.Tx, *actions.Actions, actors.Actor, content.Post) error { return nil })
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		p.town.T.Fatal(err)
	}
	return err == nil
}

// IsMember says what the person's node believes of their membership.
func (p *Person) IsMember(c Community) bool {
	joined := false
	p.town.must(p.in(c, func(ctx context.Context, tx *store.Tx, _ *actions.Actions, me actors.Actor, group actors.Community) error {
		m, err := tx.Membership(ctx, group.ID, me.ID)
		joined = m.Standing == actors.Joined
		return err
	}))
	return joined
}

// Gone says whether the person's node holds only the tombstone of a post.
func (p *Person) Gone(post Post) bool {
	gone := false
	p.town.must(p.about(post, func(_ context.Context, _ *store.Tx, _ *actions.Actions, _ actors.Actor, found content.Post) error {
		gone = found.IsGone()
		return nil
	}))
	return gone
}
