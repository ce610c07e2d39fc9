package inbox

import (
	"context"
	"strings"

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
	if err := w.relayable(); err != nil {
		return err
	}
	return w.in.Actions.TakeDescribe(ctx, w.tx, w.from, group, wordsOf(doc, group), w.entry(), faithful(doc, group))
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

// faithful says whether somebody's document of a community of ours has no other
// addresses and keys than the community's: Lemmy takes over all that is announced
// of them.
func faithful(doc ap.Actor, group actors.Community) bool {
	for _, at := range []struct {
		said ap.Link
		is   actors.URI
	}{
		{doc.Inbox, group.Inbox}, {doc.Outbox, group.Outbox}, {doc.Followers, group.Followers}, {doc.Featured, group.Featured},
		{doc.SharedInbox, group.SharedInbox}, {doc.Moderators, group.Moderators}, {doc.MovedTo, group.MovedTo},
	} {
		if at.said != "" && actors.URI(at.said) != at.is {
			return false
		}
	}
	for _, k := range doc.PublicKeys {
		if k.ID != group.KeyID || k.Owner != string(group.URI) || strings.TrimSpace(k.PEM) != strings.TrimSpace(group.PublicKey) {
			return false
		}
	}
	for _, k := range doc.AssertionMethod {
		if k.Controller != string(group.URI) || k.PublicKeyMultibase != group.Ed25519Key {
			return false
		}
	}
	return doc.Type == string(actors.Group) && doc.PreferredUsername == group.Name && doc.Icon == "" && doc.Image == "" && len(doc.AlsoKnownAs) == 0
}

// reread reads an actor again on somebody else's word. A new key needs the actor's
// own.
func (w *work) reread(uri actors.URI) error {
	if w.docs.fetched[uri] {
		return nil
	}
	return &need{uri: uri, actor: true}
}

// redescribed is an Update of a community that it announces. Nodes of ours send the
// same to their followers bare, and once is enough: it is read again when it says
// that it was changed at another time than what is here.
func (w *work) redescribed(update ap.Activity, group actors.Community) error {
	doc, err := ap.ParseActor(update.Object.Raw())
	if err == nil && doc.Updated.Equal(group.Updated) && !doc.Updated.IsZero() {
		w.line.Reason = "known: it is as it says it is"
		return nil
	}
	return w.reread(group.URI)
}
