package inbox

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/federation/foreign"
	"moothall/federation/remote"
	"moothall/store"
)

// object gives the object of an activity as far as it may be believed: embedded,
// when it is the actor's own and of the actor's origin; otherwise as its origin
// serves it (protocol.md 4.2(2), C22).
func (w *work) object(inner ap.Inner, by actors.URI) (document, error) {
	uri, err := w.address(inner.ID())
	if err != nil {
		return document{}, err
	}
	if w.in.Site.Owns(uri) {
		return document{}, refuse("local_forgery", "It carries words of this node's own.")
	}
	if !inner.Embedded() || !uri.SameOrigin(by) {
		return w.fetched(need{uri: uri})
	}
	object, err := inner.AsObject()
	if err != nil {
		return document{}, refuse("document", err.Error())
	}
	if string(object.AttributedTo) != string(by) {
		return document{}, refuse("owner_mismatch", "The object is attributed to someone else.")
	}
	return document{object: object, raw: inner.Raw()}, nil
}

// fetched gives an object as its own host serves it.
func (w *work) fetched(n need) (document, error) {
	if d := w.in.Decide(n.uri.Host(), actors.ToFetch); !d.OK() {
		return document{}, refuse("policy", d.Rule)
	}
	return w.docs.object(n)
}

// postOf turns an object into the post it would be in a community.
func (w *work) postOf(ctx context.Context, doc document, group actors.Community, author actors.Actor) (content.Post, error) {
	o := doc.object
	shown, err := w.shown(o)
	if err != nil {
		return content.Post{}, err
	}
	uri, err := w.address(o.ID)
	if err != nil {
		return content.Post{}, err
	}
	id, err := w.idFor(ctx, uri)
	if err != nil {
		return content.Post{}, err
	}
	p := content.Post{
		ID: id, URI: uri, Group: group.ID, Author: author.ID, Root: id, Type: o.Type,
		HTML: shown.HTML, Language: content.Lang(o.Language), URL: string(uri),
		Audience: audienceOf(o, group), Standing: content.Sent,
		Published: w.time(o.Published.Time),
	}
	if !o.Updated.IsZero() {
		p.Updated = w.time(o.Updated.Time)
	}
	if link, ok := content.WebLink(string(o.URL)); ok {
		p.URL = link
	}
	if o.InReplyTo != "" {
		p.Kind = content.Comment
		return p, w.place(ctx, &p, o, group)
	}
	p.Kind, p.Title, p.Link = content.Discussion, shown.Title, shown.Link
	p.Locked = o.Closed && !group.Local // in one of ours that is for its facilitators to say
	if o.Kind == string(content.Question) || o.Type == "Question" {
		p.Kind = content.Question
	}
	said, err := w.paper(o)
	if err == nil && said != nil {
		p = asPaper(p, *said)
	}
	return p, err
}

// idFor is the number of a post that is about to be stored: the one it had, where it was
// here before and was taken away, because answers of people here may stand below it.
func (w *work) idFor(ctx context.Context, uri actors.URI) (actors.ID, error) {
	id, err := w.tx.FormerID(ctx, uri)
	if errors.Is(err, store.ErrNotFound) {
		return w.in.IDs.Next(), nil
	}
	return id, err
}

// isActivity says whether what was read as an activity is one, and not something
// written of a kind that has an actor too.
func isActivity(a ap.Activity) bool { return !content.Readable(a.Type) && !a.Object.IsZero() }

// shown is how an object is shown here, if it is something to be shown.
func (w *work) shown(o ap.Object) (foreign.Shown, error) {
	if o.IsTombstone() {
		return foreign.Shown{}, refuse("gone", "It has been deleted at its origin.")
	}
	s, err := w.in.Show(o)
	switch {
	case errors.Is(err, foreign.ErrVote):
		return s, refuse("vote", "It is a vote in a poll, not a comment.")
	case errors.Is(err, foreign.ErrPrivate):
		return s, refuse("private", "It is a message between people.")
	case err != nil:
		return s, refuse("nothing_to_show", "Nothing of it can be shown: "+err.Error())
	}
	return s, nil
}

// time takes a time from elsewhere, unless it is missing or in the future.
func (w *work) time(t time.Time) time.Time {
	if now := w.in.Now(); t.IsZero() || t.After(now.Add(time.Hour)) {
		return now
	}
	return t
}

// audienceOf is never wider than the community, and public only where the
// object says so itself (security.md S77).
func audienceOf(o ap.Object, group actors.Community) actors.Audience {
	if group.Audience != actors.AudiencePublic {
		return group.Audience
	}
	if isPublic(o) {
		return actors.AudiencePublic
	}
	return actors.AudienceMembers
}

// place finds where a comment belongs. The parent must be in the same community.
func (w *work) place(ctx context.Context, p *content.Post, o ap.Object, group actors.Community) error {
	uri, err := w.address(string(o.InReplyTo))
	if err != nil {
		return err
	}
	parent, err := w.tx.PostByURI(ctx, uri)
	if errors.Is(err, store.ErrNotFound) {
		if err := w.bringParent(ctx, uri, o, group); err != nil {
			return err
		}
		parent, err = w.tx.PostByURI(ctx, uri)
	}
	switch {
	case err != nil:
		return err
	case parent.Group != group.ID:
		return refuse("other_community", "It answers something in another community.")
	case parent.Depth >= maxDepth:
		return refuse("too_deep", "The discussion is nested too deeply.")
	}
	p.Parent, p.Root, p.Depth = parent.ID, parent.Root, parent.Depth+1
	if p.Audience.WiderThan(parent.Audience) {
		p.Audience = parent.Audience
	}
	return nil
}

// maxDepth bounds how deep comments nest (protocol.md 4.2(3)).
const maxDepth = 50

// bringParent: in a community of ours the parent may still be on its way; in one
// elsewhere it is read from its origin.
func (w *work) bringParent(ctx context.Context, uri actors.URI, reply ap.Object, group actors.Community) error {
	if group.Local {
		return &later{uri}
	}
	if w.in.Site.Owns(uri) {
		return refuse("unknown_parent", "It answers something of ours that does not exist.")
	}
	w.brought = true
	doc, err := w.fetched(need{uri: uri, group: w.readAs(group)})
	if w.docs.unseen[uri] {
		return &later{uri} // the community may still pass it on
	}
	if errors.Is(err, remote.ErrGone) || err == nil && doc.object.IsTombstone() {
		return w.keepPlace(ctx, uri, reply, group)
	}
	if err != nil {
		return err
	}
	return w.adopt(ctx, doc, group)
}

// keepPlace stores a tombstone for a post that was withdrawn before it ever came
// here, so that the answers to it have somewhere to stand.
func (w *work) keepPlace(ctx context.Context, uri actors.URI, reply ap.Object, group actors.Community) error {
	id, err := w.idFor(ctx, uri)
	if err != nil {
		return err
	}
	p := content.Post{
		ID: id, URI: uri, Group: group.ID, Author: group.ID, Root: id, Kind: content.Discussion, Type: "Tombstone",
		URL: string(uri), Audience: audienceOf(reply, group), Published: w.time(reply.Published.Time), Deleted: w.in.Now(),
	}
	if root, err := w.rootOf(ctx, reply); err == nil && root.Group == group.ID {
		p.Kind, p.Parent, p.Root, p.Depth = content.Comment, root.ID, root.Root, root.Depth+1
	}
	return w.in.Actions.Adopt(ctx, w.tx, p, nil)
}

// rootOf finds the start of a discussion by the context that an answer in it
// names: servers of our kind keep it under the start's own address.
func (w *work) rootOf(ctx context.Context, reply ap.Object) (content.Post, error) {
	at, ok := strings.CutSuffix(string(reply.Context), "/context")
	if !ok {
		return content.Post{}, store.ErrNotFound
	}
	return w.tx.PostByURI(ctx, actors.URI(at))
}

// groupOf finds the community that an object is meant for: one it names, or the
// one it answers in when it is for everyone.
func (w *work) groupOf(ctx context.Context, o ap.Object) (actors.Community, error) {
	names := append([]string{string(o.Audience), string(o.Group), string(o.Wall)}, append(o.To, o.Cc...)...)
	for _, s := range names {
		uri, err := w.in.Site.Parse(s)
		if err != nil || uri == actors.Public {
			continue
		}
		group, err := w.tx.CommunityByURI(ctx, uri)
		if errors.Is(err, store.ErrNotFound) || err == nil && group.Local && !group.Audience.Federates() {
			continue // what never leaves this node is not there for others
		}
		return group, err
	}
	if isPublic(o) {
		if group, err := w.groupAbove(ctx, o); !errors.Is(err, store.ErrNotFound) {
			return group, err
		}
	}
	return actors.Community{}, refuse("no_community", "It is not for a community that is known here.")
}

func (w *work) groupAbove(ctx context.Context, o ap.Object) (actors.Community, error) {
	uri, err := w.in.Site.Parse(string(o.InReplyTo))
	if err != nil {
		return actors.Community{}, store.ErrNotFound
	}
	parent, err := w.tx.PostByURI(ctx, uri)
	if err != nil {
		return actors.Community{}, err
	}
	return w.tx.Community(ctx, parent.Group)
}

// named lists those whom an object mentions.
func named(o ap.Object) []actors.URI {
	var out []actors.URI
	for _, t := range o.Tag {
		if t.Type == "Mention" {
			out = append(out, actors.URI(t.Href))
		}
	}
	return out
}

// idOf is the id of a value that is text or an object.
func idOf(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	id, _, err := ap.Peek(raw)
	if err != nil {
		return ""
	}
	return id
}
