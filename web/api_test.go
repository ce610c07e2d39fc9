package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/store"
)

// program is one that acts for a person here.
type programOf struct {
	*hall
	who   actors.Actor
	token string
}

func (h *hall) program(who actors.Actor) *programOf {
	h.Helper()
	p := &programOf{hall: h, who: who}
	h.write(func(ctx context.Context, tx *store.Tx) (err error) {
		p.token, err = h.server.Actions.NewToken(ctx, tx, who)
		return err
	})
	return p
}

// said is an answer to a program.
type said struct {
	*programOf
	status   int
	header   http.Header
	body     string
	problem  apiProblem
	activity actors.Activity // that Location names
}

func (p *programOf) ask(method, path, kind, body string) said {
	p.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Host = hallHost
	if p.token != "" {
		r.Header.Set("Authorization", "Bearer "+p.token)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	w := httptest.NewRecorder()
	p.routes.ServeHTTP(w, r)
	s := said{programOf: p, status: w.Code, header: w.Header(), body: w.Body.String()}
	if w.Header().Get("Content-Type") == problemJSON {
		if err := json.Unmarshal(w.Body.Bytes(), &s.problem); err != nil {
			p.Fatal(err)
		}
	}
	return s
}

func (p *programOf) send(body string) said {
	p.Helper()
	return p.ask(http.MethodPost, "/u/"+p.who.Name+"/outbox", `application/ld+json; profile="https://www.w3.org/ns/activitystreams"`, body)
}

// does fails the test unless the activity was done.
func (p *programOf) does(kind, body string) said {
	p.Helper()
	s := p.send(body)
	at := s.header.Get("Location")
	if s.status != http.StatusCreated || at == "" {
		p.Fatalf("%s gives %d %s", body, s.status, s.body)
	}
	p.read(func(ctx context.Context, tx *store.Tx) (err error) {
		s.activity, err = tx.ActivityByURI(ctx, actors.URI(at), p.who.URI)
		return err
	})
	if s.activity.Type != kind || !strings.HasPrefix(at, "https://hub.example/a/") {
		p.Errorf("%s made a %s at %s, want a %s", body, s.activity.Type, at, kind)
	}
	return s
}

func (s said) post() content.Post {
	s.Helper()
	var p content.Post
	s.read(func(ctx context.Context, tx *store.Tx) (err error) {
		p, err = tx.PostByURI(ctx, s.activity.Object)
		return err
	})
	return p
}

func (s said) refused(status int, field, words string) {
	s.Helper()
	if wrong := s.isNot(status, field, words); wrong != "" {
		s.Error(wrong)
	}
}

// isNot says how an answer differs from a refusal with these words; empty when
// it does not.
func (s said) isNot(status int, field, words string) string {
	got := s.problem.Detail
	if field != "" {
		got = s.problem.Fields[field]
	}
	if s.status != status || !strings.Contains(got, words) || s.problem.Status != status || s.header.Get("Location") != "" {
		return fmt.Sprintf("got %d %s, want %d with %q for %q", s.status, s.body, status, words, field)
	}
	return ""
}

// apiHall has ann, who runs parks, and ben, who is a member.
func apiHall(t *testing.T) (h *hall, ann, ben *programOf, parks actors.Community) {
	h = newHall(t)
	h.server.Decide = func(string, actors.Purpose) actors.Decision {
		return actors.Decision{Rule: "not on the list of partners"}
	}
	ann, ben = h.program(h.person("ann", actors.AccountMember)), h.program(h.person("ben", actors.AccountMember))
	parks = h.community(ann.who, actions.Charter{Name: "parks"})
	h.joins(ben.who, parks)
	return h, ann, ben, parks
}

const toParks = `"to":["https://www.w3.org/ns/activitystreams#Public","https://hub.example/c/parks"],"audience":"https://hub.example/c/parks"`

func TestAPI_ProgramsDoWhatFormsDo(t *testing.T) {
	t.Parallel()
	h, ann, ben, _ := apiHall(t)
	made := ben.does("Create", `{"@context":"https://www.w3.org/ns/activitystreams","type":"Create","id":"https://evil.example/mine","actor":"https://hub.example/u/ben",`+toParks+`,
		"object":{"id":"https://hub.example/p/mine","type":"Page","name":"Tree planting","attributedTo":"https://hub.example/u/ben","moothall:kind":"question",
		"source":{"content":"When do **you** plant?","mediaType":"text/markdown"},"content":"<p>ignored</p>","contentMap":{"cy":"<p>ignored</p>"},
		"attachment":[{"type":"Link","href":"https://trees.example/"}]}}`)
	p := made.post()
	want := content.Post{
		Title: "Tree planting", Kind: content.Question, Source: "When do **you** plant?", HTML: "<p>When do <strong>you</strong> plant?</p>\n",
		Link: "https://trees.example/", Language: "cy", Audience: actors.AudiencePublic, Standing: content.Accepted,
	}
	got := content.Post{Title: p.Title, Kind: p.Kind, Source: p.Source, HTML: p.HTML, Link: p.Link, Language: p.Language, Audience: p.Audience, Standing: p.Standing}
	if got != want || strings.Contains(string(p.URI), "mine") {
		t.Errorf("stored as %+v at %s, want %+v", got, p.URI, want)
	}
	if a, err := ap.ParseActivity([]byte(made.body)); err != nil || a.ID != made.header.Get("Location") || a.Object.ID() != string(p.URI) {
		t.Errorf("the answer is %s: %v", made.body, err)
	}

	reply := ann.does("Create", `{"type":"Note","inReplyTo":"`+string(p.URI)+`","content":"<p onclick=x>In <em>autumn</em>.<script>1</script></p>"}`).post()
	if reply.Parent != p.ID || reply.HTML != "<p>In <em>autumn</em>.</p>" || reply.Source != "" {
		t.Errorf("the reply is %+v", reply)
	}
	ann.does("Update", `{"type":"Update","object":{"id":"`+string(reply.URI)+`","type":"Note","mediaType":"text/markdown","content":"In *late* autumn."}}`)
	ben.does("Like", `{"type":"Like","object":"`+string(reply.URI)+`"}`)
	page := h.browser().open("/p/" + p.ID.String())
	page.says(http.StatusOK, "In late autumn.", "Useful to 1 person", "Tree planting")
	ben.does("Undo", `{"type":"Undo","object":{"type":"Like","object":"`+string(reply.URI)+`"}}`)
	again := ben.does("Like", `{"type":"Like","object":{"id":"`+string(reply.URI)+`","type":"Note"}}`)
	ben.does("Undo", `{"type":"Undo","object":"`+string(again.activity.URI)+`"}`)
	ann.does("Delete", `{"type":"Delete","object":"`+string(reply.URI)+`"}`)
	if page := h.browser().open("/p/" + p.ID.String()); strings.Contains(page.body, "autumn") || strings.Contains(page.body, "Useful to") {
		t.Errorf("what was taken back is there:\n%s", page.text())
	}
	// A facilitator hides with a reason.
	ann.send(`{"type":"Delete","object":"`+string(p.URI)+`"}`).refused(http.StatusUnprocessableEntity, "summary", "Say why")
	ann.does("Delete", `{"type":"Delete","object":"`+string(p.URI)+`","summary":"Off topic"}`)
	h.browser().open("/p/" + p.ID.String()).says(http.StatusNotFound)
}

func TestAPI_BareObjectsAreWrapped(t *testing.T) {
	t.Parallel()
	_, _, ben, parks := apiHall(t)
	note := ben.does("Create", `{"type":"Note","content":"<p>First line</p><p>Second</p>","to":"https://hub.example/c/parks","cc":"as:Public"}`).post()
	if note.Title != "First line" || note.Kind != content.Discussion || note.Group != parks.ID || note.Audience != actors.AudiencePublic {
		t.Errorf("stored as %+v", note)
	}
	question := ben.does("Create", `{"type":"Question","name":"When?","source":"Now?","content":"<p>Now!</p>","to":["https://hub.example/c/parks"]}`).post()
	if question.Kind != content.Question || question.HTML != "<p>Now!</p>" {
		t.Errorf("stored as %+v", question)
	}
	members := ben.does("Create", `{"type":"Article","name":"For us","content":"<p>x</p>","to":["https://hub.example/c/parks/followers"],"audience":{"id":"https://hub.example/c/parks","type":"Group"}}`).post()
	if members.Audience != actors.AudienceMembers {
		t.Errorf("who names the followers and not the public writes for %q", members.Audience)
	}
	named := ben.does("Create", `{"type":"Article","name":"For us too","content":"<p>x</p>","to":["https://hub.example/c/parks","https://hub.example/c/parks/followers"]}`).post()
	if named.Audience != actors.AudienceMembers {
		t.Errorf("who names the community beside them writes for %q", named.Audience)
	}
	open := ben.does("Create", `{"type":"Article","name":"For all","content":"<p>x</p>","to":["https://hub.example/c/parks/followers","as:Public"],"audience":"https://hub.example/c/parks"}`).post()
	if open.Audience != actors.AudiencePublic {
		t.Errorf("who names the public writes for %q", open.Audience)
	}
}

func TestAPI_FollowAndLeave(t *testing.T) {
	t.Parallel()
	h, ann, _, _ := apiHall(t)
	carl := h.program(h.person("carl", actors.AccountMember))
	first := carl.does("Follow", `{"type":"Follow","object":"https://hub.example/c/parks"}`)
	again := carl.does("Follow", `{"type":"Follow","object":"https://hub.example/c/parks"}`)
	if first.activity.URI != again.activity.URI {
		t.Errorf("joining twice gives %s and %s", first.activity.URI, again.activity.URI)
	}
	h.signedIn("carl").open("/c/parks/new").says(http.StatusOK)
	carl.does("Undo", `{"type":"Undo","object":"`+string(first.activity.URI)+`"}`)
	carl.send(`{"type":"Undo","object":{"type":"Follow","object":"https://hub.example/c/parks"}}`).refused(422, "object", "nothing to undo")
	ann.send(`{"type":"Follow","object":"https://hub.example/c/parks"}`).refused(422, "object", "member already")
	ann.send(`{"type":"Undo","object":{"type":"Follow","object":"https://hub.example/c/parks"}}`).refused(403, "", "only facilitator")
	carl.send(`{"type":"Follow","object":"https://hub.example/c/nothing"}`).refused(422, "object", noSuchCommunity)
	carl.send(`{"type":"Follow","object":"https://hub.example/u/ann"}`).refused(422, "object", noSuchCommunity)
	carl.send(`{"type":"Follow"}`).refused(422, "object", "Enter the address")
	carl.send(`{"type":"Follow","object":"https://kent.example/c/soil"}`).refused(422, "object", "not on the list of partners")
}

func TestAPI_EveryRefusalSaysWhy(t *testing.T) {
	t.Parallel()
	h, ann, ben, parks := apiHall(t)
	open := h.publish(ann.who, parks, nil, content.Draft{Title: "Open", Source: "x"})
	closed := h.community(ann.who, actions.Charter{Name: "closed", Audience: actors.AudienceMembers, Joining: actors.JoinRequest})
	h.community(ann.who, actions.Charter{Name: "hidden", Audience: actors.AudienceOrganisation})
	hidden := h.publish(ann.who, closed, nil, content.Draft{Title: "Hidden", Source: "x"})
	nothing := "https://hub.example/p/0000000000001"
	long := strings.Repeat("a", content.MaxText+1)
	for _, c := range []struct {
		name, body   string
		status       int
		field, words string
	}{
		{"not JSON", `{`, 400, "", "cannot be read"},
		{"no object", `[]`, 400, "", "cannot be read"},
		{"no type", `{"object":"x"}`, 400, "", "cannot be read"},
		{"twice the same key", `{"type":"Note","type":"Note"}`, 400, "", "cannot be read"},
		{"somebody else's actor", `{"type":"Like","actor":"https://hub.example/u/ann","object":"` + string(open.URI) + `"}`, 403, "", "actor is somebody else"},
		{"somebody else's words", `{"type":"Note","attributedTo":"https://hub.example/u/ann","content":"x",` + toParks + `}`, 403, "", "attributed to somebody else"},
		{"a verb we do not do", `{"type":"Travel","object":"https://hub.example/u/ann"}`, 422, "type", "Create, Update, Delete"},
		{"Announce (S195)", `{"type":"Announce","object":"` + string(open.URI) + `"}`, 422, "type", "Create, Update, Delete"},
		{"Create of nothing", `{"type":"Create"}`, 422, "object", "whole object"},
		{"Create of an id", `{"type":"Create","object":"` + string(open.URI) + `"}`, 422, "object", "whole object"},
		{"Create of an event", `{"type":"Event","name":"x",` + toParks + `}`, 422, "type", "Note, Page, Article or Question"},
		{"no community", `{"type":"Note","content":"x","to":"https://www.w3.org/ns/activitystreams#Public"}`, 422, "to", "Name a community"},
		{"two communities", `{"type":"Note","content":"x","to":["https://hub.example/c/parks","https://hub.example/c/closed"]}`, 422, "to", "Name one community"},
		{"reply elsewhere", `{"type":"Note","content":"x","inReplyTo":"` + string(open.URI) + `","to":"https://hub.example/c/closed"}`, 422, "to", "A reply goes"},
		{"reply to nothing", `{"type":"Note","content":"x","inReplyTo":"` + nothing + `"}`, 422, "inReplyTo", noSuchPost},
		{"reply to what is closed", `{"type":"Note","content":"x","inReplyTo":"` + string(hidden.URI) + `"}`, 422, "inReplyTo", noSuchPost},
		{"post in what is closed", `{"type":"Note","content":"x","to":"https://hub.example/c/closed"}`, 403, "", "Join this community"},
		{"post in what is hidden", `{"type":"Note","content":"x","to":"https://hub.example/c/hidden"}`, 422, "to", "Name a community that you know of"},
		{"join what is hidden", `{"type":"Follow","object":"https://hub.example/c/hidden"}`, 422, "object", noSuchCommunity},
		{"no title", `{"type":"Page","content":"x",` + toParks + `}`, 422, "name", "Enter a title"},
		{"title on a reply", `{"type":"Note","name":"x","content":"x","inReplyTo":"` + string(open.URI) + `"}`, 422, "name", "cannot have a title"},
		{"empty reply", `{"type":"Note","content":"<p> </p>","inReplyTo":"` + string(open.URI) + `"}`, 422, "content", "Enter your comment"},
		{"long Markdown", `{"type":"Page","name":"x","source":{"content":"` + long + `","mediaType":"text/markdown"},` + toParks + `}`, 422, "content", "50,000"},
		{"long HTML", `{"type":"Page","name":"x","content":"<p>` + long + `</p>",` + toParks + `}`, 422, "content", "50,000"},
		{"plain text", `{"type":"Page","name":"x","content":"x","mediaType":"text/plain",` + toParks + `}`, 422, "mediaType", "text/html or text/markdown"},
		{"file", `{"type":"Page","name":"x","attachment":{"type":"Document","url":"https://x.example/a.pdf"},` + toParks + `}`, 422, "attachment", "one Link"},
		{"bad link", `{"type":"Page","name":"x","attachment":{"type":"Link","href":"https://u:p@x.example/"},` + toParks + `}`, 422, "attachment", "full web address"},
		{"bad language", `{"type":"Page","name":"x","language":{"identifier":"zz zz"},` + toParks + `}`, 422, "language", "language"},
		{"Update of nothing", `{"type":"Update","object":{"id":"` + nothing + `","type":"Note","content":"x"}}`, 422, "object", noSuchPost},
		{"Update without id", `{"type":"Update","object":{"type":"Note","content":"x"}}`, 422, "object", noSuchPost},
		{"Update of another's", `{"type":"Update","object":{"id":"` + string(open.URI) + `","type":"Note","content":"x"}}`, 403, "", "Only its author"},
		{"Update of what is closed", `{"type":"Update","object":{"id":"` + string(hidden.URI) + `","type":"Note","content":"x"}}`, 422, "object", noSuchPost},
		{"Delete of nothing", `{"type":"Delete","object":"` + nothing + `"}`, 422, "object", noSuchPost},
		{"Delete of another's", `{"type":"Delete","object":"` + string(open.URI) + `","summary":"x"}`, 403, "", "Only its author"},
		{"Delete of what is closed", `{"type":"Delete","object":"` + string(hidden.URI) + `"}`, 422, "object", noSuchPost},
		{"Like of nothing", `{"type":"Like","object":"` + nothing + `"}`, 422, "object", noSuchPost},
		{"Like of what is closed (S180)", `{"type":"Like","object":"` + string(hidden.URI) + `"}`, 422, "object", noSuchPost},
		{"Like without object", `{"type":"Like"}`, 422, "object", noSuchPost},
		{"Block of nothing", `{"type":"Block","object":"https://hub.example/u/ann"}`, 422, "target", noSuchCommunity},
		{"Block by no facilitator (S52)", `{"type":"Block","object":"https://hub.example/u/ann","summary":"x","target":"https://hub.example/c/parks"}`, 403, "", "Only facilitators"},
		{"Add to followers (C42)", `{"type":"Add","object":"` + string(open.URI) + `","target":"https://hub.example/c/parks/followers"}`, 422, "target", "featured or moderators"},
		{"Add by no facilitator (S50)", `{"type":"Add","object":"https://hub.example/u/ben","target":"https://hub.example/c/parks/moderators"}`, 403, "", "Only facilitators"},
		{"Undo of nothing", `{"type":"Undo","object":"https://hub.example/a/0000000000001"}`, 422, "object", "no such activity"},
		{"Undo of another kind", `{"type":"Undo","object":{"type":"Create","object":"` + string(open.URI) + `"}}`, 422, "object", "Only a Like, a Follow, a Block, a Lock, a moothall:ChooseAnswer or a facilitator’s Delete"},
		{"Undo of what was not said", `{"type":"Undo","object":{"type":"Like","object":"` + string(open.URI) + `"}}`, 422, "object", "nothing to undo"},
	} {
		if wrong := ben.send(c.body).isNot(c.status, c.field, c.words); wrong != "" {
			t.Errorf("%s: %s", c.name, wrong)
		}
	}
	h.read(func(ctx context.Context, tx *store.Tx) error {
		n, err := tx.CountOutbox(ctx, ben.who.URI)
		if n != 0 {
			t.Errorf("%d activities are in the log after nothing but refusals", n)
		}
		return err
	})
	ann.send(`{"type":"Like","object":"`+string(open.URI)+`"}`).refused(403, "", "your own post")
}

func TestAPI_OnlyTheOwnersToken(t *testing.T) {
	t.Parallel()
	h, ann, ben, _ := apiHall(t)
	like := `{"type":"Like","object":"https://hub.example/p/0000000000001"}`
	for _, c := range []struct {
		method, path string
	}{{"POST", "/u/ann/outbox"}, {"GET", "/u/ann/outbox"}, {"GET", "/u/ann/inbox"}, {"GET", "/u/nobody/inbox"}} {
		for _, token := range []string{"", "not-a-token", strings.Repeat("x", 4000)} {
			s := (&programOf{hall: h, token: token}).ask(c.method, c.path, activityJSON, like)
			s.refused(http.StatusUnauthorized, "", "token")
			if !strings.HasPrefix(s.header.Get("WWW-Authenticate"), "Bearer ") {
				t.Errorf("%s %s: no WWW-Authenticate", c.method, c.path)
			}
		}
		ben.ask(c.method, c.path, activityJSON, like).refused(http.StatusForbidden, "", "somebody else")
	}
	// A cookie is no token, and a token ends with the account (security.md S166, S240).
	b := h.signedIn("ann")
	if got := b.open("/u/ann/outbox"); got.status != http.StatusUnauthorized {
		t.Errorf("a cookie reads the outbox: %d", got.status)
	}
	h.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.DisableAccount(ctx, ann.who.ID, h.server.Now())
	})
	ann.ask("GET", "/u/ann/outbox", "", "").refused(http.StatusUnauthorized, "", "not valid")
}

func TestAPI_Bounds(t *testing.T) {
	t.Parallel()
	_, _, ben, _ := apiHall(t)
	big := `{"type":"Page","name":"x","content":"` + strings.Repeat("a", maxAPIBody) + `",` + toParks + `}`
	ben.send(big).refused(http.StatusRequestEntityTooLarge, "", "1 MB or less")
	for _, kind := range []string{"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/html", ";"} {
		ben.ask("POST", "/u/ben/outbox", kind, `{"type":"Note","content":"x",`+toParks+`}`).
			refused(http.StatusUnsupportedMediaType, "", "application/activity+json")
	}
	for _, origin := range []string{"Access-Control-Allow-Origin", "Set-Cookie"} {
		if s := ben.send(`{"type":"Note","content":"x",` + toParks + `}`); s.header.Get(origin) != "" {
			t.Errorf("%s is set", origin)
		}
	}
}

func TestAPI_BoxesListEverythingNewestFirst(t *testing.T) {
	t.Parallel()
	h, ann, ben, _ := apiHall(t)
	closed := h.community(ann.who, actions.Charter{Name: "closed", Audience: actors.AudienceMembers, Joining: actors.JoinRequest})
	h.joins(ben.who, closed)
	var last said
	for range boxPage + 3 {
		last = ann.does("Create", `{"type":"Note","content":"<p>x</p>","to":"https://hub.example/c/closed"}`)
	}
	box := func(p *programOf, path string) (ap.Collection, []ap.Activity) {
		t.Helper()
		s := p.ask("GET", path, "", "")
		c, err := ap.ParseCollection([]byte(s.body))
		if err != nil || s.status != 200 || s.header.Get("Cache-Control") != "private, no-store" {
			t.Fatalf("%s: %d %v %v", path, s.status, s.header, err)
		}
		var list []ap.Activity
		for _, raw := range c.Items {
			a, err := ap.ParseActivity(raw)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, a)
		}
		return c, list
	}
	whole, list := box(ann, "/u/ann/outbox")
	if whole.Type != "OrderedCollection" || whole.TotalItems != boxPage+3 || len(list) != boxPage || list[0].ID != last.header.Get("Location") {
		t.Errorf("the outbox is a %s of %d, begins with %s", whole.Type, whole.TotalItems, list[0].ID)
	}
	first, again := box(ann, strings.TrimPrefix(whole.First.ID(), "https://hub.example"))
	if first.Type != "OrderedCollectionPage" || again[0].ID != list[0].ID || first.Next.ID() == "" {
		t.Errorf("the first page is a %s that goes on at %q", first.Type, first.Next.ID())
	}
	second, rest := box(ann, strings.TrimPrefix(first.Next.ID(), "https://hub.example"))
	if len(rest) != 3 || second.Next.ID() != "" || rest[0].ID == again[0].ID {
		t.Errorf("the second page has %d and goes on at %q", len(rest), second.Next.ID())
	}
	in, came := box(ben, "/u/ben/inbox")
	if in.TotalItems != boxPage+3 || came[0].Type != "Announce" {
		t.Errorf("the inbox holds %d, a %s first", in.TotalItems, came[0].Type)
	}
	if _, none := box(ann, "/u/ann/outbox?page=1000000000"); len(none) != 0 {
		t.Errorf("a page far out has %d things", len(none))
	}
}
