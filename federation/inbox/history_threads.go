package inbox

import (
	"context"
	"encoding/json"

	"moothall/actors"
	"moothall/federation/ap"
	"moothall/store"
)

// threads reads the replies to one discussion at a time.
func (h *history) threads(ctx context.Context) error {
	var uris []actors.URI
	err := h.in.DB.Read(ctx, func(tx *store.Tx) (err error) {
		uris, err = tx.HistoryThreads(ctx, h.group.ID, 1)
		return err
	})
	if err != nil {
		return err
	}
	if len(uris) == 0 {
		h.next()
		return nil
	}
	readErr := h.thread(ctx, uris[0])
	h.job.NextTry = h.in.Now().Add(historyPause)
	return h.in.DB.Write(ctx, func(tx *store.Tx) error {
		tries, err := tx.RetryHistoryThread(ctx, h.group.ID, uris[0])
		if err != nil {
			return err
		}
		if readErr == nil || tries >= historyAttempts {
			return tx.DropHistoryThread(ctx, h.group.ID, uris[0])
		}
		return nil
	})
}

// thread reads a discussion's context, or, from servers that have none, its
// replies and theirs.
func (h *history) thread(ctx context.Context, root actors.URI) error {
	if h.in.Site.Owns(root) {
		return nil
	}
	o, _, err := h.client.Object(ctx, root)
	if err != nil {
		return ignoreFinal(err)
	}
	if uri, err := h.in.Site.Parse(string(o.Context)); err == nil && uri.SameOrigin(root) {
		return h.walk(ctx, uri)
	}
	return h.replies(ctx, o, historyDepth)
}

const historyDepth = 6

func (h *history) replies(ctx context.Context, o ap.Object, depth int) error {
	uri, err := h.in.Site.Parse(string(o.Replies))
	if err != nil || depth == 0 {
		return nil
	}
	err = h.client.Walk(ctx, uri, historyPages, historyItems, func(item json.RawMessage) error {
		item, ok := h.listed(item, uri)
		if !ok {
			return nil
		}
		p, err := h.bring(ctx, item)
		if err != nil || h.in.Site.Owns(p.URI) {
			return h.passOver(ctx, published(item), err)
		}
		below, _, err := h.client.Object(ctx, p.URI)
		if err != nil {
			return ignoreFinal(err)
		}
		return h.replies(ctx, below, depth-1)
	})
	return unlessMore(err)
}

func (h *history) walk(ctx context.Context, uri actors.URI) error {
	err := h.client.Walk(ctx, uri, historyPages, historyItems, func(item json.RawMessage) error {
		item, ok := h.listed(item, uri)
		if !ok {
			return nil
		}
		_, err := h.bring(ctx, item)
		return h.passOver(ctx, published(item), err)
	})
	return unlessMore(err)
}

// listed is an item of a collection as far as the server that keeps the collection
// may be believed. The community's own speaks for the community. Any other says
// where something is and no more: its words are read at their origin, and whether
// a post of ours was taken is not for it to say (protocol.md 4.2(5), C22).
func (h *history) listed(item json.RawMessage, from actors.URI) (json.RawMessage, bool) {
	h.hearsay = !from.SameOrigin(h.group.URI)
	if !h.hearsay {
		return item, true
	}
	uri, err := h.in.Site.Parse(idOf(innermost(item)))
	if err != nil || h.in.Site.Owns(uri) {
		return nil, false
	}
	return ap.Refs(uri)[0], true
}
