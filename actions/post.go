package actions

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/store"
)

// Publish posts a draft by a local person into a community, here or elsewhere.
// parent is nil for a new discussion. It returns content.Problems for a draft
// that needs mending and a Refusal for one that may not be posted.
func (a *Actions) Publish(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, parent *content.Post, d content.Draft) (content.Post, actors.Activity, error) {
	if parent != nil {
		d.Kind = content.Comment
	}
	if err := d.Check(); err != nil {
		return content.Post{}, actors.Activity{}, err
	}
	var err error
	if group.ThreadType, err = a.threadType(ctx, tx, group); err != nil {
		return content.Post{}, actors.Activity{}, fmt.Errorf("choose the type of a discussion: %w", err)
	}
	p, err := a.fromDraft(group, by, parent, d)
	if err != nil {
		return p, actors.Activity{}, err
	}
	w, err := a.wording(ctx, tx, p, by, group, parent)
	if err != nil {
		return p, actors.Activity{}, err
	}
	p.HTML = d.Rendered(w.links)
	return a.put(ctx, tx, p, w)
}

// put writes down that a local person made a post, lets the post into its community
// and tells those whom it names.
func (a *Actions) put(ctx context.Context, tx *store.Tx, p content.Post, w wording) (content.Post, actors.Activity, error) {
	act, err := a.create(ctx, tx, p, w)
	if err != nil {
		return p, act, err
	}
	if err := a.Take(ctx, tx, w.by, w.group, p, nil, act); err != nil {
		return p, act, err
	}
	if err := a.tellMentioned(ctx, tx, act, w); err != nil {
		return p, act, err
	}
	p, err = tx.PostForRules(ctx, p.ID) // as it was taken
	return p, act, err
}

// create records that a local person made a post.
func (a *Actions) create(ctx context.Context, tx *store.Tx, p content.Post, w wording) (actors.Activity, error) {
	object, err := w.object(p)
	if err != nil {
		return actors.Activity{}, err
	}
	act := a.ofCommunity("Create", w.by, w.group, p.URI)
	if act.Body, err = ap.WriteCreate(w.envelope(act), object); err != nil {
		return act, err
	}
	if act.Body, err = a.prove(ctx, tx, w.by, w.group, p.Audience, act.Body); err != nil {
		return act, err
	}
	if err := a.record(ctx, tx, act); err != nil {
		return act, err
	}
	// Those who are named come first: GoToSocial and Mastodon notify nobody of a
	// post that a boost has brought them already.
	return act, a.alsoTo(ctx, tx, act, w.by, p.Audience, w)
}

func (a *Actions) fromDraft(group actors.Community, by actors.Actor, parent *content.Post, d content.Draft) (content.Post, error) {
	id := a.IDs.Next()
	p := content.Post{
		ID: id, URI: a.Site.Post(id), Group: group.ID, Author: by.ID, Root: id,
		Kind: d.Kind, Type: group.ThreadType, Title: d.Title, Source: d.Source, HTML: d.HTML, Link: d.Link,
		Language: content.Lang(d.Language), URL: string(a.Site.Post(id)),
		Audience: group.Audience, Standing: content.Sent, Local: true, Published: a.Now(),
	}
	if parent != nil {
		if parent.IsGone() {
			return p, refuse("parent_gone", "What you are replying to has been withdrawn.")
		}
		if parent.Standing == content.Hidden || parent.Standing == content.Declined {
			return p, refuse("parent_not_taken", "What you are replying to is not part of the community.")
		}
		p.Parent, p.Root, p.Depth, p.Type = parent.ID, parent.Root, parent.Depth+1, "Note"
		p.Title, p.Link, p.Audience = "", "", parent.Audience
		// NodeBB makes a reply that is older than its parent a topic of its own.
		if p.Published.Before(parent.Published) {
			p.Published = parent.Published.Add(time.Millisecond)
		}
	}
	if !group.Local && d.Audience != "" && !d.Audience.Federates() {
		return p, content.Problems{"audience": "This community is at another site, so what you post in it leaves this one"}
	}
	if d.Audience != "" && !d.Audience.WiderThan(p.Audience) {
		p.Audience = d.Audience
	}
	if p.Audience.WiderThan(group.Audience) {
		p.Audience = group.Audience // the community has closed since the parent was said
	}
	return p, nil
}

// Take lets a post into its community if its author may post there. For a
// community that lives here it is accepted and announced; for one elsewhere, by
// a local author, it is sent there and waits for the community's Announce. raw
// is the document of a remote post.
func (a *Actions) Take(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, p content.Post, raw []byte, act actors.Activity) error {
	m, err := a.membership(ctx, tx, group.ID, by.ID)
	if err != nil {
		return err
	}
	if err := mayPost(group, m); err != nil {
		return err
	}
	if err := a.mayReply(ctx, tx, m, p); err != nil {
		return err
	}
	if p.Audience.WiderThan(group.Audience) {
		p.Audience = group.Audience
	}
	if group.Local {
		p.Standing = content.Accepted
	}
	if err := tx.AddPost(ctx, p, raw); err != nil {
		return fmt.Errorf("add post: %w", err)
	}
	return a.bringIn(ctx, tx, by, group, p, act)
}

// bringIn announces a post that is stored in a community of this node, or sends it
// to the home of one elsewhere.
func (a *Actions) bringIn(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, p content.Post, act actors.Activity) error {
	if !group.Local {
		return a.send(ctx, tx, act, by, to(group.Actor)...)
	}
	if err := a.announce(ctx, tx, group, act.Body, p.Audience, p.URI); err != nil {
		return err
	}
	if !p.IsComment() && p.Audience == actors.AudiencePublic {
		if err := a.boost(ctx, tx, group, p.URI); err != nil {
			return err
		}
	}
	return a.TellParent(ctx, tx, p)
}

func mayPost(group actors.Community, m actors.Membership) error {
	switch {
	case m.Standing == actors.Banned:
		return refuse("banned", "You have been removed from this community.")
	case group.HasMoved():
		return errMoved
	case group.Local && !group.MayPost(m), !group.Local && m.Standing != actors.Joined:
		return refuse("not_a_member", "Join this community to post in it.")
	}
	return nil
}

// wording is what goes into a post's documents beside the post itself.
type wording struct {
	by       actors.Actor
	group    actors.Community
	parent   *ap.Parent
	paper    *ap.Paper // of a document
	talk     ap.Conversation
	mentions []ap.Mention
	people   []actors.Actor // those mentioned
	links    map[content.Handle]string
	audience actors.Audience
}

// Wording of a stored local post, for writing its document again.
func (a *Actions) wording(ctx context.Context, tx *store.Tx, p content.Post, by actors.Actor, group actors.Community, parent *content.Post) (wording, error) {
	w := wording{by: by, group: group, audience: p.Audience, links: map[content.Handle]string{}}
	w.talk = ap.ConversationAt(p.URI, group.Local)
	if p.IsDocument() {
		paper, err := paperOf(ctx, tx, p)
		if err != nil {
			return w, err
		}
		w.paper = &paper
	}
	if parent != nil {
		author, err := tx.Actor(ctx, parent.Author)
		if err != nil {
			return w, err
		}
		root, err := tx.PostForRules(ctx, parent.Root)
		if err != nil {
			return w, err
		}
		w.parent = &ap.Parent{URI: parent.URI, Author: author}
		if w.talk, err = conversation(ctx, tx, root, group); err != nil {
			return w, err
		}
	}
	for _, h := range content.Mentions(words(p)) {
		host := h.Host
		if host == "" {
			host = a.Site.Host
		}
		who, err := tx.ActorByHandle(ctx, h.Name, host)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return w, err
		}
		w.people = append(w.people, who)
		w.mentions = append(w.mentions, ap.Mention{Name: who.Handle(), Href: who.URI})
		w.links[h] = string(who.URI)
	}
	return w, nil
}

// words are what a post says, as they were typed; of one that a program wrote in
// HTML, the words of that.
func words(p content.Post) string {
	if p.Source == "" && p.Local {
		return content.PlainText(string(p.HTML))
	}
	return p.Source
}

func (w wording) object(p content.Post) ([]byte, error) {
	if w.paper != nil {
		paper := *w.paper
		paper.Post = p
		return ap.WritePaper(paper, w.by, w.group.Actor, w.talk, w.mentions)
	}
	return ap.WritePost(p, w.by, w.group.Actor, w.parent, w.talk, w.mentions)
}

// conversation is the discussion that began with root: as its own server calls
// it, where that is not this one.
func conversation(ctx context.Context, tx *store.Tx, root content.Post, group actors.Community) (ap.Conversation, error) {
	if root.Local {
		return ap.ConversationAt(root.URI, group.Local), nil
	}
	raw, err := tx.PostRaw(ctx, root.ID)
	if err != nil {
		return ap.Conversation{}, fmt.Errorf("document of post %s: %w", root.ID, err)
	}
	talk := ap.ConversationAt(root.URI, false)
	if o, err := ap.ParseObject(raw); err == nil && (strings.HasPrefix(string(o.Context), "https://") || strings.HasPrefix(string(o.Context), "tag:")) {
		talk = ap.Conversation{Context: actors.URI(o.Context), History: actors.URI(o.History)}
	}
	return talk, nil
}

func (w wording) envelope(act actors.Activity) ap.Envelope {
	to, cc := ap.PostAddress(w.audience, w.by, w.group.Actor, w.parent, w.mentions)
	return ap.Envelope{ID: act.URI, Actor: w.by.URI, To: to, Cc: cc, Audience: w.group.URI, Published: act.At}
}

// Document writes the ActivityStreams object of a stored local post.
func (a *Actions) Document(ctx context.Context, tx *store.Tx, p content.Post) ([]byte, error) {
	by, err := tx.Actor(ctx, p.Author)
	if err != nil {
		return nil, err
	}
	group, err := tx.Community(ctx, p.Group)
	if err != nil {
		return nil, err
	}
	var parent *content.Post
	if p.IsComment() {
		above, err := tx.PostForRules(ctx, p.Parent)
		if err != nil {
			return nil, err
		}
		parent = &above
	}
	w, err := a.wording(ctx, tx, p, by, group, parent)
	if err != nil {
		return nil, err
	}
	return w.object(p)
}

// DocumentVersion writes the ActivityStreams object of one version of a document of
// this node.
func (a *Actions) DocumentVersion(ctx context.Context, tx *store.Tx, p content.Post, v content.Version) ([]byte, error) {
	by, err := tx.Actor(ctx, p.Author)
	if err != nil {
		return nil, err
	}
	group, err := tx.Community(ctx, p.Group)
	if err != nil {
		return nil, err
	}
	paper, err := paperOf(ctx, tx, p)
	if err != nil {
		return nil, err
	}
	latest := paper.Document.Number
	paper.Version = v
	return ap.WriteVersion(paper, latest, by, group.Actor, ap.ConversationAt(p.URI, group.Local))
}

// alsoTo sends a local person's public activity to those who may not follow the
// community: the people it names, and the author's own followers.
func (a *Actions) alsoTo(ctx context.Context, tx *store.Tx, act actors.Activity, by actors.Actor, audience actors.Audience, w wording) error {
	if audience != actors.AudiencePublic {
		return nil
	}
	named := w.people
	if w.parent != nil {
		named = append(named, w.parent.Author)
	}
	var recipients []store.Recipient
	for _, who := range named {
		if !who.Local {
			recipients = append(recipients, store.ToInbox(who))
		}
	}
	return a.send(ctx, tx, act, by, append(recipients, store.Recipient{FollowersOf: by.ID})...)
}

// Adopt stores a post that a community elsewhere has accepted.
func (a *Actions) Adopt(ctx context.Context, tx *store.Tx, p content.Post, raw []byte) error {
	p.Standing = content.Accepted
	if err := tx.AddPost(ctx, p, raw); err != nil {
		return fmt.Errorf("add post: %w", err)
	}
	if p.Locked {
		return a.Locked(ctx, tx, p, "", true, a.Now())
	}
	return nil
}

// Decline tells an author elsewhere that a community here did not take a post.
func (a *Actions) Decline(ctx context.Context, tx *store.Tx, group actors.Community, author actors.Actor, post actors.URI) error {
	act := a.own("Reject", group.Actor, group.URI, post)
	act.Group = group.ID
	var err error
	act.Body, err = ap.WriteDecline(ap.Envelope{
		ID: act.URI, Actor: group.URI, To: []actors.URI{author.URI}, Published: act.At,
	}, post)
	if err != nil {
		return err
	}
	if err := a.record(ctx, tx, act); err != nil {
		return err
	}
	return a.send(ctx, tx, act, group.Actor, to(author)...)
}
