package inbox

import (
	"context"
	"errors"

	"moothall/actors"
	"moothall/federation/sign"
	"moothall/store"
)

// followLog notes the place of an Announce in its community's numbered log, when
// the community keeps one and signs its head. A gap is not closed here: it shows,
// and the history job asks for what is missing.
func (w *work) followLog(ctx context.Context, group actors.Community) error {
	head := w.act.Log
	items := w.act.Object.Items()
	if head == nil || len(items) != 1 {
		return nil
	}
	entry := store.LogEntry{Entry: actors.Entry{
		Group: group.URI, Chain: actors.Chain(head.Audience), Seq: head.Seq, Salt: head.Salt,
		Digest: actors.EntryDigest(head.Salt, items[0].Raw()), Prev: head.Prev,
	}, Hash: head.Hash, Activity: w.line.ID, Object: w.line.Object, At: w.in.Now()}
	if !headFits(group, entry, head.Epoch, head.Signature) {
		return refuse("log_head", "The signed head of the community's log does not fit what it carries.")
	}
	return w.in.enter(ctx, w.tx, group, entry)
}

// headFits says whether a head is signed by the community and is the hash of the
// entry.
func headFits(group actors.Community, e store.LogEntry, epoch int64, signature string) bool {
	return e.Entry.Hash() == e.Hash && headSigned(group, actors.Head{
		Group: group.URI, Chain: e.Chain, Seq: e.Seq, Hash: e.Hash, Epoch: epoch, Signature: signature,
	})
}

func headSigned(group actors.Community, h actors.Head) bool {
	key, err := sign.ParseMultikey(group.Ed25519Key)
	return err == nil && h.Verify(key)
}

// enter stores a proved entry of a community elsewhere and moves the mark up to
// which everything is held. When there is a gap the history job is woken.
func (in *Inbox) enter(ctx context.Context, tx *store.Tx, group actors.Community, e store.LogEntry) error {
	if err := in.enterQuietly(ctx, tx, &group, e); err != nil {
		return err
	}
	if e.Chain == chainFor(group) && group.CompleteTo < e.Seq {
		return in.closeGap(ctx, tx, group)
	}
	return nil
}

func (in *Inbox) enterQuietly(ctx context.Context, tx *store.Tx, group *actors.Community, e store.LogEntry) error {
	err := tx.Try(ctx, func() error { return tx.AddEntry(ctx, group.ID, e) })
	if err != nil && !errors.Is(err, store.ErrConflict) {
		return err
	}
	if e.Chain != chainFor(*group) {
		return nil
	}
	if group.CompleteTo, err = unbroken(ctx, tx, *group); err != nil {
		return err
	}
	return tx.SetChainState(ctx, group.ID, e.Seq, group.CompleteTo)
}

// chainFor is the chain by which this node judges whether it holds everything:
// the widest that the community's posts go on.
func chainFor(group actors.Community) actors.Chain {
	chain, _ := actors.ChainOf(group.Audience)
	return chain
}

// unbroken walks from the mark along entries that link to each other.
func unbroken(ctx context.Context, tx *store.Tx, group actors.Community) (int64, error) {
	at, prev := group.CompleteTo, ""
	if at > 0 {
		e, err := tx.Entry(ctx, group.ID, chainFor(group), at)
		if err != nil {
			return at, err
		}
		prev = e.Hash
	}
	for {
		next, err := tx.EntriesAfter(ctx, group.ID, chainFor(group), at, 100)
		if err != nil {
			return at, err
		}
		for _, e := range next {
			if e.Seq != at+1 || e.Prev != prev {
				return at, nil
			}
			at, prev = e.Seq, e.Hash
		}
		if len(next) < 100 {
			return at, nil
		}
	}
}

// closeGap lets the history job ask for entries that are missing, after a while
// in which those on their way may arrive.
func (in *Inbox) closeGap(ctx context.Context, tx *store.Tx, group actors.Community) error {
	job, err := tx.HistoryJob(ctx, group.ID)
	if errors.Is(err, store.ErrNotFound) || err == nil && job.Stage == store.HistoryDone {
		return tx.SaveHistoryJob(ctx, store.HistoryJob{
			Group: group.ID, Stage: store.HistoryLog, NextTry: in.Now().Add(gapPatience),
		})
	}
	return err
}
