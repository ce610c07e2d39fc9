package inbox

import (
	"errors"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/federation/remote"
	"moothall/store"
)

// need says that an activity cannot be applied before something is fetched.
type need struct {
	uri   actors.URI
	actor bool // an actor to be stored, not an object to be read
	fresh bool // again, although it is known
	told  bool // somebody else says that it has changed: no proof of a new key

	optional bool // what cannot be had is done without

	group  actors.ID // closed community that the object is part of; zero for what is public
	erased bool      // it is said to be deleted: that it cannot be seen proves it
}

// Error says what is needed.
func (n *need) Error() string { return "needs " + string(n.uri) }

// later says that an activity waits for a post to arrive.
type later struct{ uri actors.URI }

// Error says what it waits for.
func (l *later) Error() string { return awaits(l.uri) }

// unshown says that a host does not show an object of a closed community to our
// member. It may not have heard yet that they are one: what it shows to whom is
// for the community's home to tell it.
type unshown struct{ uri actors.URI }

// Error says what is not shown.
func (u *unshown) Error() string { return "not shown to a member here: " + string(u.uri) }

// awaits is the reason of what waits for a post, by which it is found again when
// the post has come.
func awaits(uri actors.URI) string { return clip("awaits "+string(uri), maxReason) }

const maxReason = 500

// crash is a panic while an activity was applied. It is held: the same bytes
// would meet the same mistake of ours again (security.md S116).
type crash struct{ what string }

// Error says what the panic said.
func (c *crash) Error() string { return "panic: " + c.what }

// hold says that an admin is to decide.
type hold struct{ rule string }

// Error names the rule.
func (h *hold) Error() string { return "held: " + h.rule }

func refuse(code, words string) error { return &actions.Refusal{Code: code, Words: words} }

// isFinal says whether an error is about the activity and not about us: the same
// bytes would meet it again.
func isFinal(err error) (reason string, final bool) {
	var refusal *actions.Refusal
	var problems content.Problems
	switch {
	case errors.As(err, &refusal):
		return refusal.Error(), true
	case errors.As(err, &problems):
		return "malformed: " + problems.Error(), true
	case errors.Is(err, store.ErrConflict):
		return "conflict: it is stored already", true
	case errors.Is(err, store.ErrNotFound):
		return "unknown_object: it is about something that is not here", true
	case errors.Is(err, remote.ErrGone), errors.Is(err, remote.ErrNotThere):
		return "gone: its origin no longer has it", true
	case errors.Is(err, ap.ErrDocument):
		return "document: " + clip(err.Error(), maxReason), true
	case errors.Is(err, remote.ErrForbidden):
		return "policy: " + err.Error(), true
	case errors.Is(err, remote.ErrOwnHost):
		return "local_forgery: it speaks for this node", true
	case errors.Is(err, remote.ErrBudget):
		return "budget: it needs too much fetched", true
	}
	var failed *remote.Error
	if errors.As(err, &failed) && !failed.Temporary() {
		return "unreadable: " + failed.Error(), true
	}
	return "", false
}
