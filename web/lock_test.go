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
	a.open(at).says(http.StatusOK, "Close to new replies")
	a.open(at+"/lock").fill(at+"/lock", nil).says(http.StatusUnprocessableEntity, "Say why you are closing this to replies")
	a.open(at+"/lock").fill(at+"/lock", url.Values{"reason": {strings.Repeat("x", 501)}}).says(http.StatusUnprocessableEntity, "500 characters or less")
	a.open(at+"/lock").fill(at+"/lock", url.Values{"reason": {"settled in June"}}).follow().
		says(http.StatusOK, "This discussion is closed to new replies", "Reason: settled in June", "As a facilitator you can still reply")

	page := b.open(at).says(http.StatusOK, "Closed to replies", "Reason: settled in June")
	if strings.Contains(page.body, "Add a reply") || strings.Contains(page.body, below+"/reply") {
		t.Error("a closed discussion has a form for replies")
	}
	h.browser().open(at).says(http.StatusOK, "Reason: settled in June")
	for _, path := range []string{at, below} {
		b.open(path+"/reply").says(http.StatusForbidden, "closed this to new replies")
		b.post(path+"/reply", url.Values{"text": {"But"}}).says(http.StatusForbidden, "closed this discussion to new replies")
	}
	a.open(at).fill(at+"/reply", url.Values{"text": {"As was agreed"}}).follow().follow().says(http.StatusOK, "As was agreed")
	b.open("/c/parks").says(http.StatusOK, "Closed to replies")

	a.open(at+"/lock").says(http.StatusOK, "Open this discussion to replies again?", "settled in June").
		fill(at+"/lock", nil).follow().says(http.StatusOK, "open to replies again")
	a.open(below+"/lock").fill(below+"/lock", url.Values{"reason": {"this leads nowhere"}}).follow().says(http.StatusOK, "leads nowhere")
	b.open(at).fill(at+"/reply", url.Values{"text": {"Thanks"}}).follow().follow().says(http.StatusOK, "Thanks")
	b.post(below+"/reply", url.Values{"text": {"But"}}).says(http.StatusForbidden)
}
