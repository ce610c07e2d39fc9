package inbox

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"moothall/actors"
	"moothall/federation/ap"
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
	mark := "?"
	if strings.Contains(from, "?") {
		mark = "&"
	}
	uri := actors.URI(fmt.Sprintf("%s%safter=%d&chain=%s", from, mark, h.group.CompleteTo, chain))
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
	before := h.group.CompleteTo
	for _, line := range page.Entries {
		if err := h.enter(ctx, chain, line); err != nil {
			if h.group.CompleteTo > before {
				h.job.Attempts = 0 // it is getting on
			}
			return err
		}
	}
	return h.reached(ctx, head, h.group.CompleteTo > before)
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
	return err
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
