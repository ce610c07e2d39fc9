package inbox

import (
	"context"
	"errors"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/store"
)

// isMessage says whether a Note is for one person, about a document (protocol.md 7.6).
// Any other private message is refused with what names no community.
func isMessage(o ap.Object) bool {
	return !isPublic(o) && o.Audience == "" && (o.Kind == ap.FormatRequest || o.Kind == ap.FormatAnswer)
}

// message takes in a request for a document in another format, or its answer (DOC-8).
// It is for one person, and never a post.
func (w *work) message(ctx context.Context, o ap.Object) error {
	if err := w.mayBring(actors.ToReply); err != nil {
		return err
	}
	uri, err := w.address(o.ID)
	if err != nil {
		return err
	}
	about, err := w.in.Site.Parse(string(o.InReplyTo))
	if err != nil {
		return refuse("unknown_object", "It is about nothing.")
	}
	words := o.Source.Content
	if words == "" || o.Source.MediaType != "text/plain" {
		words = content.PlainText(o.Content)
	}
	take := w.formatRequest
	if o.Kind == ap.FormatAnswer {
		take = w.formatAnswer
	}
	err = take(ctx, about, uri, words)
	if errors.Is(err, store.ErrNotFound) {
		return refuse("unknown_object", "It is about something that is not here.")
	}
	if errors.Is(err, store.ErrConflict) {
		w.line.Reason = "known_object: nothing done"
		return nil
	}
	return err
}

// formatRequest: nobody asks for what they may not read, nor learns that it is there.
func (w *work) formatRequest(ctx context.Context, document, uri actors.URI, words string) error {
	p, err := w.tx.PostByURI(ctx, document)
	if err != nil {
		return err
	}
	group, err := w.tx.Community(ctx, p.Group)
	if err != nil {
		return err
	}
	readable, err := w.mayReadReported(ctx, group, p)
	if err != nil {
		return err
	}
	if w.from.Kind != actors.Person || !p.Local || !p.IsDocument() || p.IsGone() || p.Standing != content.Accepted || !readable {
		return store.ErrNotFound
	}
	if _, err := w.tx.FormatRequestByURI(ctx, uri); !errors.Is(err, store.ErrNotFound) {
		if err == nil {
			err = store.ErrConflict
		}
		return err
	}
	return w.in.Actions.TakeFormatRequest(ctx, w.tx, w.from, p, uri, words)
}

// formatAnswer: only the document's own site answers.
func (w *work) formatAnswer(ctx context.Context, request, uri actors.URI, words string) error {
	f, err := w.tx.FormatRequestByURI(ctx, request)
	if err != nil {
		return err
	}
	p, err := w.tx.PostForRules(ctx, f.Document)
	if err != nil {
		return err
	}
	if p.Local || !w.from.URI.SameOrigin(p.URI) {
		return store.ErrNotFound
	}
	return w.in.Actions.TakeFormatAnswer(ctx, w.tx, w.from, p, f, uri, words)
}
