package inbox

import (
	"context"
	"slices"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
)

// believed gives an object inside an Announce as it stands when its author has
// proved it, and otherwise as vouched does. speaker is the one who has proved the
// activity around it, if anyone has.
func (w *work) believed(ctx context.Context, item ap.Inner, uri actors.URI, group actors.Community, speaker actors.URI) (document, error) {
	if item.Embedded() && !uri.SameOrigin(group.URI) {
		if doc, ok, err := w.provedObject(ctx, item, uri, speaker); ok || err != nil {
			return doc, err
		}
	}
	return w.vouched(item, uri, group)
}

// vouched gives an object inside an Announce: inline when the community's own
// host speaks for it, otherwise read from its origin.
func (w *work) vouched(item ap.Inner, uri actors.URI, group actors.Community) (document, error) {
	if !item.Embedded() || !uri.SameOrigin(group.URI) {
		return w.fetched(need{uri: uri, group: w.readAs(group)})
	}
	object, err := item.AsObject()
	if err != nil {
		return document{}, refuse("document", err.Error())
	}
	author, err := w.address(string(object.AttributedTo))
	if err != nil {
		return document{}, err
	}
	if !author.SameOrigin(group.URI) {
		return document{}, refuse("owner_mismatch", "The object is attributed to someone on another host.")
	}
	return document{object: object, raw: item.Raw()}, nil
}

// adopt stores a post that a community elsewhere counts as its own. The object
// must name the community itself, or answer what is part of it: a community
// cannot claim what was said to others.
func (w *work) adopt(ctx context.Context, doc document, group actors.Community) error {
	o := doc.object
	author, err := w.address(string(o.AttributedTo))
	if err != nil {
		return err
	}
	uri, err := w.address(o.ID)
	if err != nil {
		return err
	}
	if slices.Contains(w.above, uri) || len(w.above) > maxAbove {
		return refuse("too_deep", "It answers a chain of posts without end.")
	}
	w.above = append(w.above, uri)
	defer func() { w.above = w.above[:len(w.above)-1] }()
	switch {
	case !author.SameOrigin(uri):
		return refuse("owner_mismatch", "The object is attributed to someone on another host.")
	case !names(o, group.URI) && (w.hearsay || !isPlainReply(o)):
		return refuse("other_community", "It does not name this community.")
	case !names(o, group.URI) && !isPublic(o):
		return refuse("private", "It is an answer for some and names no community.")
	}
	if err := w.ofNoOther(ctx, o, group); err != nil {
		return err
	}
	if !w.again {
		if err := w.notDeleted(ctx, uri, author, group.URI); err != nil {
			return err
		}
	}
	who, err := w.actor(ctx, author)
	if err != nil {
		return err
	}
	if err := w.notRemoved(ctx, who, group); err != nil {
		return err
	}
	p, err := w.postOf(ctx, doc, group, who)
	if err != nil {
		return err
	}
	if err := w.inTime(ctx, p); err != nil {
		return err
	}
	if err := w.admitted(p); err != nil {
		return err
	}
	p.Standing = content.Accepted
	if err := w.in.Actions.Adopt(ctx, w.tx, p, doc.raw); err != nil {
		return err
	}
	if err := w.keepPaper(ctx, p, o); err != nil {
		return err
	}
	if err := w.wake(ctx, p.URI); err != nil || w.past {
		return err
	}
	if w.brought && len(w.above) == 1 {
		if err := w.in.wantThread(ctx, w.tx, group, p.Root); err != nil {
			return err
		}
	}
	if err := w.in.Actions.TellParent(ctx, w.tx, p); err != nil {
		return err
	}
	return w.in.Actions.TellNamed(ctx, w.tx, actors.Activity{ID: w.line.ID, Object: p.URI}, who, named(o))
}

// notRemoved refuses what somebody wrote whom the community has removed, where it is
// not the community that lists it: they would go on by listing it themselves.
func (w *work) notRemoved(ctx context.Context, who actors.Actor, group actors.Community) error {
	if !w.hearsay {
		return nil
	}
	m, err := w.tx.Membership(ctx, group.ID, who.ID)
	if err == nil && m.At(w.in.Now()).Standing == actors.Banned {
		err = refuse("banned", "The community has removed whoever wrote this.")
	}
	return err
}

// inTime refuses what was said after a facilitator closed the discussion, where it is
// not the community that lists it: servers that know nothing of a Lock go on listing.
func (w *work) inTime(ctx context.Context, p content.Post) error {
	if !w.hearsay || !p.IsComment() {
		return nil
	}
	closed, err := w.tx.LockedBefore(ctx, p.Parent, p.Published)
	if err == nil && closed {
		err = refuse("locked", "It was said after a facilitator had closed this to replies.")
	}
	return err
}

// maxAbove is how many posts are fetched because others answer them (security.md S99).
const maxAbove = 10

// isPlainReply says whether an object answers another and names no community.
// Replies from GoToSocial and Mastodon mention the author above them and nobody
// else; that what they answer is part of the community is checked in place.
func isPlainReply(o ap.Object) bool {
	return o.InReplyTo != "" && o.Audience == "" && o.Group == ""
}

// names says whether an object is addressed to a community in any of the ways
// that are in use.
func names(o ap.Object, group actors.URI) bool {
	if string(o.Audience) == string(group) || o.To.Has(string(group)) || o.Cc.Has(string(group)) || string(o.Group) == string(group) || string(o.Wall) == string(group) {
		return true
	}
	// To be mentioned in a private message is nothing (protocol.md 7.6).
	return isPublic(o) && slices.ContainsFunc(o.Tag, func(t ap.Tag) bool { return t.Type == "Mention" && t.Href == string(group) })
}

func isPublic(o ap.Object) bool { return o.To.Public() || o.Cc.Public() }

// ofNoOther refuses an object whose author put it into another community that is
// known here, and only mentions this one.
func (w *work) ofNoOther(ctx context.Context, o ap.Object, group actors.Community) error {
	if o.Audience == "" || string(o.Audience) == string(group.URI) {
		return nil
	}
	_, err := w.tx.CommunityByURI(ctx, actors.URI(o.Audience))
	if err == nil {
		return refuse("other_community", "It was said in another community.")
	}
	return ignoreNotFound(err)
}
