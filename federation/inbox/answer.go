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

// chooseAnswer marks a reply to a question in a community of ours as its answer, for
// whoever asked or for a facilitator (docs/decisions/0038).
func chooseAnswer(ctx context.Context, w *work) error { return w.choose(ctx, w.act, true) }

// choose marks a reply as the answer or, not on, takes that back. chosen is the
// activity that marks it.
func (w *work) choose(ctx context.Context, chosen ap.Activity, on bool) error {
	if w.from.Kind == actors.Group && !w.from.Local {
		return w.byGroup(ctx, func(group actors.Community) error { return w.relayedAnswer(ctx, w.act, chosen, group, on) })
	}
	p, group, err := w.postHere(ctx, chosen.Object.ID())
	if errors.Is(err, store.ErrNotFound) {
		return w.await(chosen.Object.ID())
	}
	if err != nil {
		return err
	}
	if !group.Local {
		w.line.Reason = "left_to_community: its own announcement counts"
		return nil
	}
	if err := w.relayable(); err != nil {
		return err
	}
	return w.in.Actions.TakeAnswer(ctx, w.tx, w.from, group, p, on, w.entry())
}

// relayedAnswer marks what the community itself says is the answer of a question in it,
// and of nothing else. by is the activity that it passes on.
func (w *work) relayedAnswer(ctx context.Context, by, chosen ap.Activity, group actors.Community, on bool) error {
	uri, err := w.address(chosen.Object.ID())
	if err != nil {
		return err
	}
	reply, err := w.tx.PostByURI(ctx, uri)
	switch {
	case errors.Is(err, store.ErrNotFound) && on:
		return &later{uri}
	case errors.Is(err, store.ErrNotFound):
		w.line.Reason = "unknown_object: no answer that is known"
		return nil
	case err != nil:
		return err
	case reply.Group != group.ID:
		return refuse("other_community", "It belongs to another community.")
	}
	question, err := w.tx.PostForRules(ctx, reply.Root)
	if err != nil {
		return err
	}
	if !reply.IsComment() || question.Kind != content.Question || question.Group != group.ID {
		return refuse("not_a_question", "It is no reply to a question.")
	}
	if on == (question.Answer == reply.ID) {
		return nil
	}
	if err := w.in.Actions.Answers(ctx, w.tx, question, reply, on); err != nil {
		return err
	}
	doer, err := w.doer(ctx, by, group)
	if err != nil || doer.ID == question.Author {
		return err // the log is of what facilitators did
	}
	return w.did(ctx, by, group, actions.DidMarkOf(on), string(reply.URI), "")
}
