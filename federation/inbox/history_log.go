package inbox

import (
	"context"
	"errors"
	"fmt"

	"moothall/actors"
	"moothall/federation/ap"
	"moothall/federation/remote"
	"moothall/store"
)

// log reads one page of the community's numbered log after what is held, checks
// that it links on, and applies each entry as if it had just been announced.
func (h *history) log(ctx context.Context) error {
	from := h.job.Place
	if from == "" {
		from = string(h.group.URI) + "/log"
	}
	chain := chainFor(h.group)
	uri := actors.URI(fmt.Sprintf("%s?after=%d&chain=%s", from, h.group.CompleteTo, chain))
	raw, err := h.client.Fetch(ctx, uri)
	if err != nil {
		return fmt.Errorf("read the log: %w", err)
	}
	page, err := ap.ParseLogPage(raw)
	if err != nil {
		return refuse("document", err.Error())
	}
	head := page.Head.For(h.group.URI, chain)
	if !headSigned(h.group, head) {
		return refuse("log_head", "The head of the log is not signed by the community.")
	}
	for _, line := range page.Entries {
		if err := h.enter(ctx, chain, line); err != nil {
			return err
		}
	}
	return h.reached(ctx, head, len(page.Entries))
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
	}, Hash: line.Hash, At: h.in.Now()}
	return h.in.DB.Write(ctx, func(tx *store.Tx) error {
		if h.group, err = tx.Community(ctx, h.group.ID); err != nil {
			return err
		}
		return h.in.enterQuietly(ctx, tx, &h.group, e)
	})
}

// mark is the number and hash of the last entry that is held without a gap.
func (h *history) mark(ctx context.Context, chain actors.Chain) (seq int64, hash string, err error) {
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
// over: the entry is held, its content is not. What cannot be read now is tried
// again, and passed over in the end.
func (h *history) applyEntry(ctx context.Context, line ap.LogLine) error {
	err := h.in.fulfil(ctx, h.client, h.group.Actor, line.Object.Raw(), func(ctx context.Context, w *work) error {
		return w.relayed(ctx, w.act.Object, h.group)
	})
	if err == nil || errors.Is(err, remote.ErrBudget) {
		return err
	}
	if _, final := isFinal(err); final || h.job.Attempts >= historyAttempts-1 {
		h.in.Log.WarnContext(ctx, "history: entry passed over", "group", h.group.Actor, "seq", line.Seq, "err", err)
		h.job.Attempts = 0
		return nil
	}
	return err
}

// reached ends the job when everything up to the head is held.
func (h *history) reached(ctx context.Context, head actors.Head, read int) error {
	return h.in.DB.Write(ctx, func(tx *store.Tx) error {
		if err := tx.SetChainState(ctx, h.group.ID, head.Seq, 0); err != nil {
			return err
		}
		c, err := tx.Community(ctx, h.group.ID)
		if err != nil {
			return err
		}
		if c.CompleteTo >= head.Seq || read == 0 {
			h.next()
			return nil
		}
		h.job.NextTry = h.in.Now().Add(historyPause)
		return nil
	})
}
