package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/store"
)

// community starts a community of this node.
func (h *hall) community(by actors.Actor, c actions.Charter) actors.Community {
	h.Helper()
	keys, err := testKeys()
	if err != nil {
		h.Fatal(err)
	}
	if c.Title == "" {
		c.Title = strings.ToUpper(c.Name[:1]) + c.Name[1:]
	}
	if c.Audience == "" {
		c.Audience = actors.AudiencePublic
	}
	if c.Joining == "" {
		c.Joining = actors.JoinOpen
	}
	var g actors.Community
	h.write(func(ctx context.Context, tx *store.Tx) (err error) {
		g, err = h.server.Actions.StartCommunity(ctx, tx, by, c, keys)
		return err
	})
	return g
}

// publish posts without a form.
func (h *hall) publish(by actors.Actor, g actors.Community, parent *content.Post, d content.Draft) content.Post {
	h.Helper()
	if d.Kind == "" {
		d.Kind = content.Discussion
	}
	var p content.Post
	h.write(func(ctx context.Context, tx *store.Tx) (err error) {
		p, _, err = h.server.Actions.Publish(ctx, tx, by, g, parent, d)
		return err
	})
	return p
}

// joins makes somebody a member at once.
func (h *hall) joins(who actors.Actor, g actors.Community) {
	h.Helper()
	h.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.SetMembership(ctx, actors.Membership{
			Group: g.ID, Actor: who.ID, Role: actors.Member, Standing: actors.Joined, Since: h.server.Now(),
		})
	})
}

func TestMEM2_AskReplyEditAndWithdrawWithoutScripts(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann, ben := h.person("ann", actors.AccountMember), h.person("ben", actors.AccountMember)
	parks := h.community(ann, actions.Charter{Name: "parks"})
	h.joins(ben, parks)

	a := h.signedIn("ann")
	a.open("/").says(http.StatusOK, "Parks", "Start a discussion")
	form := a.open("/c/parks/new?kind=question").says(http.StatusOK, "Ask a question")
	asked := form.fill("/c/parks/new", url.Values{"title": {"When do you plant trees?"}, "text": {"We plant in **May**."}}).follow()
	asked.says(http.StatusOK, "Your question is posted", "Question", "When do you plant trees?", "We plant in May.", "No replies yet")
	at := asked.path

	b := h.signedIn("ben")
	page := b.open(at).says(http.StatusOK, "Add a reply")
	replied := page.fill(at+"/reply", url.Values{"text": {"In autumn."}}).follow().follow()
	replied.says(http.StatusOK, "Your reply is posted", "1 reply", "In autumn.")
	reply := strings.TrimPrefix(commentID(t, replied), "comment-")

	b.open("/p/"+reply+"/edit").says(http.StatusOK, "Change your reply").
		fill("/p/"+reply+"/edit", url.Values{"text": {"In late autumn."}}).follow().follow().
		says(http.StatusOK, "Your changes are saved", "In late autumn.", "edited")

}

func commentID(t *testing.T, s *shown) string {
	t.Helper()
	_, rest, ok := strings.Cut(s.body, `id="comment-`)
	if !ok {
		t.Fatalf("no comment on %s", s.path)
	}
	id, _, _ := strings.Cut(rest, `"`)
	return "comment-" + id
}
