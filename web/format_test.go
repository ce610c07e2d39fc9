package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
)

// TestDOC8_ANeedForAnotherFormatReachesTheOwnerAndIsAnswered, on one site.
func TestDOC8_ANeedForAnotherFormatReachesTheOwnerAndIsAnswered(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann, ben, eve := h.person("ann", actors.AccountMember), h.person("ben", actors.AccountMember), h.person("eve", actors.AccountMember)
	parks := h.community(eve, actions.Charter{Name: "parks"}) // eve is its facilitator
	for _, who := range []actors.Actor{ann, ben} {
		h.joins(who, parks)
	}
	p := h.shares(ann, parks, content.DocumentDraft{}, "Gritting starts at four.")
	at := strings.TrimPrefix(string(p.URI), "https://"+hallHost)
	owner, reader, facilitator := h.signedIn("ann"), h.signedIn("ben"), h.signedIn("eve")

	h.browser().open(at+"/format").says(http.StatusOK, "To ask, sign in", "read its text as a web page", "taken out of the file automatically")
	reader.open(at).says(http.StatusOK, "Ask for another format")
	page := reader.open(at+"/format").says(http.StatusOK, "Which format do you need?", "taken out of the file automatically")
	reader.post(at+"/format", url.Values{"contact": {"ben@council.example"}}).says(http.StatusUnprocessableEntity, "Say which format you need")
	page.fill(at+"/format", url.Values{"words": {"Large print, <b>please</b>"}, "contact": {"ben@council.example"}}).follow().
		says(http.StatusOK, "You have asked for another format", "You asked for another format", "Nobody has answered yet")
	reader.post(at+"/format", url.Values{"words": {"Again"}}).says(http.StatusForbidden, "asked for this document in another format already")

	owner.open("/notifications").says(http.StatusOK, "needs Winter service plan in another format")
	list := owner.open(at).says(http.StatusOK, "Asked for in another format", "Not answered yet", "Large print, <b>please</b>", "How to reach me: ben@council.example")
	facilitator.open(at).says(http.StatusOK, "Large print, <b>please</b>")
	for name, page := range map[string]*shown{"a stranger": h.browser().open(at), "another member": h.member("dot", parks).open(at)} {
		if strings.Contains(page.body, "Large print") || strings.Contains(page.body, "ben@council.example") {
			t.Errorf("%s reads what somebody cannot read", name)
		}
	}
	to := at + "/formats/" + between(list.body, at+"/formats/", `"`)
	reader.open(to).says(http.StatusForbidden)
	reader.post(to, url.Values{"answer": {"Mine"}}).says(http.StatusForbidden)
	owner.post(to, url.Values{}).says(http.StatusUnprocessableEntity, "Enter your answer")
	owner.open(to).says(http.StatusOK, "Add a new version", "Send answer").fill(to, url.Values{"answer": {"It is in the post"}}).follow().says(http.StatusOK, "Your answer is sent")
	facilitator.post(to, url.Values{"answer": {"No"}}).says(http.StatusForbidden, "answered this already")
	reader.open("/notifications").says(http.StatusOK, "answered you about another format of Winter service plan")
	reader.open(at).says(http.StatusOK, "You asked for another format", "It is in the post")
}

func between(s, from, to string) string {
	_, s, _ = strings.Cut(s, from)
	s, _, _ = strings.Cut(s, to)
	return s
}

// member is a browser of somebody who belongs to a community.
func (h *hall) member(name string, g actors.Community) *browser {
	h.Helper()
	h.joins(h.person(name, actors.AccountMember), g)
	return h.signedIn(name)
}
