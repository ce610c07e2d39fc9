package remote

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"moothall/actors"
)

func fingerPath(name, host string) string {
	return "/.well-known/webfinger?resource=acct%3A" + name + "%40" + host
}

func fingerAnswer(subject, self string) string {
	return fmt.Sprintf(`{"subject":%q,"aliases":[%q],"links":[
		{"rel":"http://webfinger.net/rel/profile-page","type":"text/html","href":"https://peer.example/@ann"},
		{"rel":"http://ostatus.org/schema/1.0/subscribe","template":"https://peer.example/?uri={uri}"},
		{"rel":"self","type":"text/html","href":"https://peer.example/wrong"},
		{"rel":"self","type":"application/activity+json","href":%q,
		 "properties":{"https://www.w3.org/ns/activitystreams#type":null}}]}`, subject, self, self)
}

func fingered(subject, self string) http.HandlerFunc {
	return typed("application/jrd+json; charset=utf-8", fingerAnswer(subject, self))
}

func TestS65_HandlesMustLeadBack(t *testing.T) {
	t.Parallel()
	const social = "social.example"
	ann := actors.URI(annID)
	at := func(host string) string { return "acct:ann@" + host }
	path := func(host string) string { return fingerPath("ann", host) }
	tests := []struct {
		name  string
		hosts map[string]site
		want  actors.URI
		code  Code
	}{
		{"plain", map[string]site{peer: {path(peer): fingered(at(peer), annID)}}, ann, ""},
		{"as plain JSON", map[string]site{peer: {path(peer): typed("application/json", fingerAnswer(at(peer), annID))}}, ann, ""},
		{"in other letters", map[string]site{peer: {path(peer): fingered("acct:Ann@peer.example", annID)}}, ann, ""},
		{"one redirect", map[string]site{peer: {path(peer): redirect("/x"), "/x": fingered(at(peer), annID)}}, ann, ""},
		{"two redirects", map[string]site{peer: {path(peer): redirect("/x"), "/x": redirect("/y"), "/y": fingered(at(peer), annID)}}, "", CodeRedirect},
		{"actor on a second host that agrees", map[string]site{
			peer:   {path(peer): fingered(at(peer), "https://social.example/u/ann")},
			social: {path(social): fingered(at(peer), "https://social.example/u/ann")}}, "https://social.example/u/ann", ""},
		{"asked at the second host, subject at the first", map[string]site{
			peer:   {path(peer): fingered(at(social), annID)},
			social: {path(social): fingered(at(social), annID)}}, ann, ""},
		{"actor on a host that does not know", map[string]site{
			peer:   {path(peer): fingered(at(peer), "https://social.example/u/ann")},
			social: {}}, "", CodeStatus},
		{"actor on a host that says otherwise", map[string]site{
			peer:   {path(peer): fingered(at(peer), "https://social.example/u/boss")},
			social: {path(social): fingered(at(social), "https://social.example/u/ann")}}, "", CodeHandle},
		{"subject of another host that says otherwise", map[string]site{
			peer:   {path(peer): fingered(at(social), annID)},
			social: {path(social): fingered(at(social), "https://social.example/u/ann")}}, "", CodeHandle},
		{"subject of our own host", map[string]site{peer: {path(peer): fingered(at(ourHost), annID)}}, "", CodeOwnHost},
		{"actor on our own host", map[string]site{peer: {path(peer): fingered(at(peer), "https://commons.example/u/ann")}}, "", CodeOwnHost},
		{"actor on a blocked host", map[string]site{peer: {path(peer): fingered(at(peer), "https://blocked.example/u/x")}}, "", CodePolicy},
		{"actor on a machine (S81)", map[string]site{peer: {path(peer): fingered(at(peer), "http://10.0.0.5/u")}}, "", CodeHandle},
		{"actor as data (S81)", map[string]site{peer: {path(peer): fingered(at(peer), "data:text/plain,x")}}, "", CodeHandle},
		{"redirect inward", map[string]site{peer: {path(peer): redirect("http://169.254.169.254/")}}, "", CodeRedirect},
		{"subject that is no account", map[string]site{peer: {path(peer): fingered(annID, annID)}}, "", CodeHandle},
		{"subject at a strange host", map[string]site{peer: {path(peer): fingered("acct:ann@PEER_x", annID)}}, "", CodeHandle},
		{"no actor", map[string]site{peer: {path(peer): typed("application/jrd+json", `{"subject":"acct:ann@peer.example","links":[]}`)}}, "", CodeDocument},
		{"too many links", map[string]site{peer: {path(peer): typed("application/jrd+json",
			`{"subject":"x","links":[`+strings.Repeat(`{"rel":"a"},`, maxLinks)+`{"rel":"b"}]}`)}}, "", CodeDocument},
		{"too large", map[string]site{peer: {path(peer): typed("application/jrd+json", strings.Repeat(" ", maxJRD+1))}}, "", CodeTooLarge},
		{"HTML", map[string]site{peer: {path(peer): typed("text/html", fingerAnswer(at(peer), annID))}}, "", CodeType},
		{"unknown", map[string]site{peer: {}}, "", CodeStatus},
	}
	for _, tt := range tests {
		w := newTown()
		for host, s := range tt.hosts {
			w.hosts[host] = s
		}
		got, err := newClient(w).ResolveHandle(t.Context(), "ann", peer)
		if got != tt.want || CodeOf(err) != tt.code || (err == nil) != (tt.code == "") {
			t.Errorf("%s: %q, %v", tt.name, got, err)
		}
		if w.count() > 3 {
			t.Errorf("%s: asked %v", tt.name, w.asked())
		}
		for _, s := range w.seen {
			if s.header.Get("Signature") != "" {
				t.Errorf("%s: WebFinger is signed", tt.name)
			}
		}
	}
}

func TestHandlesAtHostsThatAreNeverAsked(t *testing.T) {
	t.Parallel()
	for host, code := range map[string]Code{
		"127.0.0.1": CodeAddress, "localhost": CodeAddress, "PEER.example": CodeAddress, "peer.example:22": CodeAddress,
		"peer.example/x?": CodeAddress, "": CodeAddress, blocked: CodePolicy, ourHost: CodeOwnHost,
	} {
		w := newTown()
		if _, err := newClient(w).ResolveHandle(t.Context(), "ann", host); CodeOf(err) != code || w.count() != 0 {
			t.Errorf("%q: %v, asked %v", host, err, w.asked())
		}
	}
	w := newTown()
	w.hosts[peer] = site{}
	_, err := newClient(w).ResolveHandle(t.Context(), "a&resource=b #?", peer)
	want := "https://peer.example/.well-known/webfinger?resource=acct%3Aa%26resource%3Db+%23%3F%40peer.example"
	if !errors.Is(err, ErrNotThere) || !slices.Equal(w.asked(), []string{want}) {
		t.Errorf("asked %v, %v", w.asked(), err)
	}
}

func TestS65_CheckHandle(t *testing.T) {
	t.Parallel()
	w := newTown()
	w.hosts[peer] = site{fingerPath("ann", peer): fingered("acct:ann@peer.example", annID)}
	c := newClient(w)
	for name, tt := range map[string]struct {
		a    actors.Actor
		code Code
	}{
		"its own name":  {actors.Actor{URI: annID, Name: "ann", Host: peer}, ""},
		"a stolen name": {actors.Actor{URI: "https://peer.example/u/mal", Name: "ann", Host: peer}, CodeHandle},
		"no such name":  {actors.Actor{URI: annID, Name: "nobody", Host: peer}, CodeStatus},
	} {
		if err := c.CheckHandle(t.Context(), tt.a); CodeOf(err) != tt.code || (err == nil) != (tt.code == "") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestS81_NodeInfo(t *testing.T) {
	t.Parallel()
	const rel = "http://nodeinfo.diaspora.software/ns/schema/"
	links := func(pairs ...string) http.HandlerFunc {
		var l []string
		for i := 0; i < len(pairs); i += 2 {
			l = append(l, fmt.Sprintf(`{"rel":%q,"href":%q}`, rel+pairs[i], pairs[i+1]))
		}
		return typed("application/json", `{"links":[`+strings.Join(l, ",")+`]}`)
	}
	info := func(software, name string) http.HandlerFunc {
		return typed(`application/json; profile="http://nodeinfo.diaspora.software/ns/schema/2.1#"; charset=utf-8`,
			fmt.Sprintf(`{"version":"2.1","software":{"name":%q,"version":"1"},"metadata":{"nodeName":%q},"usage":{"users":{}}}`, software, name))
	}
	const root = "https://peer.example"
	tests := []struct {
		name                    string
		pages                   site
		software, version, node string
		code                    Code
		asked                   int
	}{
		{"newest", site{wellKnown: links("2.0", root+"/2.0", "2.1", root+"/2.1"), "/2.1": info("lemmy", "Peer")}, "lemmy", "1", "Peer", "", 2},
		{"only 2.0", site{wellKnown: links("1.0", root+"/1.0", "2.0", root+"/2.0"), "/2.0": info("mastodon", "")}, "mastodon", "1", "", "", 2},
		{"strange words", site{wellKnown: links("2.1", root+"/2.1"), "/2.1": info("Lem my<script>", "A\u202eB\n"+strings.Repeat("c", 500))},
			"", "1", "AB " + strings.Repeat("c", 197), "", 2},
		{"capitals", site{wellKnown: links("2.1", root+"/2.1"), "/2.1": info("GoToSocial", "x")}, "gotosocial", "1", "x", "", 2},
		{"PHP writes an empty array", site{wellKnown: links("2.1", root+"/2.1"),
			"/2.1": typed("application/json", `{"software":{"name":"friendica"},"metadata":[]}`)}, "friendica", "", "", "", 2},
		{"no metadata", site{wellKnown: links("2.1", root+"/2.1"),
			"/2.1": typed("application/json", `{"software":{"name":"x"}}`)}, "x", "", "", "", 2},
		{"a version that is no text", site{wellKnown: links("2.1", root+"/2.1"),
			"/2.1": typed("application/json", `{"software":{"name":"x","version":2}}`)}, "x", "", "", "", 2},
		{"a version with markup and without end", site{wellKnown: links("2.1", root+"/2.1"),
			"/2.1": typed("application/json", `{"software":{"name":"x","version":"\u202e<b>`+strings.Repeat("1", 500)+`"}}`)}, "x", "<b>" + strings.Repeat("1", 61), "", "", 2},
		{"link to a machine", site{wellKnown: links("2.1", "http://10.0.0.5/2.1")}, "", "", "", CodeIdentity, 1},
		{"link as data", site{wellKnown: links("2.1", "data:application/json,{}")}, "", "", "", CodeIdentity, 1},
		{"link to another host", site{wellKnown: links("2.1", "https://evil.example/2.1")}, "", "", "", CodeIdentity, 1},
		{"link inward by redirect", site{wellKnown: links("2.1", root+"/2.1"), "/2.1": redirect("https://127.0.0.1/")}, "", "", "", CodeRedirect, 2},
		{"no version", site{wellKnown: links("1.0", root+"/1.0")}, "", "", "", CodeDocument, 1},
		{"no JSON", site{wellKnown: typed("application/json", "<html>")}, "", "", "", CodeDocument, 1},
		{"too large", site{wellKnown: typed("application/json", strings.Repeat(" ", maxNodeInfo+1))}, "", "", "", CodeTooLarge, 1},
		{"nothing", site{}, "", "", "", CodeStatus, 1},
	}
	for _, tt := range tests {
		w := newTown()
		w.hosts[peer] = tt.pages
		facts, err := newClient(w).NodeInfo(t.Context(), peer)
		if facts.Software != tt.software || facts.Name != tt.node || facts.Version != tt.version || CodeOf(err) != tt.code || (err == nil) != (tt.code == "") {
			t.Errorf("%s: %+v, %v", tt.name, facts, err)
		}
		if w.count() != tt.asked {
			t.Errorf("%s: asked %v", tt.name, w.asked())
		}
	}
}

const wellKnown = "/.well-known/nodeinfo"

func TestDevelopmentHostsAreAskedOverHTTP(t *testing.T) {
	t.Parallel()
	c := newClient(newTown())
	c.Addresses = actors.Addresses{Development: true}
	for host, want := range map[string]string{
		"north.localhost:8080": "http", "localhost": "http", "127.0.0.1": "http", "peer.example": "https", "peer.example:8443": "http",
	} {
		if got := c.scheme(host); got != want {
			t.Errorf("%s: %s", host, got)
		}
	}
	if got := newClient(newTown()).scheme("north.localhost:8080"); got != "https" {
		t.Errorf("in production: %s", got)
	}
}

func FuzzJRD(f *testing.F) {
	f.Add([]byte(fingerAnswer("acct:ann@peer.example", annID)))
	f.Add([]byte(`{"subject":null,"links":null}`))
	f.Add([]byte(`{"links":[{"rel":"self","type":"application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"","href":"x"}]}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := parseJRD(raw)
		if err == nil && (d.self() == "" || len(d.Links) > maxLinks) {
			t.Errorf("accepted without an actor or with %d links", len(d.Links))
		}
		if err != nil && (d.Subject != "" || d.Links != nil) {
			t.Error("part of an answer that was refused")
		}
	})
}

func FuzzNodeInfo(f *testing.F) {
	f.Add([]byte(`{"links":[{"rel":"http://nodeinfo.diaspora.software/ns/schema/2.1","href":"https://peer.example/n"}]}`))
	f.Add([]byte(`{"software":{"name":"lemmy"},"metadata":{"nodeName":"x"}}`))
	f.Add([]byte(`{"software":{"name":"lemmy"},"metadata":[]}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if href, err := nodeInfoLink(raw); (href == "") != (err != nil) {
			t.Errorf("link %q with error %v", href, err)
		}
		facts, err := parseNodeInfo(raw)
		if facts.Software != "" && !softwareName.MatchString(facts.Software) || len([]rune(facts.Name)) > 200 || len([]rune(facts.Version)) > maxVersion {
			t.Errorf("facts %+v", facts)
		}
		if err != nil && facts != (NodeFacts{}) {
			t.Error("part of a document that was refused")
		}
	})
}
