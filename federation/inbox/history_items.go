package inbox

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/federation/remote"
	"moothall/store"
)

func unlessMore(err error) error {
	if errors.Is(err, remote.ErrMore) {
		return nil
	}
	return err
}

// ignoreFinal keeps a walk going past items that will never be readable.
func ignoreFinal(err error) error {
	if _, final := isFinal(err); final && !errors.Is(err, remote.ErrBudget) {
		return nil
	}
	return err
}

// passOver keeps a walk going past an item that could not be taken in. What will
// never be readable is left out. What another host does not give now becomes a
// waiting line of the log, so that one host that is down holds up nothing else.
func (h *history) passOver(ctx context.Context, item json.RawMessage, err error) error {
	if err == nil || ctx.Err() != nil || errors.Is(err, remote.ErrBudget) {
		return err
	}
	if _, final := isFinal(err); final {
		h.in.Log.InfoContext(ctx, "history: passed over", "group", h.group.Actor, "err", err)
		return nil
	}
	var wait *later
	if errors.As(err, &wait) {
		return h.putBy(ctx, item, wait, giveUpAfter)
	}
	if hidden := (*unshown)(nil); errors.As(err, &hidden) {
		return h.putBy(ctx, item, err, time.Minute)
	}
	var failed *remote.Error
	if !errors.As(err, &failed) || failed.Host == h.group.Host {
		return err
	}
	h.away[failed.Host] = err
	return h.putBy(ctx, item, err, time.Minute)
}

// putBy leaves an item for the worker of waiting activities.
func (h *history) putBy(ctx context.Context, item json.RawMessage, why error, until time.Duration) error {
	sum := sha256.Sum256(item)
	line, err := h.in.oneOf(actors.Activity{
		URI: h.group.URI, Actor: h.group.URI, Signer: h.group.URI, Host: h.group.Host, Group: h.group.ID,
		Direction: actors.Inbound, At: h.in.Now(),
		Object: h.in.about(ap.Activity{Type: "Announce", Object: ap.InnerOf(item)}),
	}, past+hex.EncodeToString(sum[:8]), h.to(), item)
	if err != nil {
		return err
	}
	queue(&line, clip(why.Error(), maxReason), h.in.Now().Add(until))
	return h.in.DB.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.Record(ctx, line)
		return err
	})
}

// to is to whom what is being read was said.
func (h *history) to() []string {
	if h.closed || h.group.Audience != actors.AudiencePublic {
		return []string{string(h.group.URI)}
	}
	return []string{string(actors.Public)}
}

// bring stores the post that an item of a collection is about: an id, an object,
// or an activity around one.
func (h *history) bring(ctx context.Context, item json.RawMessage) (content.Post, error) {
	uri, err := h.in.Site.Parse(idOf(innermost(item)))
	if err != nil {
		return content.Post{}, refuse("address", err.Error())
	}
	var p content.Post
	err = h.fulfil(ctx, published(item), func(ctx context.Context, w *work) error {
		done, err := w.confirm(ctx, uri, h.group)
		if err != nil {
			return err
		}
		if !done {
			object, speaker := w.act.Object, actors.URI("")
			if act, err := object.AsActivity(); err == nil && isPublication(act) {
				object = act.Object
				if speaker, err = w.speaker(ctx, act, h.group); err != nil {
					return err
				}
			}
			doc, err := w.believed(ctx, object, uri, h.group, speaker)
			if err != nil {
				return err
			}
			if err := w.adopt(ctx, doc, h.group); err != nil {
				return err
			}
		}
		p, err = w.tx.PostByURI(ctx, uri)
		return err
	})
	return p, err
}

// published unwraps what an item of a collection is about, but for the Create or
// Update around it, which may carry its author's proof.
func published(item json.RawMessage) json.RawMessage {
	for range 3 {
		act, err := ap.ParseActivity(item)
		if err != nil || content.Readable(act.Type) || act.Object.IsZero() || isPublication(act) {
			return item
		}
		item = act.Object.Raw()
	}
	return item
}

func isPublication(act ap.Activity) bool { return act.Type == "Create" || act.Type == "Update" }

// innermost unwraps Announce and Create.
func innermost(item json.RawMessage) json.RawMessage {
	for range 3 {
		act, err := ap.ParseActivity(item)
		if err != nil || !isActivity(act) {
			return item
		}
		item = act.Object.Raw()
	}
	return item
}

// fulfil runs f in a transaction, and again each time something that it needed
// has been fetched.
func (h *history) fulfil(ctx context.Context, object json.RawMessage, f func(context.Context, *work) error) error {
	docs, from := newDocuments(), h.group.Actor
	line := actors.Activity{Actor: from.URI, Host: from.Host}
	for range fetchRounds {
		err := h.in.DB.Write(ctx, func(tx *store.Tx) error {
			return f(ctx, &work{in: h.in, tx: tx, from: from, act: ap.Activity{Object: ap.InnerOf(object)}, line: &line, docs: docs, past: true, hearsay: h.hearsay, closed: h.closed})
		})
		var missing *need
		if !errors.As(err, &missing) {
			return err
		}
		if err := h.away[missing.uri.Host()]; err != nil {
			return err
		}
		if err := h.in.fetch(ctx, h.client, missing, docs); err != nil {
			return fmt.Errorf("fetch %s: %w", missing.uri, err)
		}
	}
	return remote.ErrBudget
}
