package inbox

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"moothall/actors"
	"moothall/federation/ap"
	"moothall/federation/remote"
	"moothall/store"
)

// log reads one page of the community's numbered log after what is held, checks
// that it links on, and applies each entry as if it had just been announced. When a
// public community's log is held, what it keeps for its members follows.
func (h *history) log(ctx context.Context) error {
	chain := chainFor(h.group)
	page, head, err := h.logPage(ctx, chain, h.group.CompleteTo)
	if err != nil {
		return err
	}
	before := h.group.CompleteTo
	for _, line := range page.Entries {
		if err := h.enter(ctx, chain, line); err != nil {
			if h.group.CompleteTo > before {
				h.job.Attempts = 0 // it is getting on
			}
			return err
		}
	}
	if err := h.reached(ctx, head, h.group.CompleteTo > before); err != nil || h.job.Stage == store.HistoryLog || chain == actors.ChainMembers {
		return err
	}
	return h.asides(ctx)
}

// logPage reads a page of one chain, with its head, which the community signed.
func (h *history) logPage(ctx context.Context, chain actors.Chain, after int64) (ap.LogPage, actors.Head, error) {
	from, mark := h.job.Place, "?"
	if from == "" {
		from = string(h.group.URI) + "/log"
	}
	if strings.Contains(from, "?") {
		mark = "&"
	}
	raw, err := h.client.Fetch(ctx, actors.URI(fmt.Sprintf("%s%safter=%d&chain=%s", from, mark, after, chain)))
	if err != nil {
		return ap.LogPage{}, actors.Head{}, fmt.Errorf("read the log: %w", err)
	}
	page, err := ap.ParseLogPage(raw)
	if err != nil {
		return page, actors.Head{}, refuse("document", err.Error())
	}
	head := page.Head.For(h.group.URI, chain)
	if !headSigned(h.group, head) {
		return page, head, refuse("log_head", "The head of the log is not signed by the community.")
	}
	if head.Epoch <= h.group.Epoch {
		return page, head, nil
	}
	return page, head, h.in.DB.Write(ctx, func(tx *store.Tx) error { return tx.SeeEpoch(ctx, h.group.ID, head.Epoch) })
}

// asides reads, in the name of a member here, a page of what a public community keeps
// for its members. A home that shows it to no member has nothing of the kind.
func (h *history) asides(ctx context.Context) (err error) {
	public := h.client
	defer func() { h.client, h.closed = public, false }()
	if h.client, err = h.in.readerOf(ctx, h.in.Remote.Limited(historyBudget), h.group.ID); err != nil {
		return err
	}
	h.closed = true
	err = h.in.DB.Read(ctx, func(tx *store.Tx) (err error) {
		h.aside, err = tx.UnbrokenTo(ctx, h.group.ID, actors.ChainMembers)
		return err
	})
	if err != nil {
		return err
	}
	page, head, err := h.logPage(ctx, actors.ChainMembers, h.aside.Seq)
	if errors.Is(err, remote.ErrNotThere) {
		return nil
	}
	if err != nil {
		return h.onceMore(err)
	}
	before := h.aside.Seq
	for _, line := range page.Entries {
		if err := h.enter(ctx, actors.ChainMembers, line); err != nil {
			return h.onceMore(err)
		}
	}
	if h.aside.Seq > before && h.aside.Seq < head.Seq {
		h.job.Stage, h.job.NextTry = store.HistoryLog, h.in.Now().Add(historyPause)
	}
	return nil
}

// onceMore keeps a job that was done at its log, so that a failure is tried again.
func (h *history) onceMore(err error) error {
	h.job.Stage = store.HistoryLog
	return err
}

// enter applies one entry and moves the mark over it.
func (h *history) enter(ctx context.Context, chain actors.Chain, line ap.LogLine) error {
	seq, hash, err := h.mark(ctx, chain)
	if err != nil {
		return err
	}
	if line.Seq <= seq {
		return nil
	}
	if err := line.Follows(h.group.URI, chain, seq, hash); err != nil {
		return refuse("log_chain", err.Error())
	}
	if !line.Erased() {
		if err := h.applyEntry(ctx, line); err != nil {
			return err
		}
	}
	e := store.LogEntry{Entry: actors.Entry{
		Group: h.group.URI, Chain: chain, Seq: line.Seq, Salt: line.Salt, Digest: line.Digest, Prev: line.Prev,
	}, Hash: line.Hash, Object: h.in.about(ap.Activity{Type: "Announce", Object: line.Object}), At: h.in.Now()}
	err = h.in.DB.Write(ctx, func(tx *store.Tx) (err error) {
		if h.group, err = tx.Community(ctx, h.group.ID); err != nil {
			return err
		}
		return h.in.enterQuietly(ctx, tx, &h.group, e)
	})
	if errors.Is(err, errRewritten) {
		return refuse("log_rewritten", "Another entry with this number is held already.")
	}
	if h.closed {
		h.aside = e
	}
	return err
}

// mark is the number and hash of the last entry that is held without a gap.
func (h *history) mark(ctx context.Context, chain actors.Chain) (seq int64, hash string, err error) {
	if h.closed {
		return h.aside.Seq, h.aside.Hash, nil
	}
	err = h.in.DB.Read(ctx, func(tx *store.Tx) error {
		c, err := tx.Community(ctx, h.group.ID)
		if err != nil || c.CompleteTo == 0 {
			return err
		}
		e, err := tx.Entry(ctx, h.group.ID, chain, c.CompleteTo)
		seq, hash = c.CompleteTo, e.Hash
		return err
	})
	return seq, hash, err
}

// applyEntry does what the entry says. What will never be readable is passed
// over: the entry is held, its content is not. What cannot be read now is left
// for the worker of waiting activities.
func (h *history) applyEntry(ctx context.Context, line ap.LogLine) error {
	err := h.fulfil(ctx, line.Object.Raw(), func(ctx context.Context, w *work) error {
		return w.relayed(ctx, w.act.Object, h.group)
	})
	return h.passOver(ctx, line.Object.Raw(), err)
}

// reached ends the job when everything up to the head is held, or when a page
// brought nothing new: the next one would be the same.
func (h *history) reached(ctx context.Context, head actors.Head, moved bool) error {
	return h.in.DB.Write(ctx, func(tx *store.Tx) error {
		if err := tx.SetChainState(ctx, h.group.ID, head.Seq, 0); err != nil {
			return err
		}
		c, err := tx.Community(ctx, h.group.ID)
		if err != nil {
			return err
		}
		h.empty = head.Seq == 0
		if c.CompleteTo >= head.Seq || !moved {
			h.next()
			return nil
		}
		h.job.NextTry = h.in.Now().Add(historyPause)
		return nil
	})
}
