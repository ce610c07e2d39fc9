package inbox

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"moothall/actions"
	"moothall/actors"
	"moothall/federation/ap"
	"moothall/federation/foreign"
	"moothall/federation/remote"
	"moothall/store"
)

// Inbox takes in activities for every actor of the node.
type Inbox struct {
	DB      *store.DB
	Site    actions.Site
	Actions *actions.Actions
	Keys    *remote.Keys
	Remote  *remote.Client
	Show    func(o ap.Object) (foreign.Shown, error) // what others write as it is shown here
	Decide  func(host string, p actors.Purpose) actors.Decision
	IDs     *actors.IDs
	Now     func() time.Time
	Log     *slog.Logger
	Rate    Rate // zero: no limit per host

	wake     signal
	refusals refusals
	seen     recently
	compared comparisons
	opened   opened
	turn     string                            // the domain whose activities were tried last; by the worker alone
	walked   map[actors.ID]map[actors.URI]bool // by the worker alone
	buckets  buckets
	waits    waits

	proofKeys proofKeys
}

// Wake tells the worker that something waits.
func (in *Inbox) Wake() { in.wake.set() }

// handler applies one kind of activity.
type handler func(ctx context.Context, w *work) error

// handlers are the kinds this node acts on. Others stay in the log and do
// nothing: the next release may know them.
var handlers = map[string]handler{
	"Accept":     accept,
	"Add":        add,
	"Announce":   announce,
	"Block":      block,
	"Create":     create,
	"Delete":     remove,
	"Dislike":    dislike,
	"EmojiReact": like,
	"Flag":       flag,
	"Follow":     follow,
	"Invite":     invite,
	"Like":       like,
	"Lock":       lock,
	"Move":       move,
	"Reject":     reject,
	"Remove":     takeOut,
	"Resolve":    resolve,
	"Undo":       undo,
	"Update":     update,

	"moothall:ChooseAnswer": chooseAnswer,
	"ChooseAnswer":          chooseAnswer, // other software has no prefix of ours
}

// work is one activity on its way through the rules.
type work struct {
	in   *Inbox
	tx   *store.Tx
	from actors.Actor // who did it, as proved
	act  ap.Activity
	line *actors.Activity // its line in the log
	docs *documents       // what has been fetched for it
	past bool             // it is history: nobody is told of it

	wordless bool // it brings the words of a deleted post: they are not kept
	again    bool // what is taken in was deleted before, and is back
	closed   bool // it is for the members of its community, even where that is public

	told ap.Activity // what a community passes on, around all that is inside

	above   []actors.URI // posts that are being taken in because others answer them
	hearsay bool         // it is listed by a server that does not speak for the community
	brought bool         // some were, so there may be more of the discussion elsewhere
}

// apply runs the rules for an activity whose actor is proved. It may have waited:
// what holds at the door must still hold.
func (in *Inbox) apply(ctx context.Context, w *work) (err error) {
	defer func() {
		if p := recover(); p != nil {
			in.Log.ErrorContext(ctx, "panic while applying", "activity", *w.line, "panic", p, "stack", string(debug.Stack()))
			err = &crash{fmt.Sprint(p)}
		}
	}()
	if d := in.Decide(w.from.Host, actors.ToReceive); d.Verdict == actors.Refuse {
		return refuse("policy", d.Rule)
	}
	if w.from.IsGone() {
		return refuse("actor_gone", "The one who did this has been deleted.")
	}
	h, ok := handlers[w.act.Type]
	if !ok {
		w.line.Reason = "unknown_type: kept, nothing done"
		return nil
	}
	return h(ctx, w)
}
