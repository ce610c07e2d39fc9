package fedtest

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"moothall/actors"
	"moothall/federation/sign"
	"moothall/store"
)

// withoutTokens makes a node forget that a community's home gives out member tokens,
// as it never knows it of other software.
func (town *Town) withoutTokens(host string, c Community) {
	town.T.Helper()
	town.must(town.hall(host).write(func(ctx context.Context, tx *store.Tx) error {
		group, err := tx.CommunityByURI(ctx, c.URI)
		if err != nil {
			return err
		}
		return tx.SetMemberToken(ctx, group.ID, "")
	}))
}

// asksForToken asks the home of a community for a token, signed when a signer is
// given.
func (town *Town) asksForToken(from string, c Community, as *sign.Signer, body string) Reply {
	town.T.Helper()
	r, err := http.NewRequest(http.MethodPost, string(c.URI)+"/member-token", strings.NewReader(body))
	town.must(err)
	r.Header.Set("Content-Type", "application/json")
	if as != nil {
		town.must(as.Sign(r, []byte(body), town.Clock.Now()))
	}
	return town.carries(from, r)
}

// tokenFor is a token of a member for a host.
func (town *Town) tokenFor(p *Person, c Community, host string) string {
	town.T.Helper()
	got := town.asksForToken(p.host, c, p.signer(), `{"audience":"`+host+`"}`)
	var answer struct {
		Token   string
		Expires time.Time
	}
	if err := json.Unmarshal([]byte(got.Body), &answer); err != nil || got.Status != http.StatusOK || answer.Token == "" {
		town.T.Fatalf("no token for %s: %d %s %v", p.URI, got.Status, got.Body, err)
	}
	if left := answer.Expires.Sub(town.Clock.Now()); left <= 0 || left > 10*time.Minute {
		town.T.Errorf("a token lives %s", left)
	}
	if got.Header.Get("Cache-Control") != "private, no-store" {
		town.T.Errorf("a token may be kept: %q", got.Header.Get("Cache-Control"))
	}
	return answer.Token
}

// shows asks for what is at an address with a token, which the signature covers.
func (town *Town) shows(from, address, token string, as *sign.Signer) Reply {
	town.T.Helper()
	return town.carries(from, town.showing(address, token, as))
}

func (town *Town) showing(address, token string, as *sign.Signer) *http.Request {
	town.T.Helper()
	r, err := http.NewRequest(http.MethodGet, address, nil)
	town.must(err)
	r.Header.Set("Accept", activityType)
	if strings.HasSuffix(address, "/file") {
		r.Header.Set("Accept", "*/*")
	}
	r.Header.Set("Authorization", "Bearer "+token)
	town.must(as.Sign(r, nil, town.Clock.Now()))
	return r
}

// tally counts the requests so far of one host to another.
type tally struct{ tokens, questions, shown int }

func (town *Town) tally() (n tally) {
	for _, e := range town.Exchanges() {
		switch {
		case strings.HasSuffix(e.URL, "/member-token"):
			n.tokens++
		case strings.Contains(e.URL, "is_follower="):
			n.questions++
		case strings.HasPrefix(e.Header.Get("Authorization"), "Bearer ") && bytes.Contains([]byte(e.Header.Get("Signature")+e.Header.Get("Signature-Input")), []byte("authorization")):
			n.shown++
		}
	}
	return n
}

func (n tally) since(before tally) tally {
	return tally{n.tokens - before.tokens, n.questions - before.questions, n.shown - before.shown}
}

// epochAt is the newest epoch of a community that a node knows.
func (town *Town) epochAt(host string, c Community) (epoch int64) {
	town.T.Helper()
	town.must(town.hall(host).read(func(ctx context.Context, tx *store.Tx) error {
		group, err := tx.CommunityByURI(ctx, c.URI)
		epoch = group.Epoch
		return err
	}))
	return epoch
}

// fetches reads a post anew for a person, in their name, as their node does.
func (p *Person) fetches(c Community, post Post) error {
	h := p.hall()
	var group actors.Community
	if err := h.read(func(ctx context.Context, tx *store.Tx) (err error) {
		group, err = tx.CommunityByURI(ctx, c.URI)
		return err
	}); err != nil {
		return err
	}
	_, _, err := h.node.Remote.As(*p.signer()).For(group).Object(p.town.ctx(), post.URI)
	return err
}
