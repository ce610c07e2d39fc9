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
	if head == nil {
		return nil
	}
	carried := w.act.Object.Items()[0].Raw()
	entry := store.LogEntry{Entry: actors.Entry{
		Group: group.URI, Chain: actors.Chain(head.Audience), Seq: head.Seq, Salt: head.Salt,
		Digest: actors.EntryDigest(head.Salt, carried), Prev: head.Prev,
	}, Hash: head.Hash, Activity: w.line.ID, Object: w.line.Object, At: w.in.Now()}
	if !headFits(group, entry, head.Epoch, head.Signature) {
		if !w.docs.fetched[group.URI] {
			return &need{uri: group.URI, actor: true} // its key may be a new one
		}
		return w.in.doubt(ctx, w.tx, group, w.line, "log_head: the signed head of the log does not fit what it carries")
	}
	if err := seeEpoch(ctx, w.tx, group, head.Epoch); err != nil {
		return err
	}
	err := w.in.enter(ctx, w.tx, group, entry)
	if errors.Is(err, errRewritten) {
		return w.in.doubt(ctx, w.tx, group, w.line, err.Error())
	}
	return err
}

// seeEpoch notes the epoch in a head that the community signed: tokens from before
// are worth nothing here any more (decision 0033).
func seeEpoch(ctx context.Context, tx *store.Tx, group actors.Community, epoch int64) error {
	if epoch <= group.Epoch {
		return nil
	}
	return tx.SeeEpoch(ctx, group.ID, epoch)
}

// doubt says on the community, and on the line, that its log does not hold. What
// was announced counts all the same, as it does from communities that keep no log;
// what is held of the log stays as it was.
func (in *Inbox) doubt(ctx context.Context, tx *store.Tx, group actors.Community, line *actors.Activity, why string) error {
	line.Reason = why
	return tx.SetHistory(ctx, group.ID, actors.HistoryPartial, noteDoubt)
}

const noteDoubt = "The community’s own record of what was said does not agree with what it sent."

// errRewritten says that a community has given one number to two entries.
var errRewritten = errors.New("log_rewritten: another entry with this number is held already")

// headFits says whether a head is signed by the community and is the hash of the
// entry.
func headFits(group actors.Community, e store.LogEntry, epoch int64, signature string) bool {
	return e.Seq > 0 && (e.Chain == actors.ChainPublic || e.Chain == actors.ChainMembers) &&
		e.Entry.Hash() == e.Hash && headSigned(group, actors.Head{
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
	if e.Chain == chainFor(group) || e.Seq == 1 {
		return nil
	}
	_, err := tx.Entry(ctx, group.ID, e.Chain, e.Seq-1)
	if errors.Is(err, store.ErrNotFound) {
		return in.closeGap(ctx, tx, group)
	}
	return err
}

func (in *Inbox) enterQuietly(ctx context.Context, tx *store.Tx, group *actors.Community, e store.LogEntry) error {
	err := tx.Try(ctx, func() error { return tx.AddEntry(ctx, group.ID, e) })
	if errors.Is(err, store.ErrConflict) {
		held, err := tx.Entry(ctx, group.ID, e.Chain, e.Seq)
		if err != nil {
			return err
		}
		if held.Hash != e.Hash {
			return errRewritten
		}
	} else if err != nil {
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
		job.Group, job.Stage, job.Attempts, job.NextTry = group.ID, store.HistoryLog, 0, in.Now().Add(gapPatience)
		return tx.SaveHistoryJob(ctx, job)
	}
	return err
}
