package serve

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"

	"moothall/actors"
	"moothall/federation/sign"
	"moothall/federation/token"
	"moothall/store"
)

const maxTokenRequest = 1024 // bytes

var errTooOften = refusal{http.StatusTooManyRequests, "too many requests"}

// memberToken gives a member of a community of ours a token for one other host
// (decision 0033). All others get the answer that they would get of a community that
// does not exist.
func (s *Serve) memberToken(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		notAllowed("POST")(w, r)
		return
	}
	body, err := s.issue(r)
	if errors.Is(err, errTooOften) {
		w.Header().Set("Retry-After", "60")
	}
	if err != nil {
		fail(w, r, err)
		return
	}
	w.Header().Set("Cache-Control", cachePrivate)
	send(w, r, http.StatusOK, "application/json", body)
}

func (s *Serve) issue(r *http.Request) ([]byte, error) {
	// One byte more than is allowed is what nobody signs for.
	raw, err := io.ReadAll(io.LimitReader(r.Body, maxTokenRequest+1))
	if err != nil || len(raw) > maxTokenRequest || s.Verify == nil {
		return nil, store.ErrNotFound
	}
	who := s.whoSigned(r, raw)
	if !who.isPartner {
		return nil, store.ErrNotFound
	}
	if s.MayAsk != nil && !s.MayAsk(who.uri) {
		return nil, errTooOften
	}
	host, err := token.ReadRequest(raw)
	if err != nil || !s.mayBeShown(host) {
		return nil, store.ErrNotFound
	}
	var text string
	wanted := token.Token{Group: s.Site.Community(chi.URLParam(r, "name")), Person: who.uri, Audience: host, Key: who.key}
	err = s.DB.Read(r.Context(), func(tx *store.Tx) error {
		viewer, err := viewerOf(r.Context(), tx, who.uri)
		if err != nil {
			return err
		}
		text, wanted, err = s.actions().MemberToken(r.Context(), tx, viewer, wanted)
		return err
	})
	if err != nil {
		return nil, err
	}
	return token.WriteAnswer(text, wanted.Expires)
}

// mayBeShown says whether a member may show a token of ours to a host: to one that we
// deal with, and not to us, who know our members.
func (s *Serve) mayBeShown(host string) bool {
	at, err := s.Site.ParseHost(host)
	return err == nil && at == host && host != s.Site.Host && s.Decide(host, actors.ToServe).OK()
}

// bearer is the token that a request shows, and whether it shows anything.
func bearer(r *http.Request) (text string, shown bool) {
	lines := r.Header.Values("Authorization")
	if len(lines) == 0 {
		return "", false
	}
	scheme, text, _ := strings.Cut(lines[0], " ")
	if len(lines) > 1 || !strings.EqualFold(scheme, "Bearer") {
		return "", true
	}
	return text, true
}

// isMember says whether the one who asks belongs to a community elsewhere: by the
// token that they show, which has to be signed for along with the request, and
// otherwise by asking the community's home. A token that does not hold is a no.
func (s *Serve) isMember(r *http.Request, who asker, group actors.Community) bool {
	ctx := r.Context()
	if text, shown := bearer(r); shown {
		err := s.proves(ctx, text, who, group)
		if err != nil {
			slog.InfoContext(ctx, "member token refused", "group", group.Actor, "error", err)
		}
		return err == nil
	}
	if s.IsMember == nil {
		return false
	}
	is, err := s.IsMember(ctx, group, who.uri)
	if err != nil {
		slog.InfoContext(ctx, "home of a closed community not asked", "group", group.Actor, "error", err)
	}
	return is && err == nil
}

var errTokenUnsigned = errors.New("the signature does not cover the token")

func (s *Serve) proves(ctx context.Context, text string, who asker, group actors.Community) error {
	if !who.signedToken {
		return errTokenUnsigned
	}
	if !s.Decide(group.Host, actors.ToFetch).OK() {
		return errBlocked // what a home says that we do not deal with is not believed
	}
	key, err := sign.ParseMultikey(group.Ed25519Key)
	if err != nil {
		return err
	}
	says, err := token.Read(text, token.Shown{
		Group: group.URI, GroupKey: key, Person: who.uri, Key: who.key, Audience: s.Site.Host, Epoch: group.Epoch, Now: s.Now(),
	})
	if err != nil || says.Epoch == group.Epoch {
		return err
	}
	// The community has signed for a newer epoch: who left before is out here too.
	return s.DB.Write(ctx, func(tx *store.Tx) error { return tx.SeeEpoch(ctx, group.ID, says.Epoch) })
}
