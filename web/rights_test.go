package web

import (
	"context"
	"fmt"
	"net/url"
	"path"
	"strings"
	"testing"
	"time"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/store"
	"moothall/templates"
)

const marker = "Zanzibar"

// closedHall is a hall with a community of ann's that nobody may know of, one of
// which only what is in it is closed, and a closed discussion among open ones.
// All that is closed holds the marker.
type closedHall struct {
	*hall
	posts   []content.Post
	viewers map[string]*browser
}

// absent are names and ids of the same length that nobody has.
const absentName, absentID = "absentee", "0000000000001"

func newClosedHall(t *testing.T) *closedHall {
	h := &closedHall{hall: newHall(t), viewers: map[string]*browser{}}
	ann := h.person("ann", actors.AccountMember)
	hidden := h.community(ann, actions.Charter{Name: "zanzibar", Title: marker, Purpose: marker, Audience: actors.AudienceOrganisation})
	closed := h.community(ann, actions.Charter{Name: "closed", Audience: actors.AudienceMembers, Joining: actors.JoinRequest})
	parks := h.community(ann, actions.Charter{Name: "parks"})
	for _, g := range []actors.Community{hidden, closed} {
		p := h.publish(ann, g, nil, content.Draft{Title: marker, Source: marker, Link: "https://" + marker + ".example/"})
		h.posts = append(h.posts, p, h.publish(ann, g, &p, content.Draft{Source: marker + " @outsider"}))
	}
	h.posts = append(h.posts, h.publish(ann, parks, nil, content.Draft{Title: marker, Source: marker, Audience: actors.AudienceMembers}))
	h.documents(ann, hidden, closed, parks)
	h.publish(ann, parks, nil, content.Draft{Title: "Open", Source: "to all"})

	h.viewers["stranger"] = h.browser()
	h.viewers["stranger"].open("/sign-in") // has the cookie for forms from now on
	for name, standing := range map[string]actors.Standing{
		"outsider": actors.NoStanding, "banned": actors.Banned, "refused": actors.Refused, "left": actors.Left,
	} {
		who := h.person(name, actors.AccountMember)
		if standing != actors.NoStanding {
			for _, g := range []actors.Community{hidden, closed, parks} {
				h.write(func(ctx context.Context, tx *store.Tx) error {
					return tx.SetMembership(ctx, actors.Membership{Group: g.ID, Actor: who.ID, Role: actors.Member, Standing: standing})
				})
			}
		}
		h.viewers[name] = h.signedIn(name)
	}
	h.person("boss", actors.AccountAdmin)
	h.viewers["admin"] = h.signedIn("boss")
	return h
}

// documents shares some that are closed in each way that there is: by their community,
// their readers, their classification, their embargo, and by a facilitator.
func (h *closedHall) documents(ann actors.Actor, hidden, closed, parks actors.Community) {
	h.Helper()
	for i, x := range []struct {
		in   actors.Community
		more content.DocumentDraft
	}{
		{hidden, content.DocumentDraft{}},
		{closed, content.DocumentDraft{}},
		{parks, content.DocumentDraft{Audience: actors.AudienceMembers}},
		{parks, content.DocumentDraft{Document: content.Document{Classification: content.Sensitive, Handling: marker}}},
		{parks, content.DocumentDraft{Document: content.Document{Embargo: h.server.Now().Add(48 * time.Hour)}}},
		{parks, content.DocumentDraft{}},
	} {
		x.more.Title, x.more.Summary, x.more.Subjects, x.more.Reference = marker, marker, []string{marker}, marker
		h.posts = append(h.posts, h.shares(ann, x.in, x.more, fmt.Sprint(marker, " ", i)))
	}
	last := h.posts[len(h.posts)-1]
	h.write(func(ctx context.Context, tx *store.Tx) error {
		p, err := tx.PostForRules(ctx, last.ID)
		if err != nil {
			return err
		}
		return tx.SetStanding(ctx, p, content.Hidden)
	})
	for {
		n, _, err := h.server.DB.IndexDue(context.Background())
		if err != nil {
			h.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

// documentName is the name in the address of a document; of another post, one that
// nobody has.
func documentName(p content.Post) string {
	if p.IsDocument() {
		return path.Base(string(p.URI))
	}
	return absentDocument
}

const absentDocument = "4kz7w9xb"

// TestI4_S182_WhatMayNotBeReadLooksLikeWhatDoesNotExist walks the whole map of
// routes, so that a new one is in it.
func TestI4_S182_WhatMayNotBeReadLooksLikeWhatDoesNotExist(t *testing.T) {
	t.Parallel()
	h := newClosedHall(t)
	before := h.rows()
	for _, x := range h.server.routes() {
		if x.needs == program || !strings.Contains(x.path, "{") || strings.HasPrefix(x.path, "/u/") || strings.HasPrefix(x.path, "/admin") {
			continue
		}
		for _, there := range h.posts {
			form := strings.NewReplacer("{n}", "1", "/d/{name}", "/d/{document}").Replace(x.path)
			real := strings.NewReplacer("{name}", "zanzibar", "{document}", documentName(there), "{id}", there.ID.String()).Replace(form)
			fake := strings.NewReplacer("{name}", absentName, "{document}", absentDocument, "{id}", absentID).Replace(form)
			for who, b := range h.viewers {
				got, want := b.ask(x.method, real), b.ask(x.method, fake)
				if got.status != want.status || same(got, there) != same(want, there) {
					t.Errorf("%s %s by %s: %d, and %d for what does not exist:\n%s\n%s", x.method, real, who, got.status, want.status, got.text(), want.text())
				}
				closed := b.ask(x.method, strings.ReplaceAll(real, "zanzibar", "closed"))
				if strings.Contains(got.body+closed.body, marker) {
					t.Errorf("%s %s shows the marker to %s", x.method, real, who)
				}
			}
		}
	}
	if after := h.rows(); after != before {
		t.Errorf("something was written: %v, before %v", after, before)
	}
}

func (b *browser) ask(method, path string) *shown {
	if method == post {
		return b.post(path, url.Values{"text": {"x"}, "title": {"x"}, "kind": {"discussion"}, "useful": {"yes"}, "decision": {"accept"}, "person": {absentID}, "site": {"kent.example"}})
	}
	return b.open(path)
}

// same is an answer without the name or id that was asked for.
func same(s *shown, p content.Post) string {
	mask := strings.NewReplacer("zanzibar", "X", absentName, "X", p.ID.String(), "X", absentID, "X",
		documentName(p), "X", absentDocument, "X")
	return mask.Replace(s.header.Get("Location") + s.body)
}

func (h *hall) rows() (n [3]int) {
	h.read(func(ctx context.Context, tx *store.Tx) error {
		for i, name := range []string{"outsider", "banned", "left"} {
			who, err := tx.LocalActor(ctx, name)
			if err != nil {
				return err
			}
			if n[i], err = tx.CountOutbox(ctx, who.URI); err != nil {
				return err
			}
			all, err := tx.MembershipsOf(ctx, who.ID)
			if err != nil {
				return err
			}
			n[i] += 1000 * len(all)
		}
		return nil
	})
	return n
}

func TestI4_S174_ListsHoldNothingClosed(t *testing.T) {
	t.Parallel()
	h := newClosedHall(t)
	for who, b := range h.viewers {
		for _, path := range []string{
			"/", "/communities", "/communities?q=zan", "/c/parks", "/c/parks/members", "/u/ann", "/u/outsider", "/notifications",
			"/communities/find?address=" + url.QueryEscape("https://hub.example/c/zanzibar"), "/communities/find?address=zanzibar@hub.example",
			"/search?q=zanzibar", "/search?q=Zanzibar+0", "/search?q=zanzibar&kind=document", "/c/parks/search?q=zanzibar",
			"/join?address=" + url.QueryEscape("https://hub.example/c/zanzibar"),
		} {
			got := b.open(path)
			if strings.Contains(path, "q=") { // it repeats what was asked for
				nothing := b.open(strings.NewReplacer("zanzibar", "quetzals", "Zanzibar", "Quetzals").Replace(path))
				if mask := strings.NewReplacer("zanzibar", "quetzals", "Zanzibar", "Quetzals"); mask.Replace(got.body) != nothing.body {
					t.Errorf("%s finds something for %s:\n%s", path, who, got.text())
				}
				continue
			}
			text := strings.ReplaceAll(strings.ReplaceAll(strings.ToLower(got.text()), "hub.example/c/zanzibar", ""), "zanzibar@hub.example", "")
			if strings.Contains(text, "zanzibar") {
				t.Errorf("%s shows the marker to %s:\n%s", path, who, got.text())
			}
		}
		got := b.open("/communities").text() + b.open("/c/closed").text()
		if strings.Contains(got, "2 discussions") || strings.Count(got, "discussion ") > 1 || strings.Contains(b.open("/c/closed").text(), "1 member") {
			t.Errorf("what is closed is counted for %s:\n%s", who, got)
		}
	}
	// A test that cannot fail is worth nothing: ann sees it all.
	ann := h.signedIn("ann")
	for _, path := range []string{"/", "/communities", "/c/zanzibar", "/c/closed", "/c/parks", "/u/ann", templates.PostPath(h.posts[0].ID), templates.PostPath(h.posts[4].ID),
		"/search?q=zanzibar", templates.DocumentPath(h.posts[5]), templates.DocumentPath(h.posts[8]) + "/v/1/file", templates.DocumentPath(h.posts[9]), templates.DocumentPath(h.posts[10])} {
		ann.open(path).says(200, marker)
	}
	ann.open("/communities").says(200, "2 discussions")
}

func TestS178_ANotificationEndsWithTheRightToRead(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann, ben := h.person("ann", actors.AccountMember), h.person("ben", actors.AccountMember)
	closed := h.community(ann, actions.Charter{Name: "closed", Audience: actors.AudienceMembers, Joining: actors.JoinRequest})
	h.joins(ben, closed)
	p := h.publish(ben, closed, nil, content.Draft{Title: marker, Source: "My words"})
	h.publish(ann, closed, &p, content.Draft{Source: "An answer"})
	b := h.signedIn("ben")
	b.open("/notifications").says(200, marker)
	h.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.SetMembership(ctx, actors.Membership{Group: closed.ID, Actor: ben.ID, Role: actors.Member, Standing: actors.Banned})
	})
	if got := b.open("/notifications"); strings.Contains(got.body, marker) {
		t.Errorf("who was removed still sees:\n%s", got.text())
	}
}
