package actions

import (
	"context"
	"fmt"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/store"
)

// Edit changes a local person's own post.
func (a *Actions) Edit(ctx context.Context, tx *store.Tx, by actors.Actor, p content.Post, d content.Draft) (actors.Activity, error) {
	if p.IsComment() {
		d.Kind = content.Comment
	}
	if err := d.Check(); err != nil {
		return actors.Activity{}, err
	}
	if p.Author != by.ID || !p.Local || p.IsGone() || p.IsDocument() {
		return actors.Activity{}, refuse("not_owner", "Only its author can change this.")
	}
	group, parent, err := a.around(ctx, tx, p)
	if err != nil {
		return actors.Activity{}, err
	}
	p.Kind, p.Title, p.Source, p.Link, p.Language = d.Kind, d.Title, d.Source, d.Link, content.Lang(d.Language)
	p.HTML, p.Updated = d.HTML, a.Now()
	w, err := a.wording(ctx, tx, p, by, group, parent)
	if err != nil {
		return actors.Activity{}, err
	}
	p.HTML = d.Rendered(w.links)
	return a.change(ctx, tx, p, w)
}

// change writes down that a local person changed a post of theirs, and passes it on.
func (a *Actions) change(ctx context.Context, tx *store.Tx, p content.Post, w wording) (actors.Activity, error) {
	object, err := w.object(p)
	if err != nil {
		return actors.Activity{}, err
	}
	// Lists of posts carry the object without this Update around it.
	if object, err = a.prove(ctx, tx, w.by, w.group, p.Audience, object); err != nil {
		return actors.Activity{}, err
	}
	act := a.ofCommunity("Update", w.by, w.group, p.URI)
	if act.Body, err = ap.WriteUpdate(w.envelope(act), object); err != nil {
		return act, err
	}
	if act.Body, err = a.prove(ctx, tx, w.by, w.group, p.Audience, act.Body); err != nil {
		return act, err
	}
	if err := a.record(ctx, tx, act); err != nil {
		return act, err
	}
	if err := a.TakeEdit(ctx, tx, w.by, w.group, p, nil, act); err != nil {
		return act, err
	}
	if err := a.bareToo(ctx, tx, act, w.by, w.group, p); err != nil {
		return act, err
	}
	return act, a.alsoTo(ctx, tx, act, w.by, p.Audience, w)
}

// TakeEdit writes an author's change and passes it on as Take does.
func (a *Actions) TakeEdit(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, p content.Post, raw []byte, act actors.Activity) error {
	if p.Author != by.ID {
		return refuse("not_owner", "Only its author can change this.")
	}
	m, err := a.membership(ctx, tx, group.ID, by.ID)
	if err != nil {
		return err
	}
	if m.Standing == actors.Banned {
		if err := mayGoOnWithout(ctx, tx, p); err != nil {
			return err
		}
	}
	if err := tx.EditPost(ctx, p, raw); err != nil {
		return fmt.Errorf("edit post: %w", err)
	}
	return a.passOn(ctx, tx, by, group, p, act)
}

// passOn brings an activity about a post to everyone in its community: by the
// community's own Announce where it lives here, else by sending it there.
func (a *Actions) passOn(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, p content.Post, act actors.Activity) error {
	if !group.Local {
		return a.send(ctx, tx, act, by, to(group.Actor)...)
	}
	if p.Standing != content.Accepted {
		return nil
	}
	return a.announce(ctx, tx, group, act.Body, p.Audience, p.URI)
}

func (a *Actions) around(ctx context.Context, tx *store.Tx, p content.Post) (actors.Community, *content.Post, error) {
	group, err := tx.Community(ctx, p.Group)
	if err != nil || !p.IsComment() {
		return group, nil, err
	}
	parent, err := tx.PostForRules(ctx, p.Parent)
	return group, &parent, err
}
