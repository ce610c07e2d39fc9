package inbox

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"moothall/actors"
	"moothall/federation/ap"
	"moothall/federation/sign"
	"moothall/store"
)

// errKnown ends a transaction because the activity has been here before.
var errKnown = errors.New("activity is known")

// receive records an activity, sent to one actor here or, with an empty to, to all
// of them, and applies it in the same commit. When it returns nil, a crash at the
// next instruction loses nothing (invariant I1).
//
// by is the one who did it, as proved: the signer of the request or, of what was
// forwarded, the one whose proof is in it. It is known by that name whichever way
// it comes.
func (in *Inbox) receive(ctx context.Context, v sign.Verified, act ap.Activity, uri, by, to actors.URI) *answer {
	line := actors.Activity{
		ID: in.IDs.Next(), URI: uri, Type: act.Type, Actor: by, Signer: by, Host: by.Host(),
		Direction: actors.Inbound, Body: v.Body(), At: in.Now(),
	}
	line.Object = in.about(act)
	before := line
	docs := newDocuments()
	docs.direct = by == v.Signer()
	in.foresee(act, docs)
	err := in.DB.Write(ctx, func(tx *store.Tx) error {
		line = before // a write may be carried out twice
		if to != "" {
			if err := receives(ctx, tx, to, by, v.Signer().Host()); err != nil {
				return err
			}
		}
		return in.record(ctx, tx, act, &line, docs)
	})
	switch {
	case errors.Is(err, errNoInbox):
		return &answer{status: http.StatusNotFound, code: "no_such_inbox", host: line.Host}
	case errors.Is(err, errKnown):
		return nil
	case err != nil:
		in.Log.ErrorContext(ctx, "record activity", "activity", line, "err", err)
		return &answer{status: http.StatusServiceUnavailable, code: "database", host: line.Host, retryAfter: "60"}
	}
	in.noteHost(ctx, v.Signer().Host())
	in.Remote.Styles.Heard(ctx, v.Signer().Host(), v.Style())
	in.Log.LogAttrs(ctx, level(line.State), "activity", slog.Any("activity", line), slog.String("carrier", v.Signer().Host()),
		slog.String("state", string(line.State)), slog.String("reason", line.Reason))
	return nil
}

// about is the address of what an activity is about: of an Announce, of the post
// that the activity inside it is about, so that it can be found when the post is
// to be erased.
func (in *Inbox) about(act ap.Activity) actors.URI {
	object := act.Object
	for range 3 {
		inner, err := object.AsActivity()
		if act.Type != "Announce" || err != nil || !isActivity(inner) {
			break
		}
		object = inner.Object
	}
	uri, err := in.Site.Parse(object.ID())
	if err != nil {
		return ""
	}
	return uri
}

func (in *Inbox) record(ctx context.Context, tx *store.Tx, act ap.Activity, line *actors.Activity, docs *documents) error {
	known, err := tx.Knows(ctx, line.URI, line.Signer)
	if err != nil {
		return err
	}
	if known {
		return errKnown
	}
	if act.Type == "Announce" && len(act.Object.Items()) > 1 {
		return in.unpack(ctx, tx, act, line)
	}
	if err := in.attempt(ctx, tx, act, line, docs); err != nil {
		return err
	}
	isNew, err := tx.Record(ctx, *line)
	if err == nil && !isNew {
		return errKnown
	}
	return err
}

// attempt applies an activity and notes on its line how that ended. An error
// means that we failed, not the activity.
func (in *Inbox) attempt(ctx context.Context, tx *store.Tx, act ap.Activity, line *actors.Activity, docs *documents) error {
	from, err := tx.ActorByURI(ctx, line.Actor)
	if err != nil {
		return err
	}
	line.State, line.Reason = actors.Applied, ""
	w := &work{in: in, tx: tx, from: from, act: act, line: line, docs: docs, past: isPast(*line)}
	err = tx.Try(ctx, func() error {
		if from.IsGone() {
			return refuse("actor_gone", "The one who did this has been deleted.")
		}
		if err := in.apply(ctx, w); err != nil {
			return err
		}
		return w.reach(ctx)
	})
	if err := in.conclude(tx, line, docs, err); err != nil {
		return err
	}
	if w.wordless && line.State != actors.Waiting {
		line.Body = nil
	}
	if docs.missing == nil {
		if err := w.oweReceipt(ctx); err != nil {
			return err
		}
	}
	return w.decline(ctx)
}

func (in *Inbox) conclude(tx *store.Tx, line *actors.Activity, docs *documents, err error) error {
	var missing *need
	var parent *later
	var held *hold
	var broken *crash
	switch {
	case err == nil:
		return nil
	case errors.As(err, &missing):
		docs.missing = missing
		queue(line, "needs "+string(missing.uri), in.Now())
		tx.After(in.Wake)
		return nil
	case errors.As(err, &parent):
		// It is woken when the post comes; otherwise it is looked at once, to end it.
		queue(line, parent.Error(), line.At.Add(giveUpAfter+time.Minute))
		return nil
	case errors.As(err, &held):
		line.State, line.Reason = actors.Held, held.rule
		return nil
	case errors.As(err, &broken):
		line.State, line.Reason = actors.Held, clip(broken.Error(), maxReason)
		return nil
	}
	if reason, final := isFinal(err); final {
		line.State, line.Reason = actors.Rejected, reason
		return nil
	}
	return err
}

// level: what was applied is in the log of requests already; what was not is
// worth a line of its own.
func level(s actors.State) slog.Level {
	if s == actors.Applied {
		return slog.LevelDebug
	}
	return slog.LevelInfo
}

// noteHost remembers, at most once a minute, that a host is heard from.
func (in *Inbox) noteHost(ctx context.Context, host string) {
	if !in.seen.first(host, in.Now()) {
		return
	}
	if err := in.DB.Write(ctx, func(tx *store.Tx) error { return tx.InstanceSent(ctx, host, in.Now()) }); err != nil {
		in.Log.WarnContext(ctx, "note host", "host", host, "err", err)
	}
}
