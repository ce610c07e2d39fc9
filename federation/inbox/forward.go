package inbox

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"moothall/actions"
	"moothall/actors"
	"moothall/federation/ap"
	"moothall/federation/proof"
	"moothall/store"
)

// author is who an activity at the door is by: the one who signed the request, or
// an actor whose own integrity proof it carries, whoever forwards it (protocol.md
// 4.2(1), 4.3). Anything else is 401, and an LD signature is nothing
// (security.md S21, S40).
func (in *Inbox) author(r *http.Request, act ap.Activity, signer actors.URI) (actors.URI, *answer) {
	if act.Actor == string(signer) {
		return signer, nil
	}
	no := &answer{status: http.StatusUnauthorized, code: "actor_not_signer", host: signer.Host()}
	by, err := in.Site.Parse(act.Actor)
	if err != nil || !in.mayForward(act) {
		return "", no
	}
	claim, ok := in.claim(act.Raw, by)
	if !ok {
		return "", no
	}
	if d := in.Decide(by.Host(), actors.ToReceive); d.Verdict == actors.Refuse {
		return "", &answer{status: http.StatusForbidden, code: "policy", host: signer.Host(), detail: d.Rule}
	}
	if ok, refused := in.provedBy(r, claim, by); refused != nil {
		refused.host = signer.Host()
		return "", refused
	} else if !ok {
		return "", no
	}
	return by, nil
}

// mayForward says whether an activity is of a kind that may come from somebody
// else: what is said about posts. What changes actors, or how they stand towards each
// other, comes from themselves, or an old one could be sent again to undo a newer one.
// For the same reason an edit must say when it was made, and a Like must have an id
// that is never given again (forgetLike).
func (in *Inbox) mayForward(act ap.Activity) bool {
	switch act.Type {
	case "Create":
		return true
	case "Delete":
		return !act.Reasoned && act.Object.ID() != act.Actor // a facilitator may have taken it back
	case "Like", "EmojiReact":
		return !strings.Contains(act.ID, "#")
	case "Update":
		o, err := act.Object.AsObject()
		return err == nil && !ap.IsActorType(o.Type) && o.ID != act.Actor && !o.Updated.IsZero() && !o.Updated.After(in.Now().Add(time.Hour))
	case "Undo":
		inner, err := act.Object.AsActivity()
		return err == nil && (inner.Type == "Like" || inner.Type == "EmojiReact")
	}
	return false
}

// provedBy looks for the key of a proof: in the store, or at its owner's host
// within the limits that the keys of requests have.
func (in *Inbox) provedBy(r *http.Request, claim proof.Claim, by actors.URI) (bool, *answer) {
	ctx, cancel := context.WithTimeout(r.Context(), keyPatience)
	defer cancel()
	for isRead := false; ; isRead = true {
		var k keysOf
		err := in.DB.Read(ctx, func(tx *store.Tx) (err error) {
			k, err = in.keysFor(ctx, tx, by)
			return ignoreNotFound(err)
		})
		if err != nil {
			return false, &answer{status: http.StatusServiceUnavailable, code: "database", detail: err.Error(), retryAfter: "60"}
		}
		ok, isListed := k.fits(claim)
		if isRead || !in.stale(k, isListed) {
			return ok, nil
		}
		var refusal *actions.Refusal
		switch err := in.Keys.Author(ctx, by, source(r), in.remember); {
		case errors.As(err, &refusal):
			return false, nil
		case err != nil:
			return false, keyAnswer(err, nil)
		}
	}
}
