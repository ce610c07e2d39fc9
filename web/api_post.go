package web

import (
	"context"
	"errors"
	"mime"
	"net/http"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/store"
)

// noSuchPost is said of a post that is not there and of one that this person may
// not read: the two must look alike.
const noSuchPost = "There is no such post here"

// embedded is the object that a draft carries.
func embedded(draft ap.Activity, who actors.Actor) (ap.Object, error) {
	if !draft.Object.Embedded() {
		return ap.Object{}, wrongField("object", "Put the whole object into the activity")
	}
	o, err := draft.Object.AsObject()
	if err != nil {
		return o, wrongField("object", "The object cannot be read: "+err.Error())
	}
	if o.AttributedTo != "" && string(o.AttributedTo) != string(who.URI) {
		return o, apiSays(http.StatusForbidden, "The object is attributed to somebody else.")
	}
	return o, nil
}

// meetUpdated is meetNamed for what may also describe a community.
func meetUpdated(ctx context.Context, s *Server, who actors.Actor, draft ap.Activity) error {
	if _, kind, err := ap.Peek(draft.Object.Raw()); err == nil && kind == string(actors.Group) {
		return nil
	}
	return meetNamed(ctx, s, who, draft)
}

// meetNamed learns of people elsewhere whom the words of a draft name.
func meetNamed(ctx context.Context, s *Server, who actors.Actor, draft ap.Activity) error {
	o, err := embedded(draft, who)
	if err != nil {
		return err
	}
	d, err := draftOf(o)
	if err != nil {
		return err
	}
	words := d.Source
	if words == "" {
		words = content.PlainText(string(d.HTML))
	}
	s.meetMentioned(ctx, who, words)
	return nil
}

func (q command) create() (actors.Activity, error) {
	o, err := embedded(q.draft, q.who)
	if err != nil {
		return actors.Activity{}, err
	}
	parent, err := q.parent(o)
	if err != nil {
		return actors.Activity{}, err
	}
	group, err := q.addressed(o, parent)
	if err != nil {
		return actors.Activity{}, err
	}
	d, err := draftOf(o)
	if err != nil {
		return actors.Activity{}, err
	}
	if parent == nil {
		d.Title = titleOf(o, d)
	}
	d.Audience = q.audience(o, group)
	_, act, err := q.s.Actions.Publish(q.ctx, q.tx, q.who, group, parent, d)
	return act, err
}

// parent is what the object answers; nil for a new discussion.
func (q command) parent(o ap.Object) (*content.Post, error) {
	if o.InReplyTo == "" {
		return nil, nil
	}
	p, err := q.post("inReplyTo", string(o.InReplyTo))
	return &p, err
}

// post reads a post that the person may read, by its address.
func (q command) post(field, uri string) (content.Post, error) {
	p, err := q.tx.PostByURI(q.ctx, actors.URI(uri))
	if err == nil {
		p, err = q.tx.Post(q.ctx, q.viewer(), p.ID)
	}
	switch {
	case errors.Is(err, store.ErrNotFound):
		return p, wrongField(field, noSuchPost)
	case err == nil && p.IsGone():
		return p, wrongField(field, "This has been withdrawn")
	}
	return p, err
}

// addressed finds the one community that a draft names; that of a reply is the
// community of what it answers.
func (q command) addressed(o ap.Object, parent *content.Post) (actors.Community, error) {
	var found *actors.Community
	for _, uri := range recipients(q.draft, o) {
		c, err := q.knownCommunity(uri)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return c, err
		}
		if found != nil && found.ID != c.ID {
			return c, wrongField("to", "Name one community, not several")
		}
		found = &c
	}
	switch {
	case parent != nil && found != nil && found.ID != parent.Group:
		return *found, wrongField("to", "A reply goes to the community of what it answers")
	case parent != nil:
		return q.tx.Community(q.ctx, parent.Group)
	case found == nil:
		return actors.Community{}, wrongField("to", "Name a community that you know of in to and audience")
	}
	return *found, nil
}

// recipients are the addresses that a draft and its object name, each once.
func recipients(draft ap.Activity, o ap.Object) []string {
	var out []string
	seen := map[string]bool{}
	lists := [][]string{{string(draft.Audience), string(o.Audience)}, draft.To, draft.Cc, o.To, o.Cc}
	for _, list := range lists {
		for _, uri := range list {
			if uri != "" && !seen[uri] && len(out) < maxRecipients {
				seen[uri] = true
				out = append(out, uri)
			}
		}
	}
	return out
}

// maxRecipients bounds how many addresses of one draft are looked up.
const maxRecipients = 20

// knownCommunity reads a community that the person may know of.
func (q command) knownCommunity(uri string) (actors.Community, error) {
	c, err := q.tx.CommunityByURI(q.ctx, actors.URI(uri))
	if err != nil {
		return c, err
	}
	m, err := q.tx.Membership(q.ctx, c.ID, q.who.ID)
	if err == nil && !maySee(q.viewer(), c, m) {
		err = store.ErrNotFound
	}
	return c, err
}

// audience is empty, for the community's own, unless the draft is for the community's
// followers and not for the public. To name the community too widens nothing: what is
// for members is written so on the wire.
func (q command) audience(o ap.Object, group actors.Community) actors.Audience {
	followers := false
	for _, list := range []ap.Links{q.draft.To, q.draft.Cc, o.To, o.Cc} {
		if list.Public() {
			return ""
		}
		followers = followers || list.Has(string(group.Followers))
	}
	if followers && group.Audience.WiderThan(actors.AudienceMembers) {
		return actors.AudienceMembers
	}
	return ""
}

// draftOf reads what a person typed from the object that their program made of
// it. Markdown is taken where it is given; else HTML is cleaned and kept
// (docs/decisions/0006).
func draftOf(o ap.Object) (content.Draft, error) {
	switch o.Type {
	case "Note", "Page", "Article", "Question":
	default:
		return content.Draft{}, wrongField("type", "Post a Note, Page, Article or Question")
	}
	d := content.Draft{Kind: content.Discussion, Title: o.Name, Language: o.Language}
	if o.Type == "Question" || o.Kind == string(content.Question) {
		d.Kind = content.Question
	}
	switch kind := mediaType(o.MediaType); {
	case o.Source.Content != "" && mediaType(o.Source.MediaType) == mediaMarkdown:
		d.Source = o.Source.Content
	case kind == mediaMarkdown:
		d.Source = o.Content
	case kind == "" || kind == "text/html":
		d.HTML = content.Clean(o.Content)
	default:
		return d, wrongField("mediaType", "Write content as text/html or text/markdown")
	}
	return d, setLink(&d, o.Attachment)
}

const mediaMarkdown = "text/markdown"

// mediaType is the kind without its parameters.
func mediaType(s string) string {
	kind, _, err := mime.ParseMediaType(s)
	if err != nil {
		return s
	}
	return kind
}

func setLink(d *content.Draft, list []ap.Attachment) error {
	switch {
	case len(list) == 0:
		return nil
	case len(list) > 1 || list[0].Type != "Link":
		return wrongField("attachment", "Attach one Link and nothing else")
	}
	d.Link = list[0].URL
	return nil
}

// titleOf is the name, or for a Note, which has none, its first line.
func titleOf(o ap.Object, d content.Draft) string {
	if o.Name != "" || o.Type != "Note" {
		return o.Name
	}
	return content.FirstLine(string(d.Rendered(nil)))
}

func (q command) update() (actors.Activity, error) {
	if c, err := q.knownCommunity(q.draft.Object.ID()); !errors.Is(err, store.ErrNotFound) {
		if err != nil {
			return actors.Activity{}, err
		}
		return q.describe(c)
	}
	o, err := embedded(q.draft, q.who)
	if err != nil {
		return actors.Activity{}, err
	}
	p, err := q.post("object", o.ID)
	if err != nil {
		return actors.Activity{}, err
	}
	d, err := changed(p, o)
	if err != nil {
		return actors.Activity{}, err
	}
	return q.s.Actions.Edit(q.ctx, q.tx, q.who, p, d)
}

// changed is a post with what an Update gives; what it leaves out stays
// (ActivityPub 6.3).
func changed(p content.Post, o ap.Object) (content.Draft, error) {
	d, err := draftOf(o)
	if err != nil {
		return d, err
	}
	if o.Kind == "" && o.Type != "Question" {
		d.Kind = p.Kind
	}
	if d.Title == "" {
		d.Title = p.Title
	}
	if d.Source == "" && d.HTML == "" {
		if d.Source = p.Source; d.Source == "" {
			d.HTML = p.HTML
		}
	}
	if d.Link == "" {
		d.Link = p.Link
	}
	if d.Language == "" {
		d.Language = p.Language
	}
	return d, nil
}

func (q command) remove() (actors.Activity, error) {
	p, err := q.post("object", q.draft.Object.ID())
	if err != nil {
		return actors.Activity{}, err
	}
	return q.s.Actions.Delete(q.ctx, q.tx, q.who, p, q.draft.Summary)
}

func (q command) like() (actors.Activity, error) {
	p, err := q.post("object", q.draft.Object.ID())
	if err != nil {
		return actors.Activity{}, err
	}
	return q.s.Actions.SayUseful(q.ctx, q.tx, q.who, p)
}
