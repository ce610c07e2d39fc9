package inbox

import (
	"context"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
)

// describe is an Update of a community by somebody who looks after it (protocol.md
// 9.2, Lemmy). One elsewhere is read again from its own host, which says what has
// become of it.
func (w *work) describe(ctx context.Context, group actors.Community) error {
	w.line.Group = group.ID
	if !group.Local {
		if w.from.Host != group.Host {
			if err := w.in.Actions.Facilitates(ctx, w.tx, w.from, group); err != nil {
				return err
			}
		}
		return w.reread(group.URI)
	}
	if err := w.in.Actions.Facilitates(ctx, w.tx, w.from, group); err != nil {
		return err
	}
	if !w.act.Object.Embedded() {
		return refuse("document", "It does not say what is to change.")
	}
	doc, err := ap.ParseActor(w.act.Object.Raw())
	if err != nil {
		return refuse("document", err.Error())
	}
	return w.in.Actions.TakeDescribe(ctx, w.tx, w.from, group, wordsOf(doc, group))
}

// wordsOf is all that is taken from somebody's idea of a community of ours: no
// address, no key, no list.
func wordsOf(doc ap.Actor, group actors.Community) actions.Words {
	words := actions.Words{Title: content.PlainName(doc.Name, content.MaxTitle), Purpose: doc.Source.Content}
	if words.Title == "" {
		words.Title = group.Title
	}
	if words.Purpose == "" || doc.Source.MediaType != "text/markdown" {
		words.Purpose = content.PlainText(string(content.Clean(doc.Summary)))
	}
	switch {
	case doc.ModeratorsOnly:
		words.Posting = actors.PostModerators
	case doc.PostingSaid && group.Posting == actors.PostModerators:
		words.Posting = actors.PostMembers
	}
	return words
}

// reread reads an actor again on somebody else's word. A new key needs the actor's
// own.
func (w *work) reread(uri actors.URI) error {
	if w.docs.fetched[uri] {
		return nil
	}
	return &need{uri: uri, actor: true}
}
