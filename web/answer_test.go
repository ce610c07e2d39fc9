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

func TestFAC4_WhoeverAskedMarksTheAnswer(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann, ben := h.person("ann", actors.AccountMember), h.person("ben", actors.AccountMember)
	cat := h.person("cat", actors.AccountMember)
	parks := h.community(ann, actions.Charter{Name: "parks"})
	h.joins(ben, parks)
	h.joins(cat, parks)
	p := h.publish(ben, parks, nil, content.Draft{Kind: content.Question, Title: "When?", Source: "When are trees planted?"})
	reply := h.publish(cat, parks, &p, content.Draft{Source: "In **January**, mostly"})
	other := h.publish(ann, parks, &p, content.Draft{Source: "Ask the foresters"})
	at := templates.PostPath(p.ID)
	mark, another := templates.PostPath(reply.ID)+"/answer", templates.PostPath(other.ID)+"/answer"
	a, b, c := h.signedIn("ann"), h.signedIn("ben"), h.signedIn("cat")

	if page := c.open(at).says(http.StatusOK, "January"); strings.Contains(page.body, "/answer") || strings.Contains(page.body, "Answered") {
		t.Error("a member who did not ask can mark the answer")
	}
	c.post(mark, url.Values{"answer": {"yes"}}).says(http.StatusForbidden, "Only whoever asked, or a facilitator")
	if page := b.open(at); !strings.Contains(page.body, mark) {
		t.Error("whoever asked has no button for it")
	}
	page := b.post(mark, url.Values{"answer": {"yes"}}).follow().says(http.StatusOK, "marked as the answer", "Answer from Cat", "In January, mostly")
	if !strings.Contains(page.body, `href="`+at+"#comment-"+reply.ID.String()) {
		t.Error("no link leads to the answer")
	}
	h.browser().open(at).says(http.StatusOK, "Answered", "Answer from")
	c.open("/c/parks").says(http.StatusOK, "Answered")
	if page := c.open("/c/parks/decisions"); strings.Contains(page.body, "as the answer") {
		t.Error("what the asker did is among what facilitators did")
	}

	a.post(another, url.Values{"answer": {"yes"}}).follow().says(http.StatusOK, "Answer from Ann")
	c.open("/c/parks/decisions").says(http.StatusOK, "marked a reply", "as the answer")
	b.post(another, url.Values{"answer": {"no"}}).follow().says(http.StatusOK, "no longer marked as the answer")
	if page := c.open("/c/parks"); strings.Contains(page.body, "Answered") {
		t.Error("the question is still answered")
	}
	b.post(mark, url.Values{"answer": {"yes"}}).follow()
	a.open(templates.PostPath(reply.ID)+"/delete").fill(templates.PostPath(reply.ID)+"/delete", url.Values{"reason": {"wrong"}}).follow()
	if page := b.open(at); strings.Contains(page.body, "Answered") || strings.Contains(page.body, "January") {
		t.Error("what is hidden still answers the question")
	}
	a.post(at+"/answer", url.Values{"answer": {"yes"}}).says(http.StatusForbidden, "Only a reply to a question")
}
