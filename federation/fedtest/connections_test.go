package fedtest

import (
	"context"
	"crypto/x509"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"moothall/actors"
	"moothall/store"
)

// runs makes a person one of those who run their node.
func (p *Person) runs() *Person {
	p.town.T.Helper()
	p.town.must(p.hall().write(func(ctx context.Context, tx *store.Tx) error {
		me, err := tx.ActorByURI(ctx, p.URI)
		if err != nil {
			return err
		}
		return tx.SetAccountRole(ctx, me.ID, actors.AccountAdmin)
	}))
	return p
}

func connection(host string) string { return "/admin/connections/" + host }

// reads fails the test unless a page says all of it.
func (p *Person) reads(path string, words ...string) {
	p.town.T.Helper()
	text := textOf(p.browser().open(path))
	for _, w := range words {
		if !strings.Contains(text, w) {
			p.town.T.Errorf("%s does not say %q but\n%s", path, w, text)
		}
	}
}

// triesAgain presses the button on a partner's page.
func (p *Person) triesAgain(host string) {
	p.town.T.Helper()
	b, action := p.browser(), connection(host)+"/try"
	form := hiddenFields(b.open(connection(host)), action)
	r, err := http.NewRequest(http.MethodPost, b.at(action), strings.NewReader(form.Encode()))
	p.town.must(err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if status, page := b.send(r); status != http.StatusSeeOther {
		p.town.T.Fatalf("try again: %d\n%s", status, page)
	}
}

func TestPartnerThatWasDownIsTriedAgainAtOnce(t *testing.T) {
	town := New(t, "north.example", "south.example")
	ann, bob := town.Person("ann@north.example").runs(), town.Person("bob@south.example")
	parks := ann.Starts("parks")
	bob.Joins(parks)
	town.Settle()
	ann.reads(connection("south.example"), "All is well. We last reached them on 24 November 2026, 9am", "moothall test", "Ed25519", "because they say that they read it")
	town.Partition("north.example", "south.example")
	ann.Posts(parks, "When to plant")
	town.Pass(6 * time.Hour)
	ann.tab = nil // her session has ended
	ann.reads(connection("south.example"), "Nothing has reached them since 24 November 2026, 9am", "their site cannot be reached",
		"the oldest since 24 November 2026, 9am", "A post passed on", "times from 24 November 2026, 9am", "network_failed")
	ann.reads("/admin/connections?show=failing", "south.example", "Not working (1)")

	town.Heal("north.example", "south.example")
	town.Settle()
	bob.SeesNot(parks, "When to plant")
	ann.triesAgain("south.example")
	ann.reads(connection("south.example"), "We are trying south.example now", "We are at it")
	town.Settle() // the clock has not moved
	bob.Sees(parks, "When to plant")
	ann.reads(connection("south.example"), "All is well", "Last tried for Ann", "Their site answered and said what it is.",
		"We read https://south.example/u/bob there again.", "1 thing arrived.")
	town.Agree(parks, ann, bob)
}

// A command is another process: it leaves word in the database.
func TestWhoeverAsksThroughTheDatabaseIsHeard(t *testing.T) {
	town := New(t, "north.example", "south.example")
	ann, bob := town.Person("ann@north.example"), town.Person("bob@south.example")
	parks := ann.Starts("parks")
	bob.Joins(parks)
	town.Settle()
	town.Partition("north.example", "south.example")
	ann.Posts(parks, "When to plant")
	town.Pass(6 * time.Hour)
	town.Heal("north.example", "south.example")
	town.must(town.hall("north.example").write(func(ctx context.Context, tx *store.Tx) error {
		return tx.AskRecheck(ctx, "south.example", 0, town.Clock.Now())
	}))
	town.Settle()
	bob.Sees(parks, "When to plant")
}

func TestPartnerPageSaysWhatAnswersMean(t *testing.T) {
	for _, tt := range []struct {
		name   string
		answer Answer
		after  time.Duration
		words  []string
	}{
		{"401", Answer{Status: 401}, 3 * time.Hour, []string{"their site answers “not authorised”", "whether its clock is right", "answered 401", "Given up"}},
		{"403", Answer{Status: 403}, 0, []string{"their site answers “forbidden”", "They may have stopped sharing with us", "Given up"}},
		{"410", Answer{Status: 410}, 0, []string{"their site says that whom it was for has been deleted", "answered 410", "We do not send it again"}},
		{"429", Answer{Status: 429, Header: map[string]string{"Retry-After": "600"}}, 0, []string{"their site asks us to slow down", "We try again on 24 November 2026, 9:10am"}},
		{"503", Answer{Status: 503}, 0, []string{"their site is closed for a while", "We try again on"}},
		{"302", Answer{Status: 302, Header: map[string]string{"Location": "https://elsewhere.example/"}}, 0, []string{"their site sends us somewhere else", "redirect_refused 302"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			town, ann, parks, eve := follower(t)
			ann.runs()
			eve.Sends(inbox(parks), follow(eve, parks))
			town.Settle()
			eve.of.Serves("/inbox", tt.answer)
			ann.Posts(parks, "A title that is nobody’s business")
			town.Pass(tt.after)
			ann.reads(connection(eve.of.Host), append(tt.words, "Nothing has reached them since 24 November 2026, 9am")...)
			if page := textOf(ann.browser().open(connection(eve.of.Host))); strings.Contains(page, "nobody’s business") {
				t.Error("the page shows what was said")
			}
		})
	}
}

func TestPartnerPageSaysWhatTheNetworkMeans(t *testing.T) {
	for _, tt := range []struct {
		name  string
		err   error
		words []string
	}{
		{"name", &net.DNSError{Err: "no such host", Name: "peer.example", IsNotFound: true}, []string{"their name cannot be found", "name_not_found"}},
		{"certificate", x509.HostnameError{Certificate: &x509.Certificate{}, Host: "peer.example"}, []string{"their certificate is not accepted", "tls_failed"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			town, ann, parks, eve := follower(t)
			ann.runs()
			eve.Sends(inbox(parks), follow(eve, parks))
			town.Settle()
			town.Breaks(eve.of.Host, tt.err)
			ann.Posts(parks, "One")
			town.Settle()
			ann.reads(connection(eve.of.Host), tt.words...)
			ann.triesAgain(eve.of.Host)
			town.Settle()
			ann.reads(connection(eve.of.Host), "We asked their site what it is: "+tt.words[0], "The last thing we sent did not arrive: "+tt.words[0])
		})
	}
}

func TestPartnerPageSaysWhatTheRulesDo(t *testing.T) {
	town, ann, parks, eve := follower(t)
	ann.runs()
	member := town.Person("ben@north.example")
	eve.Sends(inbox(parks), follow(eve, parks))
	town.Settle()
	north := town.Node("north.example")
	town.must(north.DB.Write(context.Background(), func(tx *store.Tx) error {
		return north.Actions.SetRule(context.Background(), tx, 0, actors.Rule{Host: "peer.example", Verdict: actors.Refuse, Reason: "Spam"})
	}))
	ann.Posts(parks, "One")
	eve.Sends(inbox(parks), note(eve, parks, "Two"))
	town.Settle()
	ann.reads(connection("peer.example"), "Nothing is exchanged: it was decided about peer.example.", "Change the decision first", ": Spam",
		"Our rules refused their site at that time. We do not send it again.", "Our rules refuse them")
	for _, path := range []string{"/admin/connections", connection("peer.example")} {
		if status := member.browser().status(path); status != http.StatusForbidden {
			t.Errorf("a member is answered %d at %s", status, path)
		}
	}
}

func TestPartnerPageSaysWhyTheSignatureIsTheOlderOne(t *testing.T) {
	town, ann, parks, eve := follower(t)
	ann.runs()
	eve.Sends(inbox(parks), follow(eve, parks), newerSignature(eve, asItIs))
	town.Settle()
	ann.reads(connection(eve.of.Host), "In the standard way (RFC 9421) since 24 November 2026, 9am, because they sign so themselves.")
	eve.of.Refuses(Answer{Status: http.StatusUnauthorized}, func(r *http.Request) bool { return r.Header.Get("Signature-Input") != "" })
	town.Pass(time.Hour)
	ann.tab = nil // her session has ended
	ann.Posts(parks, "One")
	town.Settle()
	ann.reads(connection(eve.of.Host), "In the way that everyone reads (draft-cavage) since 24 November 2026, 10am, because they did not take the standard way.")
}

// What a stranger's software calls itself is text on every page (security.md S127).
func TestS127_NameOfSoftwareIsText(t *testing.T) {
	const evil = `<script>alert(1)</script>`
	town, ann, parks, eve := follower(t)
	ann.runs()
	at := "https://" + eve.of.Host + "/ni"
	eve.of.Serves("/.well-known/nodeinfo", Answer{Type: "application/json", Body: Doc{"links": []Doc{{"rel": "http://nodeinfo.diaspora.software/ns/schema/2.1", "href": at}}}})
	eve.of.Serves("/ni", Answer{Type: "application/json", Body: Doc{"software": Doc{"name": "lemmy", "version": evil}, "metadata": Doc{"nodeName": evil}}})
	eve.Sends(inbox(parks), follow(eve, parks))
	town.Settle()
	ann.triesAgain(eve.of.Host)
	town.Settle()
	for _, path := range []string{"/admin", "/admin/connections", connection(eve.of.Host)} {
		if page := ann.browser().open(path); strings.Contains(page, "<script>alert") {
			t.Errorf("%s runs what a stranger wrote", path)
		}
	}
	ann.reads(connection(eve.of.Host), "lemmy "+evil)
}
