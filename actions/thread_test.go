package actions_test

import (
	"context"
	"strings"
	"testing"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/store"
)

// A discussion goes out as an Article where Discourse follows, or is the home of
// the community, or where a facilitator wants it so; a reply is a Note always.
func TestC35_ThreadTypeArticle(t *testing.T) {
	ctx := context.Background()
	h := newHouse(t)
	var elsewhere actors.Community
	learn := func(kind actors.Kind, host, software string) actors.Actor {
		t.Helper()
		var who actors.Actor
		h.write(t, func(tx *store.Tx) (err error) {
			uri := actors.URI("https://" + host + "/x/" + strings.ToLower(string(kind)))
			who, err = h.a.Learn(ctx, tx, actors.Actor{URI: uri, Kind: kind, Name: "bog", Host: host, Inbox: uri + "/inbox"}, nil, false)
			if err != nil {
				return err
			}
			h.a.SoftwareKnown()
			return tx.DescribeInstance(ctx, host, software, "", "")
		})
		return who
	}
	post := func(group actors.Community) (document string) {
		t.Helper()
		h.write(t, func(tx *store.Tx) error {
			group, err := tx.Community(ctx, group.ID)
			if err != nil {
				return err
			}
			p, act, err := h.a.Publish(ctx, tx, h.ann, group, nil, content.Draft{Kind: content.Discussion, Title: "Trees", Source: "Elm"})
			if err != nil {
				return err
			}
			document = p.Type + " " + string(act.Body)
			reply, _, err := h.a.Publish(ctx, tx, h.ann, group, &p, content.Draft{Kind: content.Comment, Source: "Oak"})
			if err == nil && reply.Type != "Note" {
				t.Errorf("a reply is %s", reply.Type)
			}
			return err
		})
		return document
	}
	check := func(when, document, want string) {
		t.Helper()
		typ, body, _ := strings.Cut(document, " ")
		if typ != want || !strings.Contains(body, `"type":"`+want+`"`) || strings.Count(body, `"actor":`) != map[string]int{"Page": 1, "Article": 2}[want] {
			t.Errorf("%s: %s", when, document)
		}
	}
	check("nobody follows", post(h.parks), "Page")
	admit := func(who actors.Actor) {
		h.write(t, func(tx *store.Tx) error { return h.a.Admit(ctx, tx, who, h.parks, who.URI+"#follow") })
	}
	admit(learn(actors.Person, "lemmy.example", "lemmy"))
	check("Lemmy follows", post(h.parks), "Page")
	admit(learn(actors.Group, "talk.example", "discourse"))
	check("Discourse follows", post(h.parks), "Article")

	for software, want := range map[string]string{"discourse": "Article", "lemmy": "Page"} {
		there := learn(actors.Group, software+".home.example", software)
		h.write(t, func(tx *store.Tx) (err error) {
			if elsewhere, err = tx.Community(ctx, there.ID); err != nil {
				return err
			}
			return tx.SetMembership(ctx, actors.Membership{Group: there.ID, Actor: h.ann.ID, Role: actors.Member, Standing: actors.Joined, Since: h.a.Now()})
		})
		check("at home in "+software, post(elsewhere), want)
	}
	want := actions.Charter{Title: "Parks", Audience: h.parks.Audience, Joining: h.parks.Joining, ThreadType: "Article"}
	h2 := newHouse(t)
	h2.write(t, func(tx *store.Tx) error {
		_, err := h2.a.Describe(ctx, tx, h2.ann, h2.parks, want)
		return err
	})
	h = h2
	check("a facilitator wants it", post(h2.parks), "Article")
	want.ThreadType = "Note"
	if problems := want.Check(); problems == nil || !strings.Contains(problems.Error(), "other software") {
		t.Errorf("Note: %v", problems)
	}
}
