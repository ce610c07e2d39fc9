package fedtest

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"moothall/actors"
	"moothall/federation/sign"
	"moothall/store"
)

// newerSignature signs a letter after RFC 9421, in plain lines of its own.
func newerSignature(by *Puppet, change func(l *Letter, input string) string) Twist {
	return Before(func(l *Letter) {
		l.Naked = true
		sum := sha256.Sum256(l.Body)
		l.Request.Header.Set("Content-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(sum[:])+":")
		input := change(l, fmt.Sprintf(`("@method" "@target-uri" "content-type" "content-digest");created=%d;keyid="%s";alg="rsa-v1_5-sha256"`,
			l.At.Unix(), by.KeyID()))
		base := strings.Join([]string{
			`"@method": POST`, `"@target-uri": ` + l.Request.URL.String(), `"content-type": ` + l.Request.Header.Get("Content-Type"),
			`"content-digest": ` + l.Request.Header.Get("Content-Digest"), `"@signature-params": ` + input,
		}, "\n")
		digest := sha256.Sum256([]byte(base))
		raw, err := rsa.SignPKCS1v15(nil, by.Key, crypto.SHA256, digest[:])
		by.of.town.must(err)
		l.Request.Header.Set("Signature-Input", "sig1="+input)
		l.Request.Header.Set("Signature", "sig1=:"+base64.StdEncoding.EncodeToString(raw)+":")
	})
}

func asItIs(_ *Letter, input string) string { return input }

func TestC18_StrangerSignsAfterRFC9421(t *testing.T) {
	town, ann, parks, eve := besieged(t)
	if r := eve.Sends(inbox(parks), note(eve, parks, "A fair question"), newerSignature(eve, asItIs)); r.Status != http.StatusAccepted {
		t.Fatalf("it was answered %d %s", r.Status, r.Body)
	}
	town.Settle()
	ann.Sees(parks, "A fair question")
}

func TestC18_TamperedComponentsChangeNothing(t *testing.T) {
	header := func(name, value string) Twist { return After(func(l *Letter) { l.Request.Header.Set(name, value) }) }
	swap := func(name, old, new string) Twist {
		return After(func(l *Letter) {
			l.Request.Header.Set(name, strings.Replace(l.Request.Header.Get(name), old, new, 1))
		})
	}
	tests := []struct {
		name   string
		change func(*Letter, string) string
		twists []Twist
	}{
		{"another target", asItIs, []Twist{After(func(l *Letter) { l.Request.URL.Path = "/u/ann/inbox" })}},
		{"another content type", asItIs, []Twist{header("Content-Type", "application/ld+json")}},
		{"another body", asItIs, []Twist{After(func(l *Letter) { l.Body = append(l.Body, ' ') })}},
		{"another body and its digest", asItIs, []Twist{After(func(l *Letter) {
			l.Body = append(l.Body, ' ')
			sum := sha256.Sum256(l.Body)
			l.Request.Header.Set("Content-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(sum[:])+":")
		})}},
		{"another time", asItIs, []Twist{swap("Signature-Input", "created=17", "created=16")}},
		{"a component fewer", asItIs, []Twist{swap("Signature-Input", ` "content-type"`, "")}},
		{"a parameter more", asItIs, []Twist{swap("Signature-Input", ";alg", `;tag="x";alg`)}},
		{"S07 two hours old", asItIs, []Twist{Before(func(l *Letter) { l.At = l.At.Add(-2 * time.Hour) })}},
		{"S15 another algorithm", func(_ *Letter, in string) string { return strings.Replace(in, "rsa-v1_5-sha256", "ed25519", 1) }, nil},
		{"two labels", asItIs, []Twist{swap("Signature-Input", "sig1=", `sig0=("@method"), sig1=`)}},
		{"S39 the older style beside it", asItIs, []Twist{After(func(l *Letter) {
			newer := l.Request.Header.Clone()
			l.Request.Header = http.Header{"Content-Type": newer["Content-Type"]}
			if err := l.Signer.Sign(l.Request, l.Body, l.At); err != nil {
				panic(err)
			}
			l.Request.Header["Signature-Input"] = newer["Signature-Input"]
		})}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			town, ann, parks, eve := besieged(t)
			twists := append(slices.Clone(tt.twists), newerSignature(eve, tt.change)) // signed last, of what comes before
			town.Unchanged("north.example", func() {
				r := eve.Sends(inbox(parks), note(eve, parks, "A foul question"), twists...)
				if r.Status != http.StatusUnauthorized || r.Header.Get("Accept-Signature") != sign.AcceptSignature {
					t.Errorf("it was answered %d %v %s", r.Status, r.Header, r.Body)
				}
				town.Settle()
			})
			ann.SeesNot(parks, "A foul question")
		})
	}
}

// stylesTo lists the styles of what a host sent to another from a number of
// exchanges on.
func stylesTo(town *Town, from, to, method string, after int) (styles []string) {
	for _, e := range town.Exchanges()[after:] {
		if e.From != from || e.To != to || e.Method != method || e.Header.Get("Signature") == "" {
			continue
		}
		input, style := e.Header.Get("Signature-Input"), "cavage"
		switch {
		case strings.Contains(input, `#ed25519-key";alg="ed25519"`):
			style = "ed25519"
		case input != "":
			style = "rfc9421"
		}
		if (style == "cavage") == (e.Header.Get("Content-Digest") != "") && method == http.MethodPost {
			style += " and another"
		}
		styles = append(styles, style)
	}
	return styles
}

func styleOf(town *Town, host, partner string) (i actors.Instance) {
	town.must(town.hall(host).read(func(ctx context.Context, tx *store.Tx) (err error) {
		i, err = tx.Instance(ctx, partner)
		return err
	}))
	return i
}

// TestC19_NodesOfOursSignWithEd25519 shows that two nodes find out by themselves
// what both read, and that no request between them is refused on the way.
func TestC19_NodesOfOursSignWithEd25519(t *testing.T) {
	town := New(t, "north.example", "south.example")
	ann, bob := town.Person("ann@north.example"), town.Person("bob@south.example")
	parks := ann.Starts("parks")
	bob.Joins(parks)
	town.Settle()
	bob.Posts(parks, "From the south")
	ann.Posts(parks, "From the north")
	town.Settle()
	bob.Sees(parks, "From the north")
	ann.Sees(parks, "From the south")
	for _, pair := range [][2]string{{"north.example", "south.example"}, {"south.example", "north.example"}} {
		posts := stylesTo(town, pair[0], pair[1], http.MethodPost, 0)
		if len(posts) < 2 {
			t.Errorf("%s sent %s only %d activities", pair[0], pair[1], len(posts))
		}
		for i, style := range posts {
			if style != "ed25519" {
				t.Errorf("activity %d of %s to %s was signed in %s", i, pair[0], pair[1], style)
			}
		}
		if is := styleOf(town, pair[0], pair[1]); is.Style != actors.StyleEd25519 || is.StyleWhy != actors.StyleClaimed || is.StyleSince.IsZero() {
			t.Errorf("%s knows of %s: %+v", pair[0], pair[1], is)
		}
	}
	for _, e := range town.Exchanges() {
		if e.Status == http.StatusUnauthorized || e.Status == http.StatusBadRequest {
			t.Errorf("%s to %s: %s %s was answered %d", e.From, e.To, e.Method, e.URL, e.Status)
		}
	}
	reads := stylesTo(town, "south.example", "north.example", http.MethodGet, 0)
	if reads[0] != "cavage" || reads[len(reads)-1] != "ed25519" {
		t.Errorf("reads were signed in %v", reads)
	}
}

// follower is a stranger who is about to follow a community.
func follower(t *testing.T) (town *Town, ann *Person, parks Community, eve *Puppet) {
	town = New(t, "north.example")
	ann = town.Person("ann@north.example")
	return town, ann, ann.Starts("parks"), town.Stranger("peer.example").Person("eve")
}

func TestC19_StrangersAreSentWhatTheySendUntilTheyRefuse(t *testing.T) {
	town, ann, parks, eve := follower(t)
	eve.Sends(inbox(parks), follow(eve, parks))
	ann.Posts(parks, "One")
	town.Settle()
	if got := stylesTo(town, "north.example", eve.of.Host, http.MethodPost, 0); len(got) < 2 || strings.Contains(strings.Join(got, " "), "rfc") {
		t.Fatalf("a stranger was sent %v", got)
	}

	seen := len(town.Exchanges())
	eve.Sends(inbox(parks), note(eve, parks, "Two"), newerSignature(eve, asItIs))
	town.Settle()
	got := stylesTo(town, "north.example", eve.of.Host, http.MethodPost, seen)
	if len(got) == 0 || strings.Join(got, "") != strings.Repeat("rfc9421", len(got)) {
		t.Fatalf("who signs after RFC 9421 was sent %v", got)
	}

	eve.of.Serves("/inbox", Answer{Status: http.StatusServiceUnavailable})
	seen = len(town.Exchanges())
	ann.Posts(parks, "Three")
	town.Settle()
	if got := stylesTo(town, "north.example", eve.of.Host, http.MethodPost, seen); strings.Join(got, " ") != "rfc9421" {
		t.Errorf("after 503 it was sent %v", got)
	}

	eve.of.Refuses(Answer{Status: http.StatusUnauthorized}, func(r *http.Request) bool { return r.Header.Get("Signature-Input") != "" })
	eve.of.Serves("/inbox", Answer{Status: http.StatusAccepted})
	seen = len(town.Exchanges())
	town.Pass(time.Hour)
	ann.Posts(parks, "Four")
	town.Settle()
	if got := stylesTo(town, "north.example", eve.of.Host, http.MethodPost, seen); len(got) < 3 || strings.Join(got, " ") != "rfc9421"+strings.Repeat(" cavage", len(got)-1) {
		t.Errorf("after 401 it was sent %v", got)
	}
	if is := styleOf(town, "north.example", eve.of.Host); is.Style != actors.StyleCavage || is.StyleWhy != actors.StyleRefused {
		t.Errorf("remembered: %+v", is)
	}
}

func TestC19_StrangerWhoAsksGetsWhatItAsksFor(t *testing.T) {
	town, ann, parks, eve := follower(t)
	const asks = `ask=("@method" "@authority" "@path" "content-digest");created;keyid;nonce="n-1"`
	eve.of.Refuses(Answer{Status: http.StatusUnauthorized, Header: map[string]string{"Accept-Signature": asks}}, func(r *http.Request) bool {
		return r.Method == http.MethodPost && !strings.Contains(r.Header.Get("Signature-Input"), `;nonce="n-1"`)
	})
	eve.Sends(inbox(parks), follow(eve, parks))
	ann.Posts(parks, "One")
	town.Settle()
	var inputs []string
	for _, e := range eve.of.Requests() {
		if e.Method == http.MethodPost {
			inputs = append(inputs, e.Header.Get("Signature-Input"))
		}
	}
	if len(inputs) < 2 || inputs[0] != "" || !strings.HasPrefix(inputs[1], `ask=("@method" "@authority" "@path" "content-digest" "@target-uri" "content-type");created=`) {
		t.Fatalf("it was sent %q", inputs)
	}
	if is := styleOf(town, "north.example", eve.of.Host); is.Style != actors.StyleRFC9421 || is.StyleWhy != actors.StyleAsked {
		t.Errorf("remembered: %+v", is)
	}
}
