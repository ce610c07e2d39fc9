package templates

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html/atom"

	"moothall/actors"
	"moothall/content"
)

const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)>`

// Whatever comes from elsewhere is shown as text, also to administrators.
func TestS127_RemoteTextIsEscaped(t *testing.T) {
	who := person(1, evil, evil, evil, evil, evil)
	c := community(1, evil, evil, false)
	c.RunBy, c.Excerpt, c.HistoryNote, c.History, c.URL = evil, evil, evil, actors.HistoryPartial, "javascript:alert(1)"
	e := discussion(1, c, evil, who)
	e.Link, e.Language = "javascript:alert(1)", evil
	connection := Connection{Instance: actors.Instance{Host: evil, Name: evil, Software: evil, Version: evil}, State: actors.PartnerFailing,
		Cursor: actors.Cursor{LastError: evil, Failures: 1}, Sending: actors.Decision{Rule: evil}, Rule: &actors.Rule{Host: evil, Reason: evil}}
	refused := connection
	refused.State = actors.PartnerRefused
	log := ConnectionLog{
		Missed: []Missed{{Type: evil, Reason: evil}}, Unapplied: []actors.Activity{{Type: evil, Reason: evil}, {Type: evil, Reason: "code: " + evil}},
		Turned: []TurnedAway{{Host: evil, Code: evil, Detail: evil}},
		Tried:  &Tried{By: evil, Ended: now, Site: evil, Account: evil, AccountNo: evil, SendNo: evil},
	}
	list := []Entry{comment(1, 1, who, "<p>a</p>", evil)}
	one := Paging{1, 1, "/x", nil}
	s := newSet(t)
	for _, p := range []Page{
		CommunityPage{Base: member("/x"), Community: c, Facilitators: []actors.Actor{who}, Discussions: []Entry{e}, Paging: one},
		DiscussionPage{Base: member("/x"), Community: c, Entry: e, Comments: list, Paging: one},
		CommunitiesPage{Base: member("/x"), Communities: []Community{c}, Search: evil, Address: evil, Paging: one},
		PersonPage{Base: member("/x"), Person: who, Home: evil, Communities: []Community{c}, Posts: []Entry{e}},
		MembersPage{Base: member("/x"), Community: c, Members: []Member{{Actor: who}}, Asking: []Member{{Actor: who}}, MayRun: true, Paging: one},
		AdminConnectionPage{Base: admin("/x"), Connection: &connection, Log: log, Form: ConnectionForm{Reason: evil}},
		AdminConnectionsPage{Base: admin("/x"), Connections: []Connection{connection, refused}, Paging: one},
		AdminRefusedPage{Base: admin("/x"), Refused: []actors.Activity{{Type: evil, Host: evil, Actor: evil, Object: evil, Reason: evil}}, Paging: one},
		ErrorPage{Base: anon(evil), Status: 404}, FoundPage{Base: member("/x"), Address: evil, Reason: evil},
		ComposePage{Base: wrong(member("/x"), content.Problems{"title": evil}), Community: c, Draft: content.Draft{Title: evil, Source: "</textarea>" + evil}},
	} {
		t.Run(p.template(), func(t *testing.T) {
			d := parseDocument(t, render(t, s, p))
			checkNothingInline(t, p, d)
			if n := len(d.tags(atom.Script)); n != 1 {
				t.Errorf("%d scripts", n)
			}
			if n := len(d.tags(atom.Img)); n != 0 {
				t.Errorf("%d pictures", n)
			}
		})
	}
}

// Names stand apart, so that control characters in one cannot turn the rest of
// the line around.
func TestS124_NamesAreIsolated(t *testing.T) {
	name := "Ann\u202e yes"
	who := person(1, "ann", name, "Kent", "", "kent.example")
	c := community(1, "c", name, false)
	d := parseDocument(t, render(t, newSet(t), DiscussionPage{Base: member("/x"), Community: c, Entry: discussion(1, c, "t", who), Comments: []Entry{comment(1, 1, who, "<p>a</p>", name)}, Paging: Paging{1, 1, "/x", nil}}))
	found := 0
	for _, n := range d.tags(atom.Bdi) {
		if whole(n) == name {
			found++
		}
	}
	if found < 4 {
		t.Errorf("%d names in <bdi>, want community, author, author of the reply and who is answered", found)
	}
}

var trusted = regexp.MustCompile(`template\.(HTML|HTMLAttr|JS|JSStr|CSS|URL|Srcset)\b`)

func TestS127_OnePlaceMakesHTML(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var places []string
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		b, err := os.ReadFile(e.Name())
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(string(b), "\n") {
			if trusted.MatchString(line) && !strings.HasPrefix(line, "//") {
				places = append(places, e.Name()+": "+line)
			}
		}
	}
	if len(places) != 1 || !strings.Contains(places[0], "func safe(h content.SafeHTML)") {
		t.Errorf("HTML is trusted in: %s", strings.Join(places, "\n"))
	}
}

type brokenWriter struct{ n int }

func (w *brokenWriter) Write(b []byte) (int, error) { w.n++; return 0, errors.New("gone") }

type unknownPage struct{ Base }

func (unknownPage) template() string { return "unknown" }
func (unknownPage) title() string    { return "" }

func TestRenderWritesAllOrNothing(t *testing.T) {
	s := newSet(t)
	w := &brokenWriter{}
	if err := s.Render(w, HelpPage{anon("/help")}); err == nil || w.n != 1 {
		t.Errorf("%v after %d writes", err, w.n)
	}
	w = &brokenWriter{}
	if err := s.Render(w, unknownPage{anon("/")}); err == nil || w.n != 0 {
		t.Errorf("%v after %d writes", err, w.n)
	}
}

func BenchmarkCommunityPage(b *testing.B) {
	c := joined(licensing, actors.Member)
	var list []Entry
	for i := range 20 {
		list = append(list, discussion(i, c, fmt.Sprintf("Discussion %d", i), tom))
	}
	benchmark(b, CommunityPage{Base: member("/c/x"), Community: c, Facilitators: []actors.Actor{tom, sian}, Discussions: list, Paging: Paging{2, 9, "/c/x", nil}, CompleteTo: now, MayPost: true})
}

func BenchmarkDiscussion100(b *testing.B) {
	c := joined(licensing, actors.Member)
	var list []Entry
	for i := range 100 {
		e := comment(i, i%5, sian, "<p>We used three measures: empty homes, antisocial behaviour and complaints.</p>", "Tom Okafor")
		e.Useful, e.Published = i, before(time.Duration(i)*time.Hour)
		list = append(list, e)
	}
	benchmark(b, DiscussionPage{Base: member(PostPath(3001)), Community: c, Entry: question(), Comments: list, Paging: Paging{1, 2, PostPath(3001), nil}, Readers: readers()})
}

func benchmark(b *testing.B, p Page) {
	s := newSet(b)
	render(b, s, p) // html/template escapes on the first run
	b.ReportAllocs()
	for b.Loop() {
		render(b, s, p)
	}
}
