package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/store"
	"moothall/templates"
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
	asked := a.open("/c/parks/new?kind=question").says(http.StatusOK, "Ask a question").
		fill("/c/parks/new", url.Values{"title": {"When do you plant trees?"}, "text": {"We plant in **May**."}}).follow()
	asked.says(http.StatusOK, "Your question is posted", "Question", "When do you plant trees?", "We plant in May.", "No replies yet")
	at := asked.path

	b := h.signedIn("ben")
	replied := b.open(at).says(http.StatusOK, "Add a reply").
		fill(at+"/reply", url.Values{"text": {"In autumn."}}).follow().follow()
	replied.says(http.StatusOK, "Your reply is posted", "1 reply", "In autumn.")
	reply := "/p/" + commentOn(t, replied)

	b.open(reply+"/edit").says(http.StatusOK, "Change your reply").
		fill(reply+"/edit", url.Values{"text": {"In late autumn."}}).follow().follow().
		says(http.StatusOK, "Your changes are saved", "In late autumn.", "edited")

	a.open("/notifications").says(http.StatusOK, "Ben", "replied to you in", "When do you plant trees?", "New").
		fill("/notifications", nil).follow()
	if p := a.open("/notifications"); strings.Contains(p.body, "Mark all as read") {
		t.Error("notifications are still new after they were marked as read")
	}
	a.open(reply+"/reply").says(http.StatusOK, "Reply to Ben").
		fill(reply+"/reply", url.Values{"text": {"Thank you."}}).follow().follow().
		says(http.StatusOK, "2 replies", "In reply to Ben", "Thank you.")

	b.open(reply+"/delete").says(http.StatusOK, "Withdraw this reply?", "You cannot undo this").
		fill(reply+"/delete", nil).follow().
		says(http.StatusOK, "Your reply has been withdrawn", "This has been withdrawn", "Thank you.")
	b.open(reply).says(http.StatusGone, "This has been withdrawn")
	if p := b.open(at); strings.Contains(p.body, "late autumn") {
		t.Error("the words of a withdrawn reply are still shown")
	}
}

// commentOn is the id of the first reply on a page.
func commentOn(t *testing.T, s *shown) string {
	t.Helper()
	_, rest, ok := strings.Cut(s.body, `id="comment-`)
	if !ok {
		t.Fatalf("no comment on %s", s.path)
	}
	id, _, _ := strings.Cut(rest, `"`)
	return id
}

func TestMEM4_TextIsKeptWhenTheSessionHasEnded(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann := h.person("ann", actors.AccountMember)
	p := h.publish(ann, h.community(ann, actions.Charter{Name: "parks"}), nil, content.Draft{Title: "Trees", Source: "When?"})
	at := templates.PostPath(p.ID)
	b := h.signedIn("ann")
	page := b.open(at)
	h.later(14 * 24 * time.Hour)
	asked := page.fill(at+"/reply", url.Values{"text": {"A reply that took an hour to write."}})
	asked.says(http.StatusForbidden, "Sign in")
	b.headers = nil
	again := asked.fill("/sign-in", url.Values{"email": {"ann@hub.example"}, "password": {password}})
	again.says(http.StatusOK, "A reply that took an hour to write.").
		fill(at+"/reply", nil).follow().follow().says(http.StatusOK, "A reply that took an hour to write.", "1 reply")
}

func TestA11_FormsKeepWhatWasTypedAndSayEveryProblem(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann := h.person("ann", actors.AccountMember)
	parks := h.community(ann, actions.Charter{Name: "parks"})
	p := h.publish(ann, parks, nil, content.Draft{Title: "Trees", Source: "When?"})
	c := h.publish(ann, parks, &p, content.Draft{Source: "Soon."})
	at, reply := templates.PostPath(p.ID), templates.PostPath(c.ID)
	b := h.signedIn("ann")
	for _, form := range []struct {
		page, action string
		values       url.Values
		words        []string // problems, and what was typed
	}{
		{"/communities/new", "/communities/new", url.Values{"title": {""}, "name": {"Not a name"}, "purpose": {"For us"}},
			[]string{"Enter the name of the community", "Short name must be 3 to 20 characters", "For us"}},
		{"/communities/new", "/communities/new", url.Values{"title": {"More parks"}, "name": {"parks"}}, []string{"This name is already taken"}},
		{"/c/parks/settings", "/c/parks/settings", url.Values{"title": {""}, "purpose": {"For them"}}, []string{"Enter the name of the community", "For them"}},
		{"/c/parks/new", "/c/parks/new", url.Values{"title": {""}, "text": {"My text"}, "link": {"not a link"}},
			[]string{"Enter a title", "Link must be a full web address", "My text"}},
		{at, at + "/reply", url.Values{"text": {"  "}}, []string{"Enter your comment", "Trees"}},
		{at + "/edit", at + "/edit", url.Values{"title": {""}, "text": {"Better text"}}, []string{"Enter a title", "Better text"}},
		{reply + "/edit", reply + "/edit", url.Values{"text": {""}}, []string{"Enter your comment"}},
		{reply + "/reply", reply + "/reply", url.Values{"text": {""}}, []string{"Enter your comment", "Soon."}},
		{"/communities", "/communities/find", url.Values{"address": {"licensing"}}, []string{"Enter the address of a community"}},
	} {
		got := b.open(form.page).fill(form.action, form.values)
		got.says(http.StatusUnprocessableEntity, append(form.words, "There is a problem")...)
		if !strings.HasPrefix(got.title(), "Error: ") {
			t.Errorf("%s: the title is %q", form.action, got.title())
		}
	}
}

func TestUsefulIsSaidAndTakenBack(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann, ben := h.person("ann", actors.AccountMember), h.person("ben", actors.AccountMember)
	parks := h.community(ann, actions.Charter{Name: "parks"})
	h.joins(ben, parks)
	p := h.publish(ann, parks, nil, content.Draft{Title: "Trees", Source: "When?"})
	at := templates.PostPath(p.ID)
	b := h.signedIn("ben")
	said := b.open(at).fill(at+"/useful", nil).follow()
	said.says(http.StatusOK, "Useful to 1 person")
	if !strings.Contains(said.body, `aria-pressed="true"`) {
		t.Error("the button does not say that it is on")
	}
	b.post(at+"/useful", url.Values{"useful": {"yes"}}).follow().says(http.StatusOK, "Useful to 1 person")
	back := b.post(at+"/useful", url.Values{"useful": {"no"}}).follow()
	if strings.Contains(back.text(), "Useful to") {
		t.Error("taken back, and still counted")
	}
	h.signedIn("ann").post(at+"/useful", url.Values{"useful": {"yes"}}).says(http.StatusForbidden, "You cannot mark your own post as useful")
}

func TestFAC1_StartACommunityAndAnswerARequest(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.person("ann", actors.AccountMember)
	ben := h.person("ben", actors.AccountMember)
	a, b := h.signedIn("ann"), h.signedIn("ben")
	a.open("/communities").says(http.StatusOK, "Start a community")
	started := a.open("/communities/new").fill("/communities/new", url.Values{
		"title": {"Licensing"}, "name": {"licensing"}, "purpose": {"Compare *schemes*."}, "joining": {"request"}, "posting": {"members"},
	}).follow()
	started.says(http.StatusOK, "Licensing is ready", "You are its only facilitator", "Compare schemes.", "People ask, and a facilitator decides")

	join := b.open("/c/licensing").says(http.StatusOK, "Ask to join").open("/join?address=" + url.QueryEscape("https://hub.example/c/licensing"))
	join.says(http.StatusOK, "Join Licensing", "run by Medway Council", "Who will receive what you post there", "It goes to 1 member from 1 organisation").
		fill("/join", nil).follow().says(http.StatusOK, "You have asked to join Licensing", "A facilitator will answer")
	b.open("/").says(http.StatusOK, "Waiting for an answer")
	b.open("/c/licensing/new").says(http.StatusForbidden, "Join this community to post in it")
	b.open("/c/licensing/settings").says(http.StatusForbidden, "Only facilitators can change a community")
	b.post("/c/licensing/members", url.Values{"person": {ben.ID.String()}, "decision": {"accept"}}).says(http.StatusForbidden, "Only facilitators")

	a.open("/notifications").says(http.StatusOK, "Ben", "asks to join")
	a.open("/c/licensing").says(http.StatusOK, "1 person asks to join")
	a.open("/c/licensing/members").says(http.StatusOK, "1 person asks to join", "Ben").
		fill("/c/licensing/members", url.Values{"person": {ben.ID.String()}, "decision": {"accept"}}).follow().
		says(http.StatusOK, "Ben is now a member", "2 members from 1 organisation")
	b.open("/notifications").says(http.StatusOK, "You are now a member of Licensing")
	b.open("/c/licensing/new").says(http.StatusOK, "Start a discussion")

	a.open("/c/licensing/settings").fill("/c/licensing/settings", url.Values{"title": {"Licensing officers"}, "posting": {"moderators"}}).
		follow().says(http.StatusOK, "Your changes are saved", "Licensing officers")
	b.open("/c/licensing/new").says(http.StatusForbidden, "Only facilitators can post")
	b.open("/c/licensing/leave").says(http.StatusOK, "Leave Licensing officers?", "you will have to be let in again").
		fill("/c/licensing/leave", nil).follow().says(http.StatusOK, "You have left Licensing officers")
	a.open("/c/licensing/leave").fill("/c/licensing/leave", nil).says(http.StatusForbidden, "You are the only facilitator")
}

func TestFAC7_AFacilitatorHidesWithAReason(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann, ben := h.person("ann", actors.AccountMember), h.person("ben", actors.AccountMember)
	h.person("cara", actors.AccountMember)
	parks := h.community(ann, actions.Charter{Name: "parks"})
	h.joins(ben, parks)
	p := h.publish(ben, parks, nil, content.Draft{Title: "Buy my saplings", Source: "Cheap."})
	at := templates.PostPath(p.ID)
	a := h.signedIn("ann")
	form := a.open(at+"/delete").says(http.StatusOK, "Hide this discussion?", "Why are you hiding it?")
	form.fill(at+"/delete", url.Values{"reason": {" "}}).says(http.StatusUnprocessableEntity, "Say why you are hiding this")
	form.fill(at+"/delete", url.Values{"reason": {"Advertising"}}).follow().says(http.StatusOK, "The discussion is hidden", "There are no discussions yet")
	a.open(at).says(http.StatusNotFound)
	h.signedIn("ben").open(at).says(http.StatusOK, "A facilitator has hidden this", "Buy my saplings")
	h.signedIn("cara").open(at + "/delete").says(http.StatusNotFound)
	h.read(func(ctx context.Context, tx *store.Tx) error {
		list, err := tx.Outbox(ctx, ann.URI, store.Page{})
		if err == nil && (len(list) == 0 || list[0].Type != "Delete" || !strings.Contains(string(list[0].Body), "Advertising")) {
			t.Errorf("the log does not end with the reason: %v", list)
		}
		return err
	})
}

func TestNEW7_TheSentenceCountsRealMembers(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann := h.person("ann", actors.AccountMember)
	parks := h.community(ann, actions.Charter{Name: "parks"})
	closed := h.community(ann, actions.Charter{Name: "closed", Audience: actors.AudienceMembers, Joining: actors.JoinRequest})
	for _, host := range []string{"kent.example", "kent.example", "sussex.example"} {
		who := h.stranger(actors.Person, "someone"+h.server.IDs.Next().String(), host)
		h.joins(who, parks)
		h.joins(who, closed)
	}
	b := h.signedIn("ann")
	b.open("/c/parks/new").says(http.StatusOK, "Anyone can read this, on the web and in search engines. It goes to 4 members from 3 organisations. Copies are kept on 2 other sites.")
	b.open("/c/closed/new").says(http.StatusOK, "Members of this community can read this: 4 members from 3 organisations. Copies are kept on 2 other sites.")
	p := h.publish(ann, parks, nil, content.Draft{Title: "Trees"})
	b.open(templates.PostPath(p.ID)).says(http.StatusOK, "It goes to 4 members from 3 organisations.")
	b.open(templates.PostPath(p.ID)+"/delete").says(http.StatusOK, "We will ask 2 other sites to remove their copy")
}

// stranger is somebody or a community of another site, known here.
func (h *hall) stranger(kind actors.Kind, name, host string) actors.Actor {
	h.Helper()
	at := "https://" + host + "/u/" + name
	if kind == actors.Group {
		at = "https://" + host + "/c/" + name
	}
	a := actors.Actor{
		URI: actors.URI(at), Kind: kind, Name: name, Host: host, Inbox: actors.URI(at + "/inbox"), URL: at,
		Followers: actors.URI(at + "/followers"), KeyID: at + "#main-key", PublicKey: "key", Discoverable: true,
		Published: h.server.Now(),
	}
	h.write(func(ctx context.Context, tx *store.Tx) (err error) {
		a, err = h.server.Actions.Learn(ctx, tx, a, nil, false)
		return err
	})
	return a
}

func TestNEW4_TheHistoryOfACommunityElsewhere(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann := h.person("ann", actors.AccountMember)
	soil := h.stranger(actors.Group, "soil", "kent.example")
	b := h.signedIn("ann")
	at := "/c/soil@kent.example"
	b.open(at).says(http.StatusOK, "Nobody at Medway Council has joined this community")
	var g actors.Community
	h.write(func(ctx context.Context, tx *store.Tx) (err error) {
		if g, err = tx.Community(ctx, soil.ID); err != nil {
			return err
		}
		return tx.SetHistory(ctx, g.ID, actors.HistoryFetching, "12 discussions have arrived.")
	})
	h.joins(ann, g)
	b.open(at).says(http.StatusOK, "Still fetching earlier discussions", "12 discussions have arrived.")
	p := h.publish(ann, g, nil, content.Draft{Title: "Trial", Source: "Plot B."})
	b.open(templates.PostPath(p.ID)).says(http.StatusOK, "Sending", "Only you can see it until the community has it", "Still fetching earlier replies")
	h.browser().open(templates.PostPath(p.ID)).says(http.StatusNotFound)
	b.open(at+"/new").says(http.StatusOK, "It goes to kent.example’s site, which passes it on")
	h.write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.SetHistory(ctx, g.ID, actors.HistoryComplete, ""); err != nil {
			return err
		}
		if err := tx.SetChainState(ctx, g.ID, 1, 1); err != nil {
			return err
		}
		return tx.AddEntry(ctx, g.ID, store.LogEntry{
			Entry: actors.Entry{Group: g.URI, Chain: actors.ChainPublic, Seq: 1, Salt: "s", Digest: "d"}, Hash: "h", At: h.server.Now(),
		})
	})
	b.open(at).says(http.StatusOK, "Everything up to 24 November 2026 is here")
}

func TestWithdrawnDiscussionKeepsItsReplies(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann := h.person("ann", actors.AccountMember)
	parks := h.community(ann, actions.Charter{Name: "parks"})
	alone := h.publish(ann, parks, nil, content.Draft{Title: "Alone", Source: "Secret one"})
	talked := h.publish(ann, parks, nil, content.Draft{Title: "Talked about", Source: "Secret two"})
	h.publish(ann, parks, &talked, content.Draft{Source: "An answer"})
	b := h.signedIn("ann")
	for _, p := range []content.Post{alone, talked} {
		b.open(templates.PostPath(p.ID)+"/delete").fill(templates.PostPath(p.ID)+"/delete", nil).follow().says(http.StatusOK)
	}
	v := h.browser()
	gone := v.open(templates.PostPath(alone.ID)).says(http.StatusGone, "This has been withdrawn")
	kept := v.open(templates.PostPath(talked.ID)).says(http.StatusGone, "This has been withdrawn", "An answer")
	if strings.Contains(gone.body+kept.body, "Secret") || strings.Contains(kept.body, "Talked about") {
		t.Error("withdrawn words are shown")
	}
	b.open(templates.PostPath(talked.ID) + "/edit").says(http.StatusGone)
}

func TestS113_PagesEnd(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann := h.person("ann", actors.AccountMember)
	parks := h.community(ann, actions.Charter{Name: "parks"})
	var p content.Post
	for i := range 30 {
		p = h.publish(ann, parks, nil, content.Draft{Title: fmt.Sprintf("Discussion %d", i)})
	}
	b := h.signedIn("ann")
	b.open("/c/parks?page=2").says(http.StatusOK, "Discussion 0", "Previous").says(http.StatusOK)
	if got := b.open("/c/parks?page=2").title(); !strings.Contains(got, "(page 2 of 2)") {
		t.Errorf("the title is %q", got)
	}
	for _, path := range []string{"/c/parks", "/communities", "/c/parks/members", "/notifications", templates.PostPath(p.ID)} {
		b.open(path + "?page=3").says(http.StatusNotFound)
		b.open(path + "?page=1000000000").says(http.StatusNotFound)
		b.open(path + "?page=-1").says(http.StatusOK)
		b.open(path + "?page=99999999999999999999").says(http.StatusOK) // no number: the first page
	}
	b.open("/u/ann?page=1000000000").says(http.StatusOK)
	for _, words := range []string{strings.Repeat("word ", 2000), "%%%%____!!", `NEAR(a b, 999999) "`, "\x00\xff"} {
		got := b.open("/communities?q="+url.QueryEscape(words)).says(http.StatusOK, "found for")
		if len(got.body) > 20_000 {
			t.Errorf("a search of %d bytes gives a page of %d", len(words), len(got.body))
		}
	}
	b.open("/communities?q=PARK").says(http.StatusOK, "1 community found", "Parks")
}

func TestS124_NamesAreIsolated(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann := h.person("ann", actors.AccountMember)
	parks := h.community(ann, actions.Charter{Name: "parks"})
	mal := h.stranger(actors.Person, "mal", "evil.example")
	h.write(func(ctx context.Context, tx *store.Tx) error {
		mal.Title = "<b>Mal</b> of Kent"
		return tx.SaveActor(ctx, mal, nil)
	})
	h.joins(mal, parks)
	got := h.signedIn("ann").open("/c/parks/members").says(http.StatusOK, "<b>Mal</b> of Kent")
	if !strings.Contains(got.body, "<bdi>&lt;b&gt;Mal&lt;/b&gt; of Kent</bdi>") {
		t.Error("the name is not apart from what stands around it")
	}
}
