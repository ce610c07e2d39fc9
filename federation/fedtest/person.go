package fedtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/store"
)

// Person is somebody with an account on a node of the town. What they do goes
// through the client API of their node, what they see is on its pages. Verbs
// fail the test when the node does not let them; those that begin with Try say
// so.
type Person struct {
	Name  string
	URI   actors.URI
	Token string // for programs

	town *Town
	host string
	tab  *browser
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
	Reply bool
}

// Refused says that a node did not do what a person asked.
type Refused struct {
	Status int
	Words  string
}

// Error gives the status and what the node said.
func (r *Refused) Error() string { return fmt.Sprintf("%d: %s", r.Status, r.Words) }

// Person makes an account, as name@host.
func (town *Town) Person(handle string) *Person {
	town.T.Helper()
	name, host, _ := strings.Cut(handle, "@")
	h := town.hall(host)
	keys, err := town.keys.next()
	town.must(err)
	hash, err := passwordHash()
	town.must(err)
	p := &Person{Name: name, town: town, host: host}
	town.must(h.write(func(ctx context.Context, tx *store.Tx) error {
		x, err := h.node.Actions.CreatePerson(ctx, tx, actions.NewPerson{
			Name: name, Title: strings.ToUpper(name[:1]) + name[1:], Email: handle, Role: actors.AccountMember,
		}, hash, keys)
		if err != nil {
			return err
		}
		p.URI = x.URI
		p.Token, err = h.node.Actions.NewToken(ctx, tx, x)
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

// Try does an activity through the client API, and returns its address.
func (p *Person) Try(activity Doc) (actors.URI, error) {
	p.town.T.Helper()
	r, err := http.NewRequest(http.MethodPost, string(p.URI)+"/outbox", bytes.NewReader(bytesOf(activity)))
	p.town.must(err)
	r.Header.Set("Content-Type", activityType)
	r.Header.Set("Authorization", "Bearer "+p.Token)
	resp := p.request(r)
	if resp.StatusCode != http.StatusCreated {
		return "", &Refused{resp.StatusCode, p.bodyOf(resp)}
	}
	return actors.URI(resp.Header.Get("Location")), nil
}

func (p *Person) does(activity Doc) {
	p.town.T.Helper()
	if _, err := p.Try(activity); err != nil {
		p.town.T.Fatalf("%s@%s: %v", p.Name, p.host, err)
	}
}

// Starts starts a public community that anyone may join.
func (p *Person) Starts(name string) Community {
	p.town.T.Helper()
	return p.StartsAs(actions.Charter{
		Name: name, Title: strings.ToUpper(name[:1]) + name[1:], Audience: actors.AudiencePublic, Joining: actors.JoinOpen,
	})
}

// StartsAs starts a community with these rules, as the form for it does.
func (p *Person) StartsAs(c actions.Charter) Community {
	p.town.T.Helper()
	keys, err := p.town.keys.next()
	p.town.must(err)
	out := Community{Name: c.Name}
	h := p.hall()
	p.town.must(h.write(func(ctx context.Context, tx *store.Tx) error {
		me, err := tx.ActorByURI(ctx, p.URI)
		if err != nil {
			return err
		}
		group, err := h.node.Actions.StartCommunity(ctx, tx, me, c, keys)
		out.URI = group.URI
		return err
	}))
	return out
}

// Joins asks to become a member, of a community here or elsewhere.
func (p *Person) Joins(c Community) {
	p.town.T.Helper()
	p.does(Doc{"type": "Follow", "object": c.URI})
}

// TryJoin is Joins where it may fail.
func (p *Person) TryJoin(c Community) error {
	p.town.T.Helper()
	_, err := p.Try(Doc{"type": "Follow", "object": c.URI})
	return err
}

// Leaves ends a membership.
func (p *Person) Leaves(c Community) {
	p.town.T.Helper()
	p.does(Doc{"type": "Undo", "object": Doc{"type": "Follow", "object": c.URI}})
}

// Posts starts a discussion.
func (p *Person) Posts(c Community, title string) Post {
	p.town.T.Helper()
	return p.publish(p.draft(c, "Page", title, "About: "+title))
}

// Asks starts a discussion with a question.
func (p *Person) Asks(c Community, title string) Post {
	p.town.T.Helper()
	return p.publish(p.draft(c, "Question", title, "I would like to know: "+title))
}

func (p *Person) draft(c Community, kind, title, text string) Doc {
	return Doc{
		"type": kind, "name": title, "content": text, "mediaType": "text/markdown",
		"to": []actors.URI{c.URI, actors.Public}, "audience": c.URI,
	}
}

// Replies answers a discussion or a reply.
func (p *Person) Replies(to Post, text string) Post {
	p.town.T.Helper()
	post := p.publish(Doc{
		"type": "Note", "content": text, "mediaType": "text/markdown", "inReplyTo": to.URI, "to": []actors.URI{actors.Public},
	})
	post.Reply = true
	return post
}

func (p *Person) publish(object Doc) Post {
	p.town.T.Helper()
	post, err := p.TryPublish(object)
	if err != nil {
		p.town.T.Fatalf("%s@%s: %v", p.Name, p.host, err)
	}
	return post
}

// TryPublish posts an object where it may be refused.
func (p *Person) TryPublish(object Doc) (Post, error) {
	p.town.T.Helper()
	activity, err := p.Try(object)
	if err != nil {
		return Post{}, err
	}
	title, _ := object["name"].(string)
	post := Post{Title: title}
	p.town.must(p.hall().read(func(ctx context.Context, tx *store.Tx) error {
		act, err := tx.ActivityByURI(ctx, activity, p.URI)
		post.URI = act.Object
		return err
	}))
	return post, nil
}

// Edits gives a post of theirs a new text.
func (p *Person) Edits(post Post, text string) {
	p.town.T.Helper()
	kind := "Page"
	if post.Reply {
		kind = "Note"
	}
	p.does(Doc{"type": "Update", "object": Doc{"id": post.URI, "type": kind, "content": text, "mediaType": "text/markdown"}})
}

// Deletes withdraws a post of theirs.
func (p *Person) Deletes(post Post) {
	p.town.T.Helper()
	p.does(Doc{"type": "Delete", "object": post.URI})
}

// Knows is what a person's node has of a community.
func (p *Person) Knows(c Community) (found actors.Community) {
	p.town.T.Helper()
	p.town.must(p.hall().read(func(ctx context.Context, tx *store.Tx) (err error) {
		found, err = tx.CommunityByURI(ctx, c.URI)
		return err
	}))
	return found
}

// IsLocked says whether the person's node takes no replies to a post itself.
func (p *Person) IsLocked(post Post) bool {
	p.town.T.Helper()
	found, _ := p.post(post)
	return found.Locked
}

// TryReply is Replies where it may be refused.
func (p *Person) TryReply(to Post, text string) error {
	p.town.T.Helper()
	_, err := p.TryPublish(Doc{
		"type": "Note", "content": text, "mediaType": "text/markdown", "inReplyTo": to.URI, "to": []actors.URI{actors.Public},
	})
	return err
}

// AnswerTo is what the person's node has as the answer to a question; empty for none.
func (p *Person) AnswerTo(question Post) (answer actors.URI) {
	p.town.T.Helper()
	found, _ := p.post(question)
	if found.Answer == 0 {
		return ""
	}
	p.town.must(p.hall().read(func(ctx context.Context, tx *store.Tx) error {
		reply, err := tx.PostForRules(ctx, found.Answer)
		answer = reply.URI
		return err
	}))
	return answer
}

// IsPinned says whether the person's node has a discussion at the top.
func (p *Person) IsPinned(post Post) bool {
	p.town.T.Helper()
	found, _ := p.post(post)
	return found.Pinned
}

// Stands is what a person's node believes of how somebody stands to a community.
func (p *Person) Stands(c Community, who *Person) (m actors.Membership) {
	p.town.T.Helper()
	p.town.must(p.hall().read(func(ctx context.Context, tx *store.Tx) error {
		x, err := tx.ActorByURI(ctx, who.URI)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		group, err := tx.CommunityByURI(ctx, c.URI)
		if err != nil {
			return err
		}
		m, err = tx.Membership(ctx, group.ID, x.ID)
		return err
	}))
	return m.At(p.town.Clock.Now())
}

// Useful says that a post helped.
func (p *Person) Useful(post Post) {
	p.town.T.Helper()
	p.does(Doc{"type": "Like", "object": post.URI})
}

// NotUseful takes Useful back.
func (p *Person) NotUseful(post Post) {
	p.town.T.Helper()
	p.does(Doc{"type": "Undo", "object": Doc{"type": "Like", "object": post.URI}})
}

// Sees fails the test unless these words are on a page of that community, or of
// a discussion in it, as the person's node shows it to them.
func (p *Person) Sees(c Community, words string) {
	p.town.T.Helper()
	if pages := p.pagesOf(c); !strings.Contains(pages, words) {
		p.town.T.Errorf("%s@%s does not see %q in %s, but:\n%s", p.Name, p.host, words, c.Name, pages)
	}
}

// SeesNot is the contrary of Sees.
func (p *Person) SeesNot(c Community, words string) {
	p.town.T.Helper()
	if pages := p.pagesOf(c); strings.Contains(pages, words) {
		p.town.T.Errorf("%s@%s sees %q in %s:\n%s", p.Name, p.host, words, c.Name, pages)
	}
}

// Holds says whether the person's node has a post as part of its community, and
// not withdrawn.
func (p *Person) Holds(post Post) bool {
	p.town.T.Helper()
	found, err := p.post(post)
	return err == nil && found.Standing == content.Accepted && !found.IsGone()
}

// UsefulTo says how many people found a post useful, as the person's node knows it.
func (p *Person) UsefulTo(post Post) int {
	p.town.T.Helper()
	found, _ := p.post(post)
	return found.Useful
}

func (p *Person) post(post Post) (found content.Post, err error) {
	p.town.T.Helper()
	err = p.hall().read(func(ctx context.Context, tx *store.Tx) error {
		found, err = tx.PostByURI(ctx, post.URI)
		return err
	})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		p.town.T.Fatal(err)
	}
	return found, err
}

// IsMember says what the person's node believes of their membership.
func (p *Person) IsMember(c Community) bool {
	p.town.T.Helper()
	joined := false
	p.town.must(p.hall().read(func(ctx context.Context, tx *store.Tx) error {
		me, err := tx.ActorByURI(ctx, p.URI)
		if err != nil {
			return err
		}
		group, err := tx.CommunityByURI(ctx, c.URI)
		if err != nil {
			return err
		}
		m, err := tx.Membership(ctx, group.ID, me.ID)
		joined = m.Standing == actors.Joined
		return err
	}))
	return joined
}
