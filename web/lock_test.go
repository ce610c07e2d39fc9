package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/templates"
)

func TestC43_FacilitatorClosesADiscussion(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann, ben := h.person("ann", actors.AccountMember), h.person("ben", actors.AccountMember)
	parks := h.community(ann, actions.Charter{Name: "parks"})
	h.joins(ben, parks)
	p := h.publish(ben, parks, nil, content.Draft{Title: "Dogs", Source: "On a lead?"})
	reply := h.publish(ben, parks, &p, content.Draft{Source: "I think so"})
	at, below := templates.PostPath(p.ID), templates.PostPath(reply.ID)
	a, b := h.signedIn("ann"), h.signedIn("ben")

	b.open(at+"/lock").says(http.StatusForbidden, "Only facilitators")
	b.post(at+"/lock", url.Values{"reason": {"mine"}}).says(http.StatusForbidden, "Only facilitators")
	a.open(at).says(http.StatusOK, "Close to replies")
	a.open(at+"/lock").fill(at+"/lock", nil).says(http.StatusUnprocessableEntity, "Say why you are closing this to replies")
	a.open(at+"/lock").fill(at+"/lock", url.Values{"reason": {strings.Repeat("x", 501)}}).says(http.StatusUnprocessableEntity, "500 characters or less")
	a.open(at+"/lock").fill(at+"/lock", url.Values{"reason": {"settled in June"}}).follow().
		says(http.StatusOK, "This discussion is closed to replies", "Reason: settled in June", "As a facilitator you can still reply")

	page := b.open(at).says(http.StatusOK, "Closed to replies", "Reason: settled in June")
	if strings.Contains(page.body, "Add a reply") || strings.Contains(page.body, below+"/reply") {
		t.Error("a closed discussion has a form for replies")
	}
	h.browser().open(at).says(http.StatusOK, "Reason: settled in June")
	for _, path := range []string{at, below} {
		b.open(path+"/reply").says(http.StatusForbidden, "closed this to replies")
		b.post(path+"/reply", url.Values{"text": {"But"}}).says(http.StatusForbidden, "closed this discussion to replies")
	}
	a.open(at).fill(at+"/reply", url.Values{"text": {"As was agreed"}}).follow().follow().says(http.StatusOK, "As was agreed")
	b.open("/c/parks").says(http.StatusOK, "Closed to replies")

	a.open(at+"/lock").says(http.StatusOK, "Open this discussion to replies?", "settled in June").
		fill(at+"/lock", nil).follow().says(http.StatusOK, "open to replies")
	a.open(below+"/lock").fill(below+"/lock", url.Values{"reason": {"this leads nowhere"}}).follow().says(http.StatusOK, "leads nowhere")
	b.open(at).fill(at+"/reply", url.Values{"text": {"Thanks"}}).follow().follow().says(http.StatusOK, "Thanks")
	b.post(below+"/reply", url.Values{"text": {"But"}}).says(http.StatusForbidden)
}

func TestFAC7_HiddenIsExplainedAndBroughtBack(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann, ben := h.person("ann", actors.AccountMember), h.person("ben", actors.AccountMember)
	cat := h.person("cat", actors.AccountMember)
	parks := h.community(ann, actions.Charter{Name: "parks"})
	h.joins(ben, parks)
	p := h.publish(ben, parks, nil, content.Draft{Title: "Cheap chairs", Source: "Buy now"})
	at, list := templates.PostPath(p.ID), "/c/parks/decisions"
	a, b := h.signedIn("ann"), h.signedIn("ben")
	a.open(list).says(http.StatusOK, "Nothing yet")
	a.open(at+"/delete").says(http.StatusOK, "You can bring it back").fill(at+"/delete", url.Values{"reason": {"advertises"}}).follow().
		says(http.StatusOK, "The discussion is hidden")
	b.open(at).says(http.StatusOK, "Reason: advertises", "you can complain")

	page := b.open(list).says(http.StatusOK, "Ann hid a discussion", "Reason: advertises")
	if strings.Contains(page.body, "Bring it back") {
		t.Errorf("a member is offered to bring it back:\n%s", page.text())
	}
	b.post(at+"/restore", nil).says(http.StatusNotFound)
	c := h.signedIn("cat")
	c.open(list).says(http.StatusForbidden, "Only members")
	c.post(at+"/restore", nil).says(http.StatusNotFound)
	h.browser().open(list).follow().says(http.StatusOK, "Sign in")

	a.open(list).says(http.StatusOK, "Cheap chairs").fill(at+"/restore", nil).follow().says(http.StatusOK, "can be read again", "Ann brought back a discussion")
	b.open(at).says(http.StatusOK, "Buy now")

	// Who was removed is for facilitators to know.
	theirs := memberPath(parks.Actor, ben)
	a.open(theirs+"/remove").fill(theirs+"/remove", url.Values{"reason": {"advertises again"}}).follow()
	a.open(list).says(http.StatusOK, "Ann removed Ben")
	h.joins(cat, parks)
	if page := c.open(list).says(http.StatusOK, "Ann removed somebody", "advertises again"); strings.Contains(page.body, "@ben@") {
		t.Error("members read who was removed")
	}
}
