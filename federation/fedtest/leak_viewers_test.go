package fedtest

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"

	"moothall/actors"
	"moothall/federation/sign"
)

// leakViewer is somebody who asks, in one way.
type leakViewer struct {
	name string
	at   string // the only host that they ask; empty for any
	from string // where their requests come from
	uri  actors.URI
	// page is set for those who ask for pages and send forms, others are programs.
	page  bool
	dress func(r *http.Request)
	// knows are words that they were told before, or by who they are.
	knows []string
	// may are the routes that answer them more than others, for a reason.
	may map[string]bool
	// sees are kinds of ids that they may have.
	sees map[string]bool
}

// isTold says whether they may know a word.
func (v leakViewer) isTold(mark string) bool {
	for _, k := range v.knows {
		if k == mark {
			return true
		}
	}
	return false
}

// outsiders are those who may read nothing that is for members, on one host.
func (town *secretTown) outsiders(h *hall) []leakViewer {
	town.T.Helper()
	list := []leakViewer{
		town.anyone("nobody, with a browser", true),
		town.anyone("nobody, with a program", false),
		town.bySession("signed in", town.plain[h.host]), town.byToken("signed in", town.plain[h.host]),
		town.byKey("a stranger who follows an author", town.mal.of.Host, town.mal.URI, town.mal.signer()),
		town.byKey("a stranger's server", town.server.of.Host, town.server.URI, town.server.signer()),
		town.byKey("a blocked site's person, once a member", town.shut.of.Host, town.shut.URI, town.shut.signer()),
		town.byKey("one removed, of a host with nobody else", town.dropped.of.Host, town.dropped.URI, town.dropped.signer()),
	}
	boss := town.bySession("who runs the site", town.boss[h.host])
	boss.sees, boss.knows = map[string]bool{"report": true}, []string{markReport}
	boss.may = map[string]bool{"/reports/{}": true}
	list = append(list, boss)
	for _, p := range []*Person{town.dee, town.rex} {
		if p.host == h.host {
			list = append(list, town.removed(town.bySession("removed", p)), town.removed(town.byToken("removed", p)))
		} else {
			list = append(list, town.removed(town.signing("removed", p)))
		}
	}
	for _, host := range secretHosts {
		if host == h.host {
			continue
		}
		list = append(list, town.signing("a member of something else", town.plain[host]))
		server := town.byKey("the server of "+host, host, "", town.signerOf(host, actors.URI("https://"+host+"/")))
		if withMembers[host] {
			// protocol.md 8.11: it needs the keys of the community, and asks who is a member.
			server.knows = []string{markName, markTitle, markPurpose}
			server.may = map[string]bool{"/c/{}": true, "/c/{}/followers": true, "/c/{}/followers_synchronization": true, "/c/{}/moderators": true}
		}
		list = append(list, server)
	}
	return list
}

// removed is somebody who was told in which community they were and why no longer.
func (town *secretTown) removed(v leakViewer) leakViewer {
	v.knows = []string{markName, markTitle, markExpel}
	return v
}

// insiders may read all of it, some more than others.
func (town *secretTown) insiders(h *hall) (list []leakViewer) {
	town.T.Helper()
	for _, p := range []*Person{town.ann, town.bob, town.cer} {
		if p.host == h.host {
			list = append(list, town.bySession("a member", p), town.byToken("a member", p))
		} else {
			list = append(list, town.signing("a member", p))
		}
	}
	boss := town.bySession("who runs the site", town.boss[h.host])
	return append(list, boss, town.anyone("nobody, with a browser", true))
}

func (town *secretTown) anyone(name string, page bool) leakViewer {
	v := leakViewer{name: name, from: "evil.example", page: page, dress: func(*http.Request) {}}
	return v
}

func (town *secretTown) bySession(name string, p *Person) leakViewer {
	town.T.Helper()
	at, err := url.Parse("https://" + p.host + "/")
	town.must(err)
	var cookies []string
	for _, c := range p.browser().jar.(*cookiejar.Jar).Cookies(at) {
		cookies = append(cookies, c.Name+"="+c.Value)
	}
	return leakViewer{name: name + " (" + p.Name + ", browser)", at: p.host, from: "at home", uri: p.URI, page: true, dress: func(r *http.Request) {
		r.Header.Set("Cookie", strings.Join(cookies, "; "))
	}}
}

func (town *secretTown) byToken(name string, p *Person) leakViewer {
	return leakViewer{name: name + " (" + p.Name + ", token)", at: p.host, from: "at home", uri: p.URI, dress: func(r *http.Request) {
		r.Header.Set("Authorization", "Bearer "+p.Token)
	}}
}

func (town *secretTown) signing(name string, p *Person) leakViewer {
	town.T.Helper()
	return town.byKey(name+" ("+p.Name+"@"+p.host+")", p.host, p.URI, p.signer())
}

func (town *secretTown) byKey(name, from string, uri actors.URI, as *sign.Signer) leakViewer {
	return leakViewer{name: name + ", signed", from: from, uri: uri, dress: func(r *http.Request) {
		town.must(as.Sign(r, nil, town.Clock.Now()))
	}}
}

// gets asks for something and gives all that comes back.
func (town *secretTown) gets(v leakViewer, host, method, path string, header map[string]string, form url.Values) Reply {
	return town.getsAt(town.door(host), v, host, method, path, header, form)
}

// getsAt asks at a door of the test's own.
func (town *secretTown) getsAt(door http.Handler, v leakViewer, host, method, path string, header map[string]string, form url.Values) Reply {
	r, err := http.NewRequest(method, "https://"+host+path, strings.NewReader(form.Encode()))
	town.must(err)
	r.Header.Set("Accept", activityType)
	if v.page {
		r.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
	}
	for name, value := range header {
		r.Header.Set(name, value)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	} else {
		r.Body, r.ContentLength = nil, 0
	}
	if method == http.MethodOptions { // or there is nothing to sign
		r.Header.Set("Content-Type", "text/plain")
	}
	r.Header.Set("Cookie", "__Host-moothall-form=leak") // forms of strangers follow from it
	v.dress(r)
	body, err := io.ReadAll(bodyOf(r))
	town.must(err)
	resp, err := town.net.ask(door, Exchange{From: v.from, To: host, Body: body}, r)
	town.must(err)
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	town.must(err)
	if resp.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(bytes.NewReader(got))
		town.must(err)
		got, err = io.ReadAll(z)
		town.must(err)
	}
	return Reply{resp.StatusCode, resp.Header, string(got)}
}

func bodyOf(r *http.Request) io.Reader {
	if r.Body == nil {
		return strings.NewReader("")
	}
	return r.Body
}

func (town *Town) door(host string) http.Handler {
	town.net.mu.Lock()
	defer town.net.mu.Unlock()
	return town.net.doors[host]
}
