package fedtest

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"moothall/actions"
	"moothall/actors"
	"moothall/store"
	"moothall/templates"
)

// reports is what a person's node shows them of reports that wait.
func (p *Person) reports() string {
	p.town.T.Helper()
	return textOf(p.browser().open("/reports"))
}

// complains reports something through the client API.
func (p *Person) complains(object any, words string, to ...actors.URI) {
	p.town.T.Helper()
	p.does(Doc{"type": "Flag", "object": object, "content": words, "to": to})
}

// flags are the reports that a stranger was sent, byte for byte.
func (s *Stranger) flags() (out []string) {
	for _, x := range s.Requests() {
		if strings.Contains(string(x.Body), `"Flag"`) {
			out = append(out, string(x.Body))
		}
	}
	return out
}

// follows makes a puppet a member, so that it is sent what the community passes on.
func TestC45_ReportGoesToThoseWhoDecideAndToNobodyElse(t *testing.T) {
	town, ann, bob, cer, parks := parish(t)
	follower := town.Stranger("follower.example")
	follower.Person("fay").follows(parks)
	post := bob.Posts(parks, "Cheap chairs")
	town.Settle()
	follower.Forget()
	cer.complains(post.URI, "An advertisement for chairs")
	town.Settle()
	if got := ann.reports(); !strings.Contains(got, "Cheap chairs") || !strings.Contains(got, "An advertisement for chairs") || !strings.Contains(got, "by Cer") {
		t.Errorf("the facilitator sees:\n%s", got)
	}
	if got := textOf(ann.browser().open("/notifications")); !strings.Contains(got, "Something in Parks was reported") || strings.Contains(got, "Cer ") {
		t.Errorf("the facilitator is told:\n%s", got)
	}
	for _, p := range []*Person{bob, cer} {
		if got := p.reports(); strings.Contains(got, "chairs") {
			t.Errorf("%s sees reports:\n%s", p.URI, got)
		}
		for _, path := range []string{"/notifications", "/"} {
			if got := textOf(p.browser().open(path)); strings.Contains(got, "advertisement for") || strings.Contains(got, "was reported") {
				t.Errorf("%s sees at %s:\n%s", p.URI, path, got)
			}
		}
	}
	if box := bob.inboxOf(t); strings.Contains(box, "Flag") {
		t.Errorf("whom it is about reads it:\n%s", box)
	}
	if got := follower.flags(); len(got) > 0 {
		t.Errorf("a follower was sent %s", got)
	}
}

// inboxOf is what a person's programs read in their inbox.
func (p *Person) inboxOf(t *testing.T) string {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, string(p.URI)+"/inbox", nil)
	p.town.must(err)
	r.Header.Set("Authorization", "Bearer "+p.Token)
	resp := p.request(r)
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("inbox of %s: %d", p.URI, resp.StatusCode)
	}
	return p.bodyOf(resp)
}

// TestS212_WordsGoToTheCommunityOnly: the home of whom it is about hears that there
// was a report, never from whom, and what it says only where the reporter wants that.
func TestS212_WordsGoToTheCommunityOnly(t *testing.T) {
	town, ann, _, cer, parks := parish(t)
	evil := town.Stranger("evil.example")
	eve := evil.Person("eve")
	for _, title := range []string{"One", "Two"} {
		doc := note(eve, parks, title)
		object := doc["object"].(Doc)
		evil.Serves(strings.TrimPrefix(object["id"].(string), "https://evil.example"), Answer{Body: object})
		eve.Sends(inbox(parks), doc)
		town.Settle()
	}
	one, two := town.postCalled("west.example", "One"), town.postCalled("west.example", "Two")
	evil.Forget()
	cer.complains(one, "between us")
	town.Settle()
	got := strings.Join(evil.flags(), "\n")
	if len(evil.flags()) != 1 || strings.Contains(got, "between us") || strings.Contains(got, "cer") ||
		!strings.Contains(got, `"actor":"https://west.example/"`) || !strings.Contains(got, string(one)) {
		t.Errorf("the author's home was sent %s", got)
	}
	evil.Forget()
	cer.complains([]actors.URI{eve.URI, two}, "for all to read", eve.URI)
	town.Settle()
	if got := strings.Join(evil.flags(), "\n"); !strings.Contains(got, "for all to read") || strings.Contains(got, "cer") {
		t.Errorf("the author's home was sent %s", got)
	}
	if got := ann.reports(); !strings.Contains(got, "between us") || !strings.Contains(got, "for all to read") {
		t.Errorf("the facilitator sees:\n%s", got)
	}
}

// postCalled is the address of a post with this title, as a node knows it.
func (town *Town) postCalled(host, title string) actors.URI {
	town.T.Helper()
	for _, line := range strings.Split(town.State(host), "\n") {
		if strings.HasPrefix(line, "post ") && strings.Contains(line, fmt.Sprintf(" title=%q", title)) {
			_, rest, _ := strings.Cut(line, ` uri="`)
			uri, _, _ := strings.Cut(rest, `"`)
			return actors.URI(uri)
		}
	}
	town.T.Fatalf("%s has no post called %q", host, title)
	return ""
}

// pathOf is where a person's node shows a post.
func (p *Person) pathOf(post Post) string {
	p.town.T.Helper()
	found, err := p.post(post)
	p.town.must(err)
	return templates.PostPath(found.ID)
}

func TestC45_NameKeptBack(t *testing.T) {
	town, ann, bob, _, parks := parish(t)
	post := ann.Posts(parks, "Minutes")
	dan := town.Person("dan@north.example")
	dan.Joins(parks)
	ann.Appoints(parks, dan)
	town.Settle()
	p := bob.pathOf(post)
	status, body := bob.browser().submits(p+"/report", map[string]string{"reason": "It names a child"})
	if status != http.StatusSeeOther {
		t.Fatalf("report: %d\n%s", status, textOf(body))
	}
	town.Settle()
	if got := dan.reports(); !strings.Contains(got, "It names a child") || !strings.Contains(got, "someone at South.example Council") || strings.Contains(got, "Bob") {
		t.Errorf("the facilitator sees:\n%s", got)
	}
	if got := ann.reports() + textOf(ann.browser().open("/notifications")); strings.Contains(got, "a child") || strings.Contains(got, "was reported") {
		t.Errorf("whom it is about sees:\n%s", got)
	}
	if status, body = bob.browser().submits(p+"/report", map[string]string{"reason": "Again"}); status != http.StatusForbidden {
		t.Errorf("a second time: %d\n%s", status, textOf(body))
	}
}

// TestC45_LemmyAndMastodon sends reports in the two shapes that are about.
func TestC45_LemmyAndMastodon(t *testing.T) {
	town, ann, parks, eve := besieged(t)
	dan := town.Person("dan@north.example")
	one, two := dan.Posts(parks, "First thing"), dan.Posts(parks, "Second thing")
	eve.follows(parks)
	eve.of.Forget()
	server := town.Stranger("mastodon.example").Actor("Application", "mastodon.example")
	for _, r := range []Reply{
		eve.Sends(inbox(parks), Doc{
			"id": eve.ID(), "type": "Flag", "actor": eve.URI, "to": []actors.URI{parks.URI}, "audience": parks.URI,
			"object": one.URI, "summary": "in the shape of Lemmy",
		}),
		server.Sends("https://north.example/inbox", Doc{
			"id": server.ID(), "type": "Flag", "actor": server.URI, "content": "in the shape of Mastodon",
			"object": []actors.URI{dan.URI, one.URI, two.URI, "https://mastodon.example/nothing"},
		}),
	} {
		if r.Status != http.StatusAccepted {
			t.Fatalf("it was answered %d %s", r.Status, r.Body)
		}
	}
	town.Settle()
	got := ann.reports()
	if strings.Count(got, "in the shape of Lemmy") != 1 || strings.Count(got, "in the shape of Mastodon") != 2 ||
		!strings.Contains(got, "someone at mastodon.example") || !strings.Contains(got, "by eve") {
		t.Errorf("the facilitator sees:\n%s", got)
	}
	if sent := eve.of.flags(); len(sent) > 0 {
		t.Errorf("it was passed on: %s", sent)
	}
	if box := dan.inboxOf(t); strings.Contains(box, "Flag") {
		t.Errorf("whom it is about reads it:\n%s", box)
	}
}

func TestC45_ReportsThatChangeNothing(t *testing.T) {
	town, ann, parks, eve := besieged(t)
	dan := town.Person("dan@north.example")
	board := ann.StartsAs(actions.Charter{Name: "board", Title: "Board", Audience: actors.AudienceMembers, Joining: actors.JoinRequest})
	secret := ann.publish(Doc{"type": "Page", "name": "Secret", "content": "x", "mediaType": "text/markdown", "to": []actors.URI{board.URI}, "audience": board.URI})
	gone := dan.Posts(parks, "Gone")
	dan.Deletes(gone)
	there := dan.Posts(parks, "There")
	flag := func(object any) Doc {
		return Doc{"id": eve.ID(), "type": "Flag", "actor": eve.URI, "object": object, "content": "no"}
	}
	forged := flag(there.URI)
	forged["actor"] = dan.URI
	for name, doc := range map[string]Doc{
		"what is nowhere":            flag("https://north.example/p/none"),
		"what is elsewhere":          flag("https://evil.example/x"),
		"nothing":                    flag([]string{}),
		"what was withdrawn":         flag(gone.URI),
		"S180 what eve may not read": flag(secret.URI),
	} {
		t.Run(name, func(t *testing.T) {
			town.Unchanged("north.example", func() {
				if r := eve.Sends(inbox(parks), doc); r.Status != http.StatusAccepted {
					t.Errorf("it was answered %d %s", r.Status, r.Body)
				}
				town.Settle()
			})
		})
	}
	town.Unchanged("north.example", func() {
		if r := eve.Sends(inbox(parks), forged); r.Status == http.StatusAccepted {
			t.Error("a report in somebody else's name was accepted")
		}
	})
}

func rowsOf(state, table string) string {
	var out strings.Builder
	for l := range strings.Lines(state) {
		if strings.HasPrefix(l, table) {
			out.WriteString(l)
		}
	}
	return out.String()
}

func TestS179_DecidedByAFacilitator(t *testing.T) {
	town, ann, bob, cer, parks := parish(t)
	woods := cer.Starts("woods")
	bob.Joins(woods)
	post := bob.Posts(parks, "Chairs")
	town.Settle()
	cer.complains(post.URI, "An advertisement")
	town.Settle()
	page := ann.browser().open("/reports")
	_, rest, _ := strings.Cut(page, `href="/reports/`)
	id, _, _ := strings.Cut(rest, `"`)
	path := "/reports/" + id
	if got := textOf(ann.browser().open(path)); !strings.Contains(got, "An advertisement") || !strings.Contains(got, "Hide what Bob wrote") {
		t.Errorf("the report:\n%s", got)
	}
	if status, _ := ann.browser().submits(path, map[string]string{"note": "x"}); status != http.StatusUnprocessableEntity {
		t.Errorf("without a decision: %d", status)
	}
	if status, _ := ann.browser().submits(path, map[string]string{"outcome": "nothing", "note": "A fair offer"}); status != http.StatusSeeOther {
		t.Errorf("a decision: %d", status)
	}
	if got := ann.reports(); strings.Contains(got, "advertisement") {
		t.Errorf("it still waits:\n%s", got)
	}
	if got := textOf(ann.browser().open("/reports?show=decided")); !strings.Contains(got, "No action needed") {
		t.Errorf("decided ones:\n%s", got)
	}
	if got := rowsOf(town.dump("north.example"), "audit "); !strings.Contains(got, `action="report nothing"`) || !strings.Contains(got, "A fair offer") {
		t.Errorf("the audit says:\n%s", got)
	}
	// A facilitator of another community, on the same node, sees nothing of it.
	dan := town.Person("dan@north.example")
	dan.Starts("bridges")
	if got := textOf(dan.browser().open("/reports?show=decided")); strings.Contains(got, "Chairs") {
		t.Errorf("a facilitator of another community sees:\n%s", got)
	}
	if status := dan.browser().status(path); status != http.StatusNotFound {
		t.Errorf("and opens it: %d", status)
	}
}

// TestC45_FacilitatorElsewhereHears: their own node's queue has the report, without
// who made it and what it says.
func TestC45_FacilitatorElsewhereHears(t *testing.T) {
	town, ann, bob, cer, parks := parish(t)
	ann.Appoints(parks, bob)
	post := ann.Posts(parks, "Chairs")
	town.Settle()
	cer.complains(post.URI, "between us")
	town.Settle()
	if got := bob.reports(); !strings.Contains(got, "Chairs") || !strings.Contains(got, "someone at North.example Council") ||
		strings.Contains(got, "between us") || strings.Contains(got, "Cer") {
		t.Errorf("the facilitator elsewhere sees:\n%s", got)
	}
	for _, host := range []string{"south.example", "north.example"} {
		for _, line := range strings.Split(rowsOf(town.dump(host), "activity "), "\n") {
			if strings.Contains(line, `type="Announce"`) && strings.Contains(line, "between us") {
				t.Errorf("it was announced: %s", line)
			}
		}
	}
	if strings.Contains(town.dump("south.example"), "between us") {
		t.Error("the words reached another node")
	}
	// A server that is not the community's home has no such voice.
	town.Stranger("evil.example").Actor("Application", "evil").Sends("https://south.example/inbox", Doc{
		"id": "https://evil.example/x/1", "type": "Flag", "actor": "https://evil.example/u/evil", "object": post.URI, "content": "from nobody",
	})
	town.Settle()
	if got := bob.reports(); strings.Contains(got, "from nobody") {
		t.Errorf("the facilitator elsewhere sees:\n%s", got)
	}
}

// TestI5_ReportsAskThePolicy holds and refuses by rule; the sender is told nothing.
func TestI5_ReportsAskThePolicy(t *testing.T) {
	town, ann, parks, eve := besieged(t)
	post := ann.Posts(parks, "Chairs")
	dan := town.Person("dan@north.example")
	dan.Joins(parks)
	ann.Appoints(parks, dan)
	north, ctx := town.Node("north.example"), context.Background()
	sends := func(words string) {
		t.Helper()
		r := eve.Sends(inbox(parks), Doc{"id": eve.ID(), "type": "Flag", "actor": eve.URI, "object": post.URI, "content": words})
		if r.Status != http.StatusAccepted {
			t.Errorf("it was answered %d", r.Status)
		}
		town.Settle()
	}
	rules := func(f func(tx *store.Tx) error) {
		t.Helper()
		town.must(north.DB.Write(ctx, f))
	}
	rules(func(tx *store.Tx) error { return north.Actions.SetMode(ctx, tx, 0, actors.ModePublic) })
	sends("from a stranger")
	rules(func(tx *store.Tx) error {
		return north.Actions.SetRule(ctx, tx, 0, actors.Rule{Host: "evil.example", Verdict: actors.Hold, Reason: "new here"})
	})
	sends("held")
	if got := dan.reports(); strings.Contains(got, "Chairs") {
		t.Errorf("it was taken in:\n%s", got)
	}
	var held []actors.Activity
	town.must(north.DB.Read(ctx, func(tx *store.Tx) (err error) {
		held, err = tx.UnappliedIn(ctx, actors.Held, store.Page{})
		return err
	}))
	if len(held) != 1 {
		t.Fatalf("held: %v", held)
	}
	town.must(north.Release(ctx, held[0].ID))
	if got := dan.reports(); !strings.Contains(got, "held") || strings.Contains(got, "from a stranger") {
		t.Errorf("after it was let through:\n%s", got)
	}
}
