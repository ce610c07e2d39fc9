package inbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"moothall/actors"
	"moothall/federation/ap"
	"moothall/store"
)

// unpack takes an Announce of several things (protocol.md 4.4, C39) apart. Each
// thing has a line of its own in the log and its own fate: one that cannot be
// read keeps none of the others, and each can be erased alone.
func (in *Inbox) unpack(ctx context.Context, tx *store.Tx, act ap.Activity, line *actors.Activity) error {
	items := act.Object.Items()
	for i, item := range items {
		one, err := in.oneOf(*line, fmt.Sprintf("item-%d", i+1), slices.Concat(act.To, act.Cc), item.Raw())
		if err != nil {
			return err
		}
		inner, err := ap.ParseActivity(one.Body)
		if err != nil {
			continue // it was read as part of the whole, so it is an item without an id
		}
		one.Object = in.about(inner)
		if err := in.record(ctx, tx, inner, &one, newDocuments()); err != nil && !errors.Is(err, errKnown) {
			return err
		}
	}
	line.State, line.Reason, line.Body = actors.Applied, fmt.Sprintf("unpacked: %d things, each on a line of its own", len(items)), nil
	isNew, err := tx.Record(ctx, *line)
	if err == nil && !isNew {
		return errKnown
	}
	return err
}

// oneOf is the line of an Announce of one thing, by the actor of another line and to
// those whom to names.
func (in *Inbox) oneOf(line actors.Activity, name string, to []string, object json.RawMessage) (actors.Activity, error) {
	line.ID, line.Type = in.IDs.Next(), "Announce"
	mark := "#"
	if strings.Contains(string(line.URI), "#") {
		mark = "-"
	}
	line.URI += actors.URI(mark + name)
	var err error
	doc := map[string]any{"id": line.URI, "type": "Announce", "actor": line.Actor, "object": object}
	if len(to) > 0 {
		doc["to"] = to
	}
	line.Body, err = json.Marshal(doc)
	if err != nil {
		return line, fmt.Errorf("take apart %s: %w", line.URI, err)
	}
	return line, nil
}

// past marks the ids of lines that the history job leaves to be finished later.
const past = "past-"

// isPast says whether a line is about what happened before anyone here belonged
// to the community: nobody is told of it.
func isPast(line actors.Activity) bool { return strings.Contains(string(line.URI), "#"+past) }
