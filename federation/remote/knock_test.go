package remote

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"moothall/actors"
	"moothall/federation/ap"
	"moothall/federation/sign"
)

// visitor is a client with a memory of styles, and a signer with both keys.
type visitor struct {
	*Client
	town   *town
	clock  *clock
	signer sign.Signer
	stored map[string]actors.Instance
	broken error
}

func newVisitor(handler http.HandlerFunc) *visitor {
	v := &visitor{town: newTown(), clock: newClock(), stored: map[string]actors.Instance{}}
	v.town.hosts[peer] = handler
	v.Client = newClient(v.town)
	v.Client.Now = v.clock.Now
	v.signer = sign.Signer{
		KeyID: ourKeyID, Key: keyPair(0),
		Ed25519KeyID: "https://commons.example/#ed25519-key", Ed25519: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32)),
	}
	v.Signer = func(context.Context) (sign.Signer, error) { return v.signer, nil }
	v.forget()
	return v
}

// forget is another process with the same database.
func (v *visitor) forget() {
	v.Styles = &Styles{
		Now: v.clock.Now, Log: slog.New(slog.DiscardHandler),
		Stored: func(_ context.Context, host string) (actors.Instance, error) { return v.stored[host], v.broken },
		Store: func(_ context.Context, host string, style actors.Style, why actors.StyleReason, at time.Time) error {
			v.stored[host] = actors.Instance{Host: host, Style: style, StyleWhy: why, StyleSince: at}
			return v.broken
		},
	}
}

func (v *visitor) knows(style actors.Style, why actors.StyleReason) {
	v.stored[peer] = actors.Instance{Host: peer, Style: style, StyleWhy: why, StyleSince: v.clock.Now()}
}

func (v *visitor) posts(t *testing.T) Response {
	t.Helper()
	v.town.seen = nil
	got, err := v.Post(t.Context(), inbox, []byte("{}"), v.signer, "")
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// sent lists the styles of the requests that were made.
func (v *visitor) sent(t *testing.T) string {
	t.Helper()
	var out []string
	for _, s := range v.town.seen {
		out = append(out, styleOf(t, s.header))
	}
	return strings.Join(out, " ")
}

func styleOf(t *testing.T, h http.Header) string {
	t.Helper()
	input, signature := h.Get("Signature-Input"), h.Get("Signature")
	switch {
	case signature == "":
		return "unsigned"
	case input == "" && strings.HasPrefix(signature, "keyId=") && h.Get("Content-Digest") == "":
		return "cavage"
	case input == "" || strings.Contains(signature, "keyId") || h.Get("Digest") != "":
		t.Errorf("two styles in one request: %v", h)
		return "both"
	case strings.Contains(input, `alg="ed25519"`):
		return "ed25519"
	}
	return "rfc9421"
}

// reads is a host that accepts some styles, and answers 401 to others.
func reads(styles ...string) http.HandlerFunc {
	return refuses(http.StatusUnauthorized, "", styles...)
}

func refuses(code int, wish string, styles ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if slices.Contains(styles, styleOf(&testing.T{}, r.Header)) {
			w.WriteHeader(http.StatusAccepted)
			return
		}
		if wish != "" {
			w.Header().Set("Accept-Signature", wish)
		}
		w.WriteHeader(code)
	}
}

func TestC19_C55_StyleOfASend(t *testing.T) {
	t.Parallel()
	const asks = `sig1=("@method" "@target-uri" "content-digest");created;keyid`
	cavage, newer, quick := actors.StyleCavage, actors.StyleRFC9421, actors.StyleEd25519
	for _, tt := range []struct {
		name   string
		knows  actors.Style
		host   http.HandlerFunc
		sent   string
		status int
		then   actors.Style
		why    actors.StyleReason
	}{
		{"a stranger gets the style that everyone reads", "", reads("cavage"), "cavage", 202, "", ""},
		{"a stranger who does not accept it", "", reads(), "cavage", 401, "", ""},
		{"one who reads RFC 9421", newer, reads("rfc9421"), "rfc9421", 202, newer, "signed"},
		{"one who reads Ed25519", quick, reads("ed25519"), "ed25519", 202, quick, "signed"},
		{"401 to RFC 9421", newer, reads("cavage"), "rfc9421 cavage", 202, cavage, "refused"},
		{"401 to Ed25519", quick, reads("cavage"), "ed25519 cavage", 202, cavage, "refused"},
		{"400 to RFC 9421", newer, refuses(400, "", "cavage"), "rfc9421 cavage", 202, cavage, "refused"},
		{"401 to both says nothing about the style", newer, reads(), "rfc9421 cavage", 401, newer, "signed"},
		{"403", newer, refuses(403, asks), "rfc9421", 403, newer, "signed"},
		{"404", newer, refuses(404, asks), "rfc9421", 404, newer, "signed"},
		{"429", newer, refuses(429, asks), "rfc9421", 429, newer, "signed"},
		{"500", newer, refuses(500, asks), "rfc9421", 500, newer, "signed"},
		{"503", newer, refuses(503, asks), "rfc9421", 503, newer, "signed"},
		{"asked for RFC 9421", "", refuses(401, asks, "rfc9421"), "cavage rfc9421", 202, newer, "asked"},
		{"asked for Ed25519", "", refuses(401, asks+`;alg="ed25519"`, "ed25519"), "cavage ed25519", 202, quick, "asked"},
		{"asked for, and refused again", "", refuses(401, asks), "cavage rfc9421", 401, "", ""},
		{"asked for with 400", "", refuses(400, asks, "rfc9421"), "cavage", 400, "", ""},
		{"asked for what was sent", newer, refuses(401, asks, "cavage"), "rfc9421 cavage", 202, cavage, "refused"},
		{"asked for what would not be signed", "", refuses(401, `sig1=("cookie");created`, "rfc9421"), "cavage", 401, "", ""},
		{"asked for what would not be signed, instead of what was", newer, refuses(401, `sig1=("cookie");created`, "cavage"), "rfc9421 cavage", 202, cavage, "refused"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := newVisitor(tt.host)
			if tt.knows != "" {
				v.knows(tt.knows, actors.StyleSigned)
			}
			got := v.posts(t)
			if sent := v.sent(t); sent != tt.sent || got.Status != tt.status {
				t.Errorf("sent %q and got %d, want %q and %d", sent, got.Status, tt.sent, tt.status)
			}
			if is := v.stored[peer]; is.Style != tt.then || is.StyleWhy != tt.why {
				t.Errorf("remembers %q because %q, want %q because %q", is.Style, is.StyleWhy, tt.then, tt.why)
			}
		})
	}
}

func TestC19_WhatIsLearnedLasts(t *testing.T) {
	t.Parallel()
	v := newVisitor(reads("cavage"))
	v.knows(actors.StyleEd25519, actors.StyleClaimed)
	v.posts(t)
	for _, again := range []func(){func() {}, v.forget, func() { v.clock.pass(time.Hour) }} {
		again()
		if v.posts(t); v.sent(t) != "cavage" {
			t.Errorf("after a refusal: %s", v.sent(t))
		}
	}
}

// A host that refused a style is not sent it again for a week, whatever it says
// of itself, unless it asks.
func TestC19_RefusalHoldsForAWeek(t *testing.T) {
	t.Parallel()
	v := newVisitor(reads("cavage"))
	v.knows(actors.StyleRFC9421, actors.StyleClaimed)
	v.posts(t)
	v.Styles.Heard(t.Context(), peer, actors.StyleRFC9421)
	v.Styles.claimed(t.Context(), peer, []string{ap.ImplementsEd25519})
	if v.posts(t); v.sent(t) != "cavage" {
		t.Errorf("at once: %s", v.sent(t))
	}
	v.clock.pass(styleRest)
	v.Styles.Heard(t.Context(), peer, actors.StyleRFC9421)
	if v.posts(t); v.sent(t) != "rfc9421 cavage" {
		t.Errorf("after a week: %s", v.sent(t))
	}
	v.town.hosts[peer] = refuses(401, sign.AcceptSignature, "rfc9421")
	if v.posts(t); v.sent(t) != "cavage rfc9421" || v.stored[peer].StyleWhy != actors.StyleAsked {
		t.Errorf("when it asks: %s, %+v", v.sent(t), v.stored[peer])
	}
}

func TestStyleIsRaisedByWhatHostsShow(t *testing.T) {
	t.Parallel()
	const implements = "https://datatracker.ietf.org/doc/html/rfc9421"
	claims := func(href ...string) string {
		var list []any
		for _, h := range href {
			list = append(list, map[string]any{"href": h, "name": "x"})
		}
		return person(t, annID, 1, set("generator", map[string]any{"type": "Application", "implements": list}))
	}
	for _, tt := range []struct {
		name string
		show func(v *visitor)
		want actors.Style
		why  actors.StyleReason
	}{
		{"nothing", func(*visitor) {}, "", ""},
		{"it signs in the older style", func(v *visitor) { v.Styles.Heard(t.Context(), peer, actors.StyleCavage) }, "", ""},
		{"it signs after RFC 9421", func(v *visitor) { v.Styles.Heard(t.Context(), peer, actors.StyleRFC9421) }, actors.StyleRFC9421, actors.StyleSigned},
		{"its actors claim RFC 9421", func(v *visitor) { reading(t, v, claims(implements)) }, actors.StyleRFC9421, actors.StyleClaimed},
		{"its actors claim Ed25519", func(v *visitor) { reading(t, v, claims(implements, ap.ImplementsEd25519)) }, actors.StyleEd25519, actors.StyleClaimed},
		{"its actors claim something else", func(v *visitor) { reading(t, v, claims("https://example.org/other")) }, "", ""},
		{"it claims less than it showed", func(v *visitor) {
			v.Styles.claimed(t.Context(), peer, []string{ap.ImplementsEd25519})
			v.Styles.Heard(t.Context(), peer, actors.StyleRFC9421)
		}, actors.StyleEd25519, actors.StyleClaimed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := newVisitor(reads("cavage", "rfc9421", "ed25519"))
			tt.show(v)
			if is := v.stored[peer]; is.Style != tt.want || is.StyleWhy != tt.why {
				t.Errorf("%+v", is)
			}
		})
	}
}

func reading(t *testing.T, v *visitor, page string) {
	t.Helper()
	v.town.hosts[peer] = site{"/u/ann": doc(page)}
	if _, _, err := v.Actor(t.Context(), annID); err != nil {
		t.Fatal(err)
	}
}

func TestC19_SignedGetKnocksTwice(t *testing.T) {
	t.Parallel()
	page := func(styles string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if !strings.Contains(styles, styleOf(t, r.Header)) {
				w.Header().Set("Accept-Signature", sign.AcceptSignatureOfRead)
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			doc(note("https://peer.example"+r.URL.RequestURI()))(w, r)
		}
	}
	for _, tt := range []struct {
		knows        actors.Style
		reads, sent  string
		then         actors.Style
		path         string
		wantNotThere bool
	}{
		{"", "cavage", "cavage", "", "/p/1", false},
		{"", "rfc9421", "cavage rfc9421", actors.StyleRFC9421, "/p/1?x=2", false},
		{actors.StyleEd25519, "ed25519", "ed25519", actors.StyleEd25519, "/p/1?x=2", false},
		{actors.StyleEd25519, "cavage", "ed25519 cavage", actors.StyleCavage, "/p/1?x=2", false},
		{actors.StyleRFC9421, "", "rfc9421 cavage", actors.StyleRFC9421, "/p/1", true},
		{actors.StyleRFC9421, "", "rfc9421 cavage cavage", actors.StyleRFC9421, "/p/1?x=2", true}, // at last without the query
	} {
		v := newVisitor(page(tt.reads))
		if tt.knows != "" {
			v.knows(tt.knows, actors.StyleClaimed)
		}
		_, err := v.Fetch(t.Context(), actors.URI("https://peer.example"+tt.path))
		if sent := v.sent(t); sent != tt.sent || (err != nil) != tt.wantNotThere || v.stored[peer].Style != tt.then {
			t.Errorf("%+v: sent %q, %v, remembers %+v", tt, sent, err, v.stored[peer])
		}
	}
}

func TestStylesThatCannotBeReadAreTheCommonOne(t *testing.T) {
	t.Parallel()
	v := newVisitor(reads("cavage"))
	v.knows(actors.StyleRFC9421, actors.StyleSigned)
	v.broken = errors.New("disk full")
	if got := v.posts(t); got.Status != 202 || v.sent(t) != "cavage" {
		t.Errorf("%+v, sent %s", got, v.sent(t))
	}
	v.broken = nil
	if v.posts(t); !strings.HasPrefix(v.sent(t), "rfc9421") {
		t.Errorf("later: %s", v.sent(t))
	}
}

func TestSignerWithoutEd25519SignsWithRSA(t *testing.T) {
	t.Parallel()
	v := newVisitor(reads("rfc9421"))
	v.knows(actors.StyleEd25519, actors.StyleClaimed)
	v.signer.Ed25519 = nil
	if v.posts(t); v.sent(t) != "rfc9421" {
		t.Errorf("sent %s", v.sent(t))
	}
}

func TestKnockStopsAtItsBudget(t *testing.T) {
	t.Parallel()
	v := newVisitor(reads("cavage"))
	v.knows(actors.StyleRFC9421, actors.StyleClaimed)
	v.Client = v.Limited(1)
	if got := v.posts(t); got.Status != 401 || v.sent(t) != "rfc9421" || v.stored[peer].Style != actors.StyleRFC9421 {
		t.Errorf("%+v, sent %s, remembers %+v", got, v.sent(t), v.stored[peer])
	}
}
