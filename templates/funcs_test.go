package templates

import (
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"moothall/actors"
	"moothall/content"
)

func TestC04_DatesAndTimes(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ in, date, clock string }{
		{"2027-05-04T14:30:00Z", "4 May 2027", "3:30pm"}, // summer time
		{"2027-01-04T15:30:00Z", "4 January 2027", "3:30pm"},
		{"2027-05-04T23:30:00Z", "5 May 2027", "12:30am"}, // the next day here
		{"2027-01-04T09:00:00Z", "4 January 2027", "9am"},
		{"2027-01-04T12:00:00Z", "4 January 2027", "midday"},
		{"2027-01-04T00:00:00Z", "4 January 2027", "midnight"},
		{"2027-01-04T12:05:00Z", "4 January 2027", "12:05pm"},
	} {
		at, err := time.Parse(time.RFC3339, c.in)
		if err != nil {
			t.Fatal(err)
		}
		if d := Date(at.In(london)); d != c.date {
			t.Errorf("%s: date %q, want %q", c.in, d, c.date)
		}
		if k := Clock(at.In(london)); k != c.clock {
			t.Errorf("%s: time %q, want %q", c.in, k, c.clock)
		}
	}
}

func TestC04_Ago(t *testing.T) {
	for _, c := range []struct {
		d    time.Duration
		want string
	}{
		{0, "just now"}, {59 * time.Second, "just now"}, {time.Minute, "1 minute ago"}, {59 * time.Minute, "59 minutes ago"},
		{time.Hour, "1 hour ago"}, {23 * time.Hour, "23 hours ago"}, {24 * time.Hour, "1 day ago"}, {29 * 24 * time.Hour, "29 days ago"},
		{30 * 24 * time.Hour, ""}, {-time.Second, ""},
	} {
		if got := Ago(now.Add(-c.d), now); got != c.want {
			t.Errorf("%s: %q, want %q", c.d, got, c.want)
		}
	}
}

func TestC04_Numbers(t *testing.T) {
	for n, want := range map[int]string{0: "0", 7: "7", 999: "999", 1000: "1,000", 22000: "22,000", 1234567: "1,234,567", -1234: "-1,234"} {
		if got := Number(n); got != want {
			t.Errorf("%d: %q", n, got)
		}
	}
	for n, want := range map[int]string{0: "no replies", 1: "1 reply", 2: "2 replies", 1204: "1,204 replies"} {
		if got := Count(n, "reply", "replies"); got != want {
			t.Errorf("%d: %q", n, got)
		}
	}
}

func TestNEW7_WhoCanReadThis(t *testing.T) {
	for _, c := range []struct {
		in   Readers
		want string
	}{
		{Readers{actors.AudienceMembers, 214, 61, 23, ""}, "Members of this community can read this: 214 members from 61 organisations. Copies are kept on 23 other sites. It may be released under freedom of information law."},
		{Readers{actors.AudiencePublic, 1, 1, 0, ""}, "Anyone can read this, on the web and in search engines. It goes to 1 member from 1 organisation. It may be released under freedom of information law."},
		{Readers{actors.AudienceNetwork, 2, 2, 1, ""}, "People signed in at this site and at our partners’ sites can read this. It goes to 2 members from 2 organisations. Copies are kept on 1 other site. It may be released under freedom of information law."},
		{Readers{actors.AudienceOrganisation, 5, 1, 9, ""}, "Members of this community at this organisation can read this. It never leaves this site. It may be released under freedom of information law."},
		{Readers{actors.AudiencePublic, 1, 1, 1, "Kent"}, "Anyone can read this, on the web and in search engines. It goes to Kent’s site, which passes it on to the members of the community and keeps a copy. It may be released under freedom of information law."},
		{Readers{actors.AudienceMembers, 1, 1, 1, "Kent"}, "Members of this community can read this, whichever organisation they belong to. It goes to Kent’s site, which passes it on to the members of the community and keeps a copy. It may be released under freedom of information law."},
		{Readers{}, "Members of this community at this organisation can read this. It never leaves this site. It may be released under freedom of information law."},
	} {
		if got := c.in.Sentence(); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

func TestPaging(t *testing.T) {
	numbers := func(p Paging) (out []int) {
		for _, l := range p.Links() {
			out = append(out, l.Number)
		}
		return out
	}
	for _, c := range []struct {
		page, pages int
		want        []int
	}{
		{1, 1, []int{1}}, {1, 2, []int{1, 2}}, {1, 9, []int{1, 2, 0, 9}}, {5, 9, []int{1, 0, 4, 5, 6, 0, 9}}, {9, 9, []int{1, 0, 8, 9}}, {3, 5, []int{1, 2, 3, 4, 5}},
	} {
		if diff := cmp.Diff(c.want, numbers(Paging{Page: c.page, Pages: c.pages})); diff != "" {
			t.Errorf("page %d of %d: %s", c.page, c.pages, diff)
		}
	}
	p := Paging{Page: 2, Pages: 3, Path: "/communities", Query: url.Values{"q": {"a & b"}}}
	if p.Previous() != "/communities?q=a+%26+b" || p.Next() != "/communities?page=3&q=a+%26+b" {
		t.Errorf("previous %s, next %s", p.Previous(), p.Next())
	}
	if first := (Paging{Page: 1, Pages: 1}); first.Previous() != "" || first.Next() != "" || first.title() != "" {
		t.Error("a list of one page leads somewhere")
	}
}

func TestActorPath(t *testing.T) {
	for _, c := range []struct {
		a    actors.Actor
		want string
	}{
		{priya, "/u/priya"}, {tom, "/u/tom@communities.kent.example"}, {parks.Actor, "/c/parks"}, {licensing.Actor, "/c/licensing@communities.kent.example"},
	} {
		if got := ActorPath(c.a); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}

func TestA11_ProblemsInOrderOfTheForm(t *testing.T) {
	got := inOrder(content.Problems{"link": "C", "title": "A", "text": "B", "": "Y", "audience": "X"}, []string{"kind", "title", "text", "link"})
	want := []fieldError{{"title", "A"}, {"text", "B"}, {"link", "C"}, {"", "X"}, {"", "Y"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestA18_ForeignLanguage(t *testing.T) {
	for _, c := range []struct{ text, page, want string }{{"cy", "en", "cy"}, {"en", "en", ""}, {"EN", "", ""}, {"", "en", ""}, {"en", "cy", "en"}, {"cy", "", "cy"}} {
		if got := foreign(c.text, c.page); got != c.want {
			t.Errorf("%q on %q: %q", c.text, c.page, got)
		}
	}
}

func TestLanguageThatIsSetStays(t *testing.T) {
	if got := Languages("sw")[0]; got != (Option{"sw", "Swahili", ""}) {
		t.Errorf("first choice %v", got)
	}
	for _, usual := range []string{"", "cy", "not a tag!"} {
		if diff := cmp.Diff(languageNames, Languages(usual)); diff != "" {
			t.Errorf("%q: %s", usual, diff)
		}
	}
}
