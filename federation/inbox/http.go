package inbox

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"moothall/actors"
	"moothall/federation/ap"
	"moothall/federation/remote"
	"moothall/federation/sign"
	"moothall/store"
)

// The limits of the door.
const (
	maxBody     = 1 << 20         // bytes; Mastodon, Lemmy and tootik have the same
	keyPatience = 8 * time.Second // how long a sender waits for its key to be fetched
)

// answer is a refusal at the door: a status for the sender, who learns no more,
// and a reason for us.
type answer struct {
	status     int
	code       string
	host       string // whom it is counted against; empty while nobody is proved
	detail     string
	retryAfter string
}

// ServeHTTP takes in an activity for the shared inbox or one actor's: both are
// the same door. The order of the checks is fixed (security.md B0).
func (in *Inbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if no := in.serve(w, r); no != nil {
		in.refusals.count(no, in.Now())
		respond(w, no)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

func (in *Inbox) serve(w http.ResponseWriter, r *http.Request) *answer {
	if no := plausible(r); no != nil {
		return no
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return unreadBody(err)
	}
	v, no := in.prove(r, body)
	if no != nil {
		return no
	}
	host := v.Signer().Host()
	if !in.buckets.allow(remote.Domain(host), in.Rate, in.Now()) {
		return &answer{status: http.StatusTooManyRequests, code: "rate", host: host, retryAfter: "30"}
	}
	act, err := ap.ParseActivity(v.Body())
	if err != nil {
		return &answer{status: http.StatusBadRequest, code: "document", host: host, detail: err.Error()}
	}
	by, no := in.author(r, act, v.Signer())
	if no != nil {
		return no
	}
	uri, no := in.identity(act, by)
	if no != nil {
		return no
	}
	if no := in.receive(r.Context(), v, act, uri, by, in.addressee(r)); no != nil {
		return no
	}
	in.compareFollowers(r.Context(), v.Signer(), r.Header.Values(ap.SynchronizationHeader))
	return nil
}

func plausible(r *http.Request) *answer {
	if r.Method != http.MethodPost {
		return &answer{status: http.StatusMethodNotAllowed, code: "method"}
	}
	if r.URL.RawQuery != "" || r.URL.ForceQuery {
		return &answer{status: http.StatusBadRequest, code: "query"}
	}
	if r.Header.Get("Content-Encoding") != "" {
		return &answer{status: http.StatusUnsupportedMediaType, code: "encoding"}
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/activity+json" && kind != "application/ld+json" && kind != "application/json" {
		return &answer{status: http.StatusUnsupportedMediaType, code: "media_type"}
	}
	if r.ContentLength > maxBody {
		return &answer{status: http.StatusRequestEntityTooLarge, code: "too_large"}
	}
	return nil
}

func unreadBody(err error) *answer {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return &answer{status: http.StatusRequestEntityTooLarge, code: "too_large"}
	}
	return &answer{status: http.StatusBadRequest, code: "body"}
}

// prove finds out who signed the request, and whether the policy lets them in.
func (in *Inbox) prove(r *http.Request, body []byte) (sign.Verified, *answer) {
	claim, err := sign.Parse(r, body, in.Site.Base, in.Now())
	if err != nil {
		return sign.Verified{}, unauthorised(err)
	}
	claimed := actors.URI(claim.KeyID()).Host()
	if d := in.Decide(claimed, actors.ToReceive); d.Verdict == actors.Refuse {
		return sign.Verified{}, &answer{status: http.StatusForbidden, code: "policy", host: claimed, detail: d.Rule}
	}
	ctx, cancel := context.WithTimeout(r.Context(), keyPatience)
	defer cancel()
	if in.isFarewell(ctx, body) {
		return sign.Verified{}, &answer{status: http.StatusAccepted, code: "unknown_actor"}
	}
	key, err := in.Keys.From(source(r)).Key(ctx, claim.KeyID())
	if err != nil {
		return sign.Verified{}, keyAnswer(err, body)
	}
	v, err := claim.Prove(key)
	if err != nil {
		if v, err = in.proveAgain(ctx, claim); err != nil {
			return sign.Verified{}, keyAnswer(err, body)
		}
	}
	in.Keys.Proved(claim.KeyID(), source(r))
	if d := in.Decide(v.Signer().Host(), actors.ToReceive); d.Verdict == actors.Refuse {
		return sign.Verified{}, &answer{status: http.StatusForbidden, code: "policy", host: v.Signer().Host(), detail: d.Rule}
	}
	return v, nil
}

// proveAgain asks the key's owner once more: it may have a new key (C17).
func (in *Inbox) proveAgain(ctx context.Context, claim *sign.Request) (sign.Verified, error) {
	key, err := in.Keys.Refresh(ctx, claim.KeyID())
	if err != nil {
		return sign.Verified{}, err
	}
	return claim.Prove(key)
}

// identity checks that the activity's id is its author's to give.
func (in *Inbox) identity(act ap.Activity, by actors.URI) (actors.URI, *answer) {
	uri, err := in.Site.Parse(act.ID)
	if err != nil {
		return "", &answer{status: http.StatusBadRequest, code: "id", host: by.Host(), detail: err.Error()}
	}
	if !uri.SameOrigin(by) {
		return "", &answer{status: http.StatusBadRequest, code: "id_origin", host: by.Host()}
	}
	return uri, nil
}

// addressee is whose inbox a request is for; empty for the shared one.
func (in *Inbox) addressee(r *http.Request) actors.URI {
	path, ok := strings.CutSuffix(r.URL.Path, "/inbox")
	if !ok || path == "" {
		return ""
	}
	return actors.URI(in.Site.Base + path)
}

// errNoInbox refuses what is sent to the inbox of nobody.
var errNoInbox = errors.New("no such inbox")

// receives says whether somebody here has an inbox for others. The answer to the
// inbox of nobody is 404 and never 410: PieFed would take the whole node for
// gone (C27). A community that no list shows has an inbox for those who know of it,
// and for nobody else (security.md S194).
func receives(ctx context.Context, tx *store.Tx, to, by actors.URI, carrier string) error {
	a, err := tx.ActorByURI(ctx, to)
	if errors.Is(err, store.ErrNotFound) || err == nil && (!a.Local || a.IsGone()) {
		return errNoInbox
	}
	if err != nil || a.Kind != actors.Group {
		return err
	}
	c, err := tx.CommunityByURI(ctx, to)
	switch {
	case err != nil:
		return err
	case !c.Audience.Federates():
		return errNoInbox // what never leaves this node is not there for others
	case isListed(c):
		return nil
	}
	knows, err := tx.HasMemberFrom(ctx, c.ID, carrier)
	if err == nil && !knows {
		knows, err = isInvited(ctx, tx, c, by)
	}
	if err == nil && !knows {
		return errNoInbox
	}
	return err
}

// isListed says whether strangers may know of a community.
func isListed(c actors.Community) bool { return c.Audience == actors.AudiencePublic || c.Discoverable }

// isInvited says whether a community has asked somebody in. To have asked for it is
// not enough: anyone may send a request, and be it to a guess.
func isInvited(ctx context.Context, tx *store.Tx, c actors.Community, who actors.URI) (bool, error) {
	a, err := tx.ActorByURI(ctx, who)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	m, err := tx.Membership(ctx, c.ID, a.ID)
	return m.Standing == actors.Invited, err
}
