package web

import (
	"context"
	"slices"

	"moothall/actors"
	"moothall/content"
	"moothall/store"
	"moothall/templates"
)

// chosenLength is how much of an answer stands above the discussion, in characters.
const chosenLength = 300

// markAnswer says that a reply answers its question, or takes that back.
func (s *Server) markAnswer(v *visit) error {
	t, p, err := s.threadOf(v)
	if err != nil {
		return err
	}
	on := v.value("answer") != "no"
	err = s.facilitate(v, func(ctx context.Context, tx *store.Tx) (actors.Activity, error) {
		return s.Actions.Answer(ctx, tx, v.actor, p, on)
	})
	if err != nil {
		return err
	}
	news := "This reply is marked as the answer"
	if !on {
		news = "This reply is no longer marked as the answer"
	}
	return s.tookEffect(v, t.community, news, t.commentPath(p.ID))
}

// chosen is the answer of a question as the top of its discussion shows it, if the viewer
// may read it; nil for none.
func (l *look) chosen(t thread) (*templates.ChosenAnswer, error) {
	i := slices.IndexFunc(t.comments, func(c content.Post) bool { return c.ID == t.start.Answer })
	if t.start.Answer == 0 || t.start.IsGone() || i < 0 {
		return nil, nil
	}
	c := t.comments[i]
	by, err := l.tx.Actor(l.ctx, c.Author)
	if err != nil {
		return nil, err
	}
	return &templates.ChosenAnswer{
		Author: by, Words: content.Excerpt(string(c.HTML), chosenLength), Language: c.Language, Path: t.commentPath(c.ID),
	}, nil
}

// mayMark says whether the viewer may say that a reply answers its question.
func (l *look) mayMark(p content.Post, t thread) bool {
	return p.IsComment() && t.start.Kind == content.Question && !t.start.IsGone() && t.start.Standing == content.Accepted &&
		!t.start.Audience.WiderThan(p.Audience) && (t.start.Author == l.viewer.Actor || t.community.Membership.May(actors.Moderator))
}
