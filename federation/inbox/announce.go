package inbox

import (
	"context"
	"errors"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/store"
)

// announce is a community elsewhere that passes on what its members did. Its
// signature covers the wrapping; what is inside is believed only as far as its
// own origin vouches for it (protocol.md 4.2(5), C23).
func announce(ctx context.Context, w *work) error {
	group, err := w.tx.CommunityByURI(ctx, w.from.URI)
	if errors.Is(err, store.ErrNotFound) {
		return refuse("announcer", "Only communities announce.")
	}
	if err != nil {
		return err
	}
	w.line.Group = group.ID
	// An item may be for fewer than its community.
	w.closed = len(w.act.To)+len(w.act.Cc) > 0 && !w.act.To.Public() && !w.act.Cc.Public()
	followed, err := w.tx.HasLocalMember(ctx, group.ID)
	if err != nil {
		return err
	}
	concerned := followed
	if !followed {
		if concerned, err = w.concernsOurs(ctx, group); err != nil {
			return err
		}
	}
	if !concerned {
		w.wordless = w.closed || group.Audience != actors.AudiencePublic
		return refuse("announcer", "Nobody here belongs to this community.")
	}
	items := w.act.Object.Items()
	if len(items) != 1 {
		return refuse("shape", "It announces nothing.") // several are taken apart before
	}
	if err := w.relayed(ctx, items[0], group); err != nil || !followed {
		return err
	}
	return w.followLog(ctx, group)
}

// relayed applies one thing that a community passes on.
func (w *work) relayed(ctx context.Context, item ap.Inner, group actors.Community) error {
	if inner, err := item.AsActivity(); err == nil && isActivity(inner) {
		return w.relayedActivity(ctx, inner, group)
	}
	uri, err := w.address(item.ID())
	if err != nil {
		return err
	}
	if done, err := w.confirm(ctx, uri, group); done || err != nil {
		return err
	}
	doc, err := w.believed(ctx, item, uri, group, "")
	if err != nil {
		return err
	}
	return w.adopt(ctx, doc, group)
}

func (w *work) relayedActivity(ctx context.Context, inner ap.Activity, group actors.Community) error {
	w.told = inner
	switch inner.Type {
	case "Create", "Update":
		return w.relayedPost(ctx, inner, group)
	case "Delete":
		return w.relayedDelete(ctx, inner, group)
	case "Like", "EmojiReact":
		return w.relayedLike(ctx, inner, group, true)
	case "Dislike":
		return w.relayedDislike(ctx, inner, group)
	case "Add", "Remove":
		return w.relayedCollect(ctx, inner, group, inner.Type == "Add")
	case "Block":
		return w.relayedBlock(ctx, inner, group, true)
	case "Lock":
		return w.relayedLock(ctx, inner, group, true)
	case ap.ChooseAnswer, "ChooseAnswer":
		return w.relayedAnswer(ctx, inner, inner, group, true)
	case "Undo":
		return w.relayedUndo(ctx, inner, group)
	}
	w.line.Reason = "unknown_type: kept, nothing done"
	return nil
}

func (w *work) relayedUndo(ctx context.Context, inner ap.Activity, group actors.Community) error {
	undone, err := inner.Object.AsActivity()
	if err == nil && undone.Actor == inner.Actor {
		switch undone.Type {
		case "Like", "EmojiReact":
			return w.relayedLike(ctx, undone, group, false)
		case "Block":
			return w.relayedBlock(ctx, undone, group, false)
		case "Lock":
			return w.relayedLock(ctx, undone, group, false)
		case ap.ChooseAnswer, "ChooseAnswer":
			return w.relayedAnswer(ctx, inner, undone, group, false)
		case "Delete":
			return w.relayedRestore(ctx, undone, group)
		}
	}
	w.line.Reason = "unknown_type: kept, nothing done"
	return nil
}

func (w *work) relayedPost(ctx context.Context, inner ap.Activity, group actors.Community) error {
	uri, err := w.address(inner.Object.ID())
	if err != nil {
		return err
	}
	if uri == group.URI && inner.Type == "Update" {
		return w.redescribed(inner, group)
	}
	if done, err := w.relayedComments(ctx, inner, uri, group); done || err != nil {
		return err
	}
	if inner.Type == "Create" || w.in.Site.Owns(uri) {
		if done, err := w.confirm(ctx, uri, group); done || err != nil {
			return err
		}
	}
	speaker, err := w.speaker(ctx, inner, group)
	if err != nil {
		return err
	}
	doc, err := w.believed(ctx, inner.Object, uri, group, speaker)
	if err != nil {
		return err
	}
	p, err := w.tx.PostByURI(ctx, uri)
	if errors.Is(err, store.ErrNotFound) {
		return w.adopt(ctx, doc, group)
	}
	if err != nil {
		return err
	}
	if doc.proved && doc.object.Updated.IsZero() {
		// It may be any edit of the post, not the last.
		if doc, err = w.fetched(need{uri: uri, group: w.readAs(group)}); err != nil {
			return err
		}
	}
	return w.relayedEdit(ctx, p, doc, group)
}

func (w *work) relayedEdit(ctx context.Context, p content.Post, doc document, group actors.Community) error {
	author, err := w.tx.Actor(ctx, p.Author)
	if err != nil {
		return err
	}
	switch {
	case p.Group != group.ID:
		return refuse("other_community", "It belongs to another community.")
	case string(doc.object.AttributedTo) != string(author.URI):
		return refuse("owner_mismatch", "It is attributed to someone else than before.")
	case p.IsGone():
		w.wordless = true
		return nil
	}
	if err := w.admitted(p); err != nil {
		return err
	}
	changed, err := w.edited(p, doc)
	if errors.Is(err, errNotNewer) || err == nil && saysTheSame(p, changed) && !changed.IsDocument() {
		w.line.Reason = errNotNewer.Error()
		return nil
	}
	if err != nil {
		return err
	}
	if err := w.editPaper(ctx, changed, doc.object); err != nil {
		return err
	}
	return w.tx.EditPost(ctx, changed, doc.raw)
}

// saysTheSame says whether an edit changes no word: a lock in its older form by
// the author, or a repair of something that is not kept.
func saysTheSame(a, b content.Post) bool {
	return a.HTML == b.HTML && a.Title == b.Title && a.Link == b.Link && a.Language == b.Language && a.Kind == b.Kind
}

// confirm handles a post that is stored already: the community's word makes it
// part of the community. It never changes what the post says.
func (w *work) confirm(ctx context.Context, uri actors.URI, group actors.Community) (done bool, err error) {
	p, err := w.tx.PostByURI(ctx, uri)
	if errors.Is(err, store.ErrNotFound) {
		if w.in.Site.Owns(uri) {
			return true, refuse("local_forgery", "It passes on words of this node's own that were never said.")
		}
		return false, nil
	}
	if err != nil {
		return true, err
	}
	if p.IsGone() {
		w.wordless = true
	}
	switch {
	case p.Group != group.ID:
		return true, refuse("other_community", "It belongs to another community.")
	case p.Standing == content.Sent, p.Standing == content.Declined:
		return true, w.tx.SetStanding(ctx, p, content.Accepted)
	}
	return true, nil
}

// relayedDelete: an author's deletion is proved, or checked at the origin; a
// moderator's, which has a reason, takes the post out of this community and no
// further.
func (w *work) relayedDelete(ctx context.Context, inner ap.Activity, group actors.Community) error {
	uri, err := w.address(inner.Object.ID())
	if err != nil {
		return err
	}
	p, err := w.tx.PostByURI(ctx, uri)
	if errors.Is(err, store.ErrNotFound) {
		if known, err := w.relayedVersion(ctx, inner, uri, group); known || err != nil {
			return err
		}
	}
	if errors.Is(err, store.ErrNotFound) && inner.Reasoned {
		return &later{uri} // what waits for its author's host must not appear after all
	}
	if errors.Is(err, store.ErrNotFound) {
		w.line.Reason = "unknown_object: nothing to delete"
		return w.deletedEarly(ctx, uri, inner, group)
	}
	if err != nil {
		return err
	}
	switch {
	case p.Group != group.ID:
		return refuse("other_community", "It belongs to another community.")
	case p.IsGone():
		return nil
	case inner.Reasoned:
		return w.relayedHide(ctx, inner, p, group)
	case p.Local:
		return nil // withdrawn here first, or not at all
	case uri.SameOrigin(group.URI) && actors.URI(inner.Actor).SameOrigin(group.URI):
		return w.withdraw(ctx, p, lastWords(inner))
	}
	proved, err := w.deletedByAuthor(ctx, inner, p, group)
	if err != nil {
		return err
	}
	if proved {
		return w.withdraw(ctx, p, lastWords(inner))
	}
	return w.deletedAtOrigin(ctx, uri, p, group)
}

func (w *work) relayedHide(ctx context.Context, inner ap.Activity, p content.Post, group actors.Community) error {
	if p.Standing == content.Hidden {
		return nil
	}
	why := reasonOf(inner.Summary)
	if err := w.in.Actions.Hidden(ctx, w.tx, p, why, group.ID); err != nil {
		return err
	}
	if err := w.tellAuthor(ctx, inner, p, group, actions.NoticeHidden); err != nil {
		return err
	}
	return w.did(ctx, inner, group, actions.DidHide, string(p.URI), why)
}

// deletedByAuthor says whether a deletion carries the proof of the post's author.
func (w *work) deletedByAuthor(ctx context.Context, inner ap.Activity, p content.Post, group actors.Community) (bool, error) {
	author, err := w.tx.Actor(ctx, p.Author)
	if err != nil || string(author.URI) != inner.Actor {
		return false, err
	}
	speaker, err := w.speaker(ctx, inner, group)
	return speaker == author.URI, err
}

// deletedEarly notes a deletion that came before its post, so that the community
// does not bring the post back (protocol.md 9.1).
func (w *work) deletedEarly(ctx context.Context, uri actors.URI, inner ap.Activity, group actors.Community) error {
	id := w.in.IDs.Next()
	_, err := w.tx.Record(ctx, actors.Activity{
		ID: id, URI: group.URI + actors.URI("#deleted-"+id.String()), Type: "Delete", Actor: actors.URI(inner.Actor),
		Signer: group.URI, Host: group.Host, Object: uri, Group: group.ID, Direction: actors.Inbound,
		State: actors.Applied, Reason: "early: what it deletes has not come", At: w.in.Now(),
	})
	return err
}

func (w *work) deletedAtOrigin(ctx context.Context, uri actors.URI, p content.Post, group actors.Community) error {
	gone, err := w.vanished(uri, group)
	switch {
	case err != nil:
		return err
	case gone:
		return w.withdraw(ctx, p, w.docs.stones[uri])
	}
	return refuse("still_there", "Its origin still has it.")
}

// relayedLike counts on the community's word, for posts in that community only.
func (w *work) relayedLike(ctx context.Context, like ap.Activity, group actors.Community, on bool) error {
	uri, err := w.address(like.Object.ID())
	if err != nil {
		return err
	}
	by, err := w.address(like.Actor)
	if err != nil {
		return err
	}
	if d := w.in.Decide(by.Host(), actors.ToReceive); d.Verdict == actors.Refuse {
		return refuse("policy", d.Rule)
	}
	id, err := w.in.Site.Parse(like.ID)
	if err != nil || !id.SameOrigin(by) {
		id = ""
	}
	p, err := w.tx.PostByURI(ctx, uri)
	switch {
	case errors.Is(err, store.ErrNotFound) && on:
		return w.await(like.Object.ID())
	case err != nil && !errors.Is(err, store.ErrNotFound):
		return err
	}
	if early, err := w.relayedEarly(ctx, id, like, group, on); early || err != nil {
		return err
	}
	if p.Group != group.ID || w.in.Site.Owns(by) {
		return nil // our own people's are counted when they say so
	}
	who, err := w.actor(ctx, by)
	if err != nil {
		return err
	}
	if !on {
		_, err = w.tx.DropUseful(ctx, p.ID, who.ID)
		return err
	}
	_, err = w.tx.AddUseful(ctx, p.ID, who.ID, id, w.in.Now())
	return err
}

// relayedEarly keeps a Like from counting after its Undo when a community passes
// them on in the other order, as it does while a gap is being closed.
func (w *work) relayedEarly(ctx context.Context, id actors.URI, like ap.Activity, group actors.Community, on bool) (early bool, err error) {
	if id == "" || id != id.WithoutFragment() {
		return false, nil
	}
	_, err = w.tx.ActivityByURI(ctx, id, group.URI)
	switch {
	case err == nil:
		w.line.Reason = "undone: its Undo came first"
		return on, nil
	case !errors.Is(err, store.ErrNotFound) || on:
		return false, ignoreNotFound(err)
	}
	return false, w.undoneEarly(ctx, id, group.URI, like)
}

func ignoreNotFound(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}
