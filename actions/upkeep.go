package actions

import (
	"context"
	"fmt"
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/store"
)

// keptBack says whether a document waits for a day to be shown to others.
func (a *Actions) keptBack(d content.Document) bool { return d.Embargo.After(a.Now()) }

// keepHere stores the post of a document of which nothing is in any log: one that is
// kept back is its author's alone, one that is sensitive is for members here.
func (a *Actions) keepHere(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, p *content.Post, d content.Document) error {
	m, err := a.membership(ctx, tx, group.ID, by.ID)
	if err != nil {
		return err
	}
	if err := mayPost(group, m); err != nil {
		return err
	}
	if d.Classification == content.Sensitive {
		if !group.Local {
			return content.Problems{"classification": "Something sensitive can be shared only in a community of this site"}
		}
		if !a.keptBack(d) {
			p.Standing = content.Accepted
		}
	}
	if err := tx.AddPost(ctx, *p, nil); err != nil {
		return fmt.Errorf("add post: %w", err)
	}
	return nil
}

const upkeepBatch = 50

// LiftEmbargoes shows documents whose day has come, and says how many there were.
func (a *Actions) LiftEmbargoes(ctx context.Context, tx *store.Tx) (int, error) {
	due, err := tx.DueFromEmbargo(ctx, a.Now(), upkeepBatch)
	if err != nil {
		return 0, err
	}
	for _, d := range due {
		if err := tx.LiftEmbargo(ctx, d.Post); err != nil {
			return 0, err
		}
		if err := a.showNow(ctx, tx, d); err != nil {
			return 0, fmt.Errorf("show document %s: %w", d.Post, err)
		}
	}
	return len(due), nil
}

// showNow lets a document that was kept back into its community, as Publish would.
func (a *Actions) showNow(ctx context.Context, tx *store.Tx, d content.Document) error {
	p, err := tx.PostForRules(ctx, d.Post)
	if err != nil || p.IsGone() || p.Standing != content.Sent {
		return err
	}
	by, err := tx.Actor(ctx, p.Author)
	if err != nil {
		return err
	}
	group, err := tx.Community(ctx, p.Group)
	if err != nil {
		return err
	}
	m, err := a.membership(ctx, tx, group.ID, by.ID)
	if err != nil || mayPost(group, m) != nil {
		return err // its author has left: it stays with them
	}
	if d.Classification == content.Sensitive {
		return tx.SetStanding(ctx, p, content.Accepted)
	}
	w, err := a.wording(ctx, tx, p, by, group, nil)
	if err != nil {
		return err
	}
	act, err := a.create(ctx, tx, p, w)
	if err != nil {
		return err
	}
	if group.Local {
		if err := tx.SetStanding(ctx, p, content.Accepted); err != nil {
			return err
		}
	}
	return a.bringIn(ctx, tx, by, group, p, act)
}

// Reminders are how many times the owner of a document is told of its review day:
// a month before, on the day, and a month after (DOC-7).
const Reminders = 3

const reminderApart = 30 * 24 * time.Hour

// RemindOfReviews tells owners of documents whose review day is near or past, and
// says how many were told.
func (a *Actions) RemindOfReviews(ctx context.Context, tx *store.Tx) (int, error) {
	now := a.Now()
	due, err := tx.DueForReview(ctx, now.Add(reminderApart), reminderApart, Reminders, upkeepBatch)
	if err != nil {
		return 0, err
	}
	for told, d := range due {
		// The reminders that should have been sent by now, of which only the last is.
		n := min(1+int(now.Sub(d.Review.Add(-reminderApart))/reminderApart), Reminders)
		p, err := tx.PostForRules(ctx, d.Post)
		if err != nil {
			return told, err
		}
		if err := tx.SetReview(ctx, d.Post, d.Review, n); err != nil {
			return told, err
		}
		if err := a.notifyAll(ctx, tx, []actors.ID{d.Owner}, p, NoticeReview, 0); err != nil {
			return told, err
		}
	}
	return len(due), nil
}

// StillCurrent says that a document holds for another while: until a day.
func (a *Actions) StillCurrent(ctx context.Context, tx *store.Tx, by actors.Actor, p content.Post, until time.Time) error {
	if !until.After(a.Now()) {
		return content.Problems{"review": "The next review must be a day in the future"}
	}
	w, err := a.changeablePaper(ctx, tx, by, p)
	if err != nil {
		return err
	}
	p = w.paper.Post
	if err := tx.SetReview(ctx, p.ID, until, 0); err != nil {
		return err
	}
	w.paper.Document.Review, w.paper.Document.Reminded = until, 0
	return a.changePaper(ctx, tx, p, w)
}
