package inbox

import (
	"context"
	"errors"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/federation/foreign"
	"moothall/store"
)

// update changes a post of its author's, or an actor that describes itself anew.
func update(ctx context.Context, w *work) error {
	uri, err := w.address(w.act.Object.ID())
	if err != nil {
		return err
	}
	if uri == w.from.URI {
		return w.renew(uri)
	}
	group, err := w.tx.CommunityByURI(ctx, uri)
	if err == nil {
		return w.describe(ctx, group)
	}
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	p, err := w.tx.PostByURI(ctx, uri)
	if errors.Is(err, store.ErrNotFound) {
		return create(ctx, w) // an edit that overtook its post
	}
	if err != nil {
		return err
	}
	w.line.Group = p.Group
	if p.Author != w.from.ID || p.Local {
		return w.closing(ctx, p)
	}
	doc, err := w.object(w.act.Object, w.from.URI)
	if err != nil {
		return err
	}
	return w.edit(ctx, p, doc)
}

// renew reads an actor again that says it has changed.
func (w *work) renew(uri actors.URI) error {
	if w.docs.fetched[uri] {
		return nil
	}
	return &need{uri: uri, actor: true, fresh: true}
}

// edit writes a newer version of a post over an older one.
func (w *work) edit(ctx context.Context, p content.Post, doc document) error {
	group, err := w.tx.Community(ctx, p.Group)
	if err != nil {
		return err
	}
	changed, err := w.edited(p, doc)
	if errors.Is(err, errNotNewer) {
		w.line.Reason = errNotNewer.Error()
		return nil
	}
	if err != nil {
		return err
	}
	if err := w.admitted(p); err != nil {
		return err
	}
	author, err := w.tx.Actor(ctx, p.Author)
	if err != nil {
		return err
	}
	if err := w.editPaper(ctx, changed, doc.object); err != nil {
		return err
	}
	if group.Local {
		if err := w.relayable(); err != nil {
			return err
		}
		return w.in.Actions.TakeEdit(ctx, w.tx, author, group, changed, doc.raw, w.entry())
	}
	return w.tx.EditPost(ctx, changed, doc.raw)
}

// errNotNewer is no fault of anyone's: an edit comes directly and through its
// community.
var errNotNewer = errors.New("not_newer: a newer version is here already")

func (w *work) edited(p content.Post, doc document) (content.Post, error) {
	o := doc.object
	shown, err := w.shown(o)
	if err != nil {
		return p, err
	}
	when := w.time(o.Updated.Time)
	switch {
	case p.Type == "Question" && (o.Updated.IsZero() || when.Equal(p.Updated)):
		when = p.Updated // a new count is no edit: its words are as old as before
	case !when.After(p.Updated) || when.Before(p.Published):
		return p, errNotNewer
	}
	p.Updated = when
	return worded(p, o, shown), nil
}

// worded is a post with the words of its document, as they are shown here.
func worded(p content.Post, o ap.Object, shown foreign.Shown) content.Post {
	p.HTML, p.Language, p.Source = shown.HTML, content.Lang(o.Language), ""
	if !p.IsComment() {
		p.Title, p.Link = shown.Title, shown.Link
		switch {
		case o.Paper != nil:
			p = asPaper(p, *o.Paper)
		case o.Kind == string(content.Question) && !p.IsDocument():
			p.Kind = content.Question
		}
	}
	return p
}
