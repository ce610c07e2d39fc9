package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"moothall/actions"
	"moothall/actors"
	"moothall/store"
)

// TestNEW7_WhatTheFormSaidOfReadersIsKept: the sentence above the button is the one in
// the log, of a discussion, a reply and a change, and it follows who there is.
func TestNEW7_WhatTheFormSaidOfReadersIsKept(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann, ben := h.person("ann", actors.AccountMember), h.person("ben", actors.AccountMember)
	parks := h.community(ann, actions.Charter{Name: "parks"})
	const forOne = "Anyone can read this, on the web and in search engines. It goes to 1 member from 1 organisation. It may be released under freedom of information law."
	forTwo := strings.Replace(forOne, "1 member ", "2 members ", 1)

	a := h.signedIn("ann")
	who, law, _ := strings.Cut(forOne, " It may") // each choice has its own sentence; what holds for all is said once
	asked := a.open("/c/parks/new").says(http.StatusOK, who, "It may"+law).
		fill("/c/parks/new", url.Values{"title": {"Trees"}, "text": {"Which?"}, "kind": {"discussion"}}).follow()
	a.open("/c/parks/new").fill("/c/parks/new", url.Values{"title": {""}}) // not posted, so not kept
	h.joins(ben, parks)
	b := h.signedIn("ben")
	replied := b.open(asked.path).says(http.StatusOK, forTwo).
		fill(asked.path+"/reply", url.Values{"text": {"Oaks."}}).follow().follow()
	reply := "/p/" + commentOn(t, replied)
	b.open(reply+"/edit").says(http.StatusOK, forTwo).fill(reply+"/edit", url.Values{"text": {"Elms."}})

	var got []string
	h.read(func(ctx context.Context, tx *store.Tx) error {
		list, err := tx.Audits(ctx, store.Page{Size: 100})
		for _, x := range list {
			if x.Action != actions.DidPost {
				continue
			}
			if x.Group != 0 {
				t.Errorf("it is in the list of what facilitators did: %+v", x)
			}
			at, err := url.Parse(x.Target)
			if err != nil {
				return err
			}
			got = append(got, at.Path+" "+x.Detail)
		}
		return err
	})
	want := []string{reply + " " + forTwo, reply + " " + forTwo, asked.path + " " + forOne}
	if !slices.Equal(got, want) {
		t.Errorf("kept is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestNEW7_EachChoiceOfReadersSaysWhoTheyAre: the form for a discussion says of each
// choice who that is, and what is chosen is kept and holds.
func TestNEW7_EachChoiceOfReadersSaysWhoTheyAre(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann, _ := h.person("ann", actors.AccountMember), h.person("ben", actors.AccountMember)
	h.community(ann, actions.Charter{Name: "parks"})
	a, b := h.signedIn("ann"), h.signedIn("ben")
	asked := a.open("/c/parks/new").says(http.StatusOK, "Who can read it?", "Members of this community can read this: 1 member from 1 organisation.",
		"Members of this community at this organisation can read this. It never leaves this site.").
		fill("/c/parks/new", url.Values{"title": {"Old oak"}, "text": {"It falls."}, "kind": {"discussion"}, "audience": {"members"}}).follow().
		says(http.StatusOK, "Old oak", "Members of this community can read this")
	b.open(asked.path).says(http.StatusNotFound)
	h.read(func(ctx context.Context, tx *store.Tx) error {
		list, err := tx.Audits(ctx, store.Page{Size: 100})
		at := slices.IndexFunc(list, func(x store.Audit) bool { return x.Action == actions.DidPost })
		if want := "Members of this community can read this: 1 member from 1 organisation. It may be released under freedom of information law."; at < 0 || list[at].Detail != want {
			t.Errorf("kept is %+v", list)
		}
		return err
	})
}

// TestS190_S191_NarrowingACommunityAsksFirst: nothing changes before the answer; then
// everything is for fewer at once, and there is no way back.
func TestS190_S191_NarrowingACommunityAsksFirst(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann, _ := h.person("ann", actors.AccountMember), h.person("ben", actors.AccountMember)
	parks := h.community(ann, actions.Charter{Name: "parks"})
	a, b := h.signedIn("ann"), h.signedIn("ben")
	asked := a.open("/c/parks/new").fill("/c/parks/new", url.Values{"title": {"Old oak"}, "text": {"It falls."}, "kind": {"discussion"}}).follow()
	asks := a.open("/c/parks/settings").fill("/c/parks/settings", url.Values{"audience": {"members"}, "purpose": {"Trees"}}).
		says(http.StatusOK, "Let fewer people read this community?", "It cannot be made wider again")
	b.open(asked.path).says(http.StatusOK, "Old oak")
	asks.fill("/c/parks/settings", nil).follow().says(http.StatusOK, "Your changes are saved", "Trees")
	b.open(asked.path).says(http.StatusNotFound)
	var g actors.Community
	h.read(func(ctx context.Context, tx *store.Tx) (err error) { g, err = tx.Community(ctx, parks.ID); return err })
	if g.Joining != actors.JoinRequest || g.Posting != actors.PostMembers {
		t.Errorf("whoever likes joins by %q and posts by %q", g.Joining, g.Posting)
	}
	b.open("/search?q=oak").says(http.StatusOK, "No results for")
	a.open(asked.path).says(http.StatusOK, "Old oak")
	a.open("/c/parks/settings").fill("/c/parks/settings", url.Values{"audience": {"public"}}).says(http.StatusUnprocessableEntity, "cannot be made wider")
	b.open(asked.path).says(http.StatusNotFound)
}
