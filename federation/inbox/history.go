package inbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"moothall/actions"
	"moothall/actors"
	"moothall/federation/ap"
	"moothall/federation/remote"
	"moothall/store"
)

// The first member of a community elsewhere finds its past already there: what
// is pinned, the latest discussions with their replies and, where the community
// keeps a numbered log, everything. A job does it in steps, in the background,
// and goes on where it was after a restart.

// The bounds of a history job.
const (
	historyDiscussions = 20  // latest discussions that are fetched
	historyItems       = 200 // items read of one collection
	historyPages       = 10
	historyBudget      = 120 // requests in one step
	historyAttempts    = 6   // tries at one step before it is passed over
	historyJobs        = 4   // jobs that move in one round
	historyModerators  = 10

	historyPause = 500 * time.Millisecond // between pages, to be a polite guest
	gapPatience  = 30 * time.Second       // what is on its way may still arrive
)

// stages are the steps of a job. Each notes on the job how it is to go on.
var stages = map[string]func(h *history, ctx context.Context) error{
	store.HistoryStart:   (*history).start,
	store.HistoryPinned:  (*history).pinned,
	store.HistoryOutbox:  (*history).outbox,
	store.HistoryThreads: (*history).threads,
	store.HistoryLog:     (*history).log,
}

// history is one job at work.
type history struct {
	in      *Inbox
	client  *remote.Client
	group   actors.Community
	job     store.HistoryJob
	empty   bool             // its signed head says that nothing has been said
	closed  bool             // what is being read is for the members of a community that is public
	aside   store.LogEntry   // last entry held without a gap of the chain for those
	hearsay bool             // the item at hand is listed by a server that is not the community's
	note    string           // what does not hold, for people to read
	away    map[string]error // hosts that could not be reached in this step
}

func (in *Inbox) stepHistory(ctx context.Context) (moved bool, err error) {
	for range historyItems {
		var jobs []store.HistoryJob
		err := in.DB.Write(ctx, func(tx *store.Tx) (err error) {
			jobs, err = tx.ClaimHistoryJobs(ctx, in.Now(), in.Now().Add(claimFor), historyJobs)
			return err
		})
		if err != nil || len(jobs) == 0 || ctx.Err() != nil {
			return moved, err
		}
		moved = true
		for _, job := range jobs {
			if err := in.moveHistory(ctx, job); err != nil {
				return moved, err
			}
		}
	}
	return moved, nil
}

func (in *Inbox) moveHistory(ctx context.Context, job store.HistoryJob) error {
	h := &history{in: in, job: job, away: map[string]error{}}
	err := in.DB.Read(ctx, func(tx *store.Tx) (err error) {
		h.group, err = tx.Community(ctx, job.Group)
		return err
	})
	if err != nil {
		return err
	}
	h.job.NextTry = in.Now()
	err = h.move(ctx)
	if ctx.Err() != nil {
		return nil // the claim runs out and the step is done again
	}
	if err != nil {
		h.failed(ctx, err)
	} else {
		h.job.Attempts = 0
	}
	return in.DB.Write(ctx, func(tx *store.Tx) error {
		if err := tx.SaveHistoryJob(ctx, h.job); err != nil {
			return err
		}
		return h.report(ctx, tx)
	})
}

// move does one step. The past of a closed community is read in the name of a
// member, and no further when there is none: whoever joins next starts again.
func (h *history) move(ctx context.Context) (err error) {
	h.client, err = h.in.readerOf(ctx, h.in.Remote.Limited(historyBudget), closedID(h.group, h.group.Audience))
	if refusal := (*actions.Refusal)(nil); errors.As(err, &refusal) {
		h.job.Stage = store.HistoryDone
		return nil
	}
	if err != nil {
		return err
	}
	return stages[h.job.Stage](h, ctx)
}

// failed puts a step off, and passes it over after many tries.
func (h *history) failed(ctx context.Context, err error) {
	h.job.Attempts++
	h.in.Log.WarnContext(ctx, "history", "group", h.group.Actor, "stage", h.job.Stage, "err", err)
	if refusal := (*actions.Refusal)(nil); h.job.Stage == store.HistoryLog && errors.As(err, &refusal) {
		h.note = noteDoubt
	}
	if errors.Is(err, remote.ErrBudget) && h.job.Attempts < historyAttempts {
		h.job.NextTry = h.in.Now().Add(historyPause) // what has been read is not read again
		return
	}
	if _, final := isFinal(err); final || h.job.Attempts >= historyAttempts {
		h.next()
		return
	}
	h.job.NextTry = h.in.Now().Add(patience(h.job.Attempts + 2))
}

// next goes on to the following stage.
func (h *history) next() {
	h.job.Attempts = 0
	switch h.job.Stage {
	case store.HistoryStart:
		h.job.Stage = store.HistoryPinned
	case store.HistoryPinned:
		h.job.Stage = store.HistoryOutbox
	case store.HistoryOutbox:
		h.job.Stage = store.HistoryThreads
		if h.job.Place != "" {
			h.job.Stage = store.HistoryLog
		}
	default:
		h.job.Stage = store.HistoryDone
	}
}

// report says on the community what is here of its past.
func (h *history) report(ctx context.Context, tx *store.Tx) error {
	if h.job.Stage != store.HistoryDone {
		if h.group.History == actors.HistoryComplete {
			return nil // a gap is being closed; what was complete stays shown
		}
		return tx.SetHistory(ctx, h.group.ID, actors.HistoryFetching, "")
	}
	c, err := tx.Community(ctx, h.group.ID)
	if err != nil {
		return err
	}
	isProved := c.HeadSeq > 0 && c.CompleteTo == c.HeadSeq || h.empty && c.HeadSeq == 0
	if isProved && h.note == "" {
		return tx.SetHistory(ctx, h.group.ID, actors.HistoryComplete, "")
	}
	if h.note == "" {
		h.note = c.HistoryNote
	}
	return tx.SetHistory(ctx, h.group.ID, actors.HistoryPartial, h.note)
}

// start reads what the community says of itself, and who its facilitators are.
func (h *history) start(ctx context.Context) error {
	who, raw, err := h.client.Actor(ctx, h.group.URI)
	if err != nil {
		return fmt.Errorf("read community: %w", err)
	}
	if err := h.in.DB.Write(ctx, func(tx *store.Tx) error {
		_, err := h.in.Actions.Learn(ctx, tx, who, raw, false)
		return err
	}); err != nil {
		return err
	}
	if doc, err := ap.ParseActor(raw); err == nil && actors.URI(doc.Log).SameOrigin(h.group.URI) {
		h.job.Place = string(doc.Log)
	}
	if err := h.readModerators(ctx, who.Moderators); err != nil {
		h.in.Log.InfoContext(ctx, "history: moderators", "group", h.group.Actor, "err", err)
	}
	h.next()
	return nil
}

func (h *history) readModerators(ctx context.Context, from actors.URI) error {
	if from == "" {
		return nil
	}
	return h.client.Walk(ctx, from, 1, historyModerators, func(item json.RawMessage) error {
		uri, err := h.in.Site.Parse(idOf(item))
		if err != nil || h.in.Site.Owns(uri) {
			return nil
		}
		err = h.fulfil(ctx, nil, func(ctx context.Context, w *work) error {
			who, err := w.actor(ctx, uri)
			if err != nil {
				return err
			}
			return w.tx.SetMembership(ctx, actors.Membership{
				Group: h.group.ID, Actor: who.ID, Role: actors.Moderator, Standing: actors.Joined, Since: h.in.Now(), Appointed: h.in.Now(),
			})
		})
		if errors.Is(err, remote.ErrBudget) || ctx.Err() != nil {
			return err
		}
		return nil // one who cannot be read keeps none of the others
	})
}

// pinned reads the discussions that the community's facilitators chose.
func (h *history) pinned(ctx context.Context) error {
	if h.group.Featured != "" {
		err := h.client.Walk(ctx, h.group.Featured, 2, historyDiscussions, func(item json.RawMessage) error {
			p, err := h.bring(ctx, item)
			if err != nil || p.IsComment() {
				return h.passOver(ctx, published(item), err)
			}
			return h.in.DB.Write(ctx, func(tx *store.Tx) error {
				if err := tx.PinPost(ctx, p.ID, true); err != nil {
					return err
				}
				return tx.AddHistoryThread(ctx, h.group.ID, p.URI)
			})
		})
		if err != nil && !errors.Is(err, remote.ErrMore) {
			return fmt.Errorf("read pinned discussions: %w", err)
		}
	}
	h.next()
	return nil
}

var errEnough = errors.New("enough")

// outbox reads the latest discussions.
func (h *history) outbox(ctx context.Context) error {
	found := 0
	err := h.client.Walk(ctx, h.group.Outbox, historyPages, historyItems, func(item json.RawMessage) error {
		p, err := h.bring(ctx, item)
		if err != nil || p.IsComment() {
			return h.passOver(ctx, published(item), err)
		}
		if err := h.in.DB.Write(ctx, func(tx *store.Tx) error {
			return tx.AddHistoryThread(ctx, h.group.ID, p.URI)
		}); err != nil {
			return err
		}
		if found++; found >= historyDiscussions {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) && !errors.Is(err, remote.ErrMore) {
		return fmt.Errorf("read latest discussions: %w", err)
	}
	h.next()
	return nil
}
