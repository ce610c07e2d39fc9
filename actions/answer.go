package actions

import (
	"context"
	"fmt"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/store"
)

// Answer marks a reply as the answer of its question, in place of any other, or takes
// that back: in the name of whoever asked, or of a facilitator.
func (a *Actions) Answer(ctx context.Context, tx *store.Tx, by actors.Actor, reply content.Post, on bool) (actors.Activity, error) {
	group, err := tx.Community(ctx, reply.Group)
	if err != nil {
		return actors.Activity{}, err
	}
	question, err := tx.PostForRules(ctx, reply.Root)
	if err != nil {
		return actors.Activity{}, err
	}
	kind, write := ap.ChooseAnswer, ap.WriteAnswer
	if !on {
		kind, write = "Undo", ap.WriteUndoAnswer
	}
	act := a.ofCommunity(kind, by, group, reply.URI)
	if act.Body, err = write(within(act, by, group, question.Audience), reply.URI); err != nil {
		return act, err
	}
	if err := a.recordProved(ctx, tx, by, group, question.Audience, &act); err != nil {
		return act, err
	}
	return act, a.TakeAnswer(ctx, tx, by, group, reply, on, act)
}

// TakeAnswer marks a reply as the answer, or takes that back, if the one who acts may do
// so.
func (a *Actions) TakeAnswer(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, reply content.Post, on bool, act actors.Activity) error {
	question, err := tx.PostForRules(ctx, reply.Root)
	if err != nil {
		return err
	}
	if err := a.mayAnswer(ctx, tx, by, group, question); err != nil {
		return err
	}
	if err := answerable(group, question, reply); err != nil {
		return err
	}
	if !group.Local {
		return a.send(ctx, tx, act, by, to(group.Actor)...)
	}
	if on == (question.Answer == reply.ID) {
		return nil
	}
	if err := a.Answers(ctx, tx, question, reply, on); err != nil {
		return err
	}
	if by.ID != question.Author {
		if err := a.note(ctx, tx, by.ID, group, DidMarkOf(on), string(reply.URI), ""); err != nil {
			return err
		}
	}
	return a.announce(ctx, tx, group, act.Body, question.Audience, reply.URI)
}

// DidMarkOf is how the log has it that a facilitator marked an answer, or took that back.
func DidMarkOf(on bool) string {
	if on {
		return DidAnswer
	}
	return DidUnanswer
}

// Answers notes that a reply is the answer of its question, or no longer is: of another
// one that has taken its place nothing is taken back.
func (a *Actions) Answers(ctx context.Context, tx *store.Tx, question, reply content.Post, on bool) error {
	answer := reply.ID
	switch {
	case !on && question.Answer != reply.ID:
		return nil
	case !on:
		answer = 0
	}
	if err := tx.MarkAnswer(ctx, question.ID, answer); err != nil {
		return fmt.Errorf("mark answer: %w", err)
	}
	return nil
}

// mayAnswer lets facilitators say what answers a question, and whoever asked it, as long as they
// have not been removed.
func (a *Actions) mayAnswer(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, question content.Post) error {
	m, err := a.membership(ctx, tx, group.ID, by.ID)
	switch {
	case err != nil:
		return err
	case m.May(actors.Moderator), by.ID == question.Author && m.Standing != actors.Banned:
		return nil
	}
	return refuse("not_moderator", "Only whoever asked, or a facilitator, can say which reply is the answer.")
}

// answerable refuses what cannot be the answer of a question.
func answerable(group actors.Community, question, reply content.Post) error {
	switch {
	case reply.Group != group.ID:
		return refuse("other_community", "It belongs to another community.")
	case question.IsGone() || question.Standing != content.Accepted, reply.IsGone() || reply.Standing != content.Accepted:
		return refuse("gone", "This is not part of the community any more.")
	case !reply.IsComment() || question.Kind != content.Question:
		return refuse("not_a_question", "Only a reply to a question can be its answer.")
	case question.Audience.WiderThan(reply.Audience):
		return refuse("narrower", "Not everyone who reads the question can read this reply.")
	}
	return nil
}
