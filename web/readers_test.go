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
	asked := a.open("/c/parks/new").says(http.StatusOK, forOne).
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
