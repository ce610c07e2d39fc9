package web

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strings"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/store"
)

// maxAPIBody is how much a program may send at once, in bytes.
const maxAPIBody = 1 << 20

const (
	activityJSON = "application/activity+json"
	problemJSON  = "application/problem+json"
)

// apiProblem is an answer that says why nothing was done (RFC 9457).
type apiProblem struct {
	Status int               `json:"status"`
	Title  string            `json:"title"`
	Detail string            `json:"detail"`
	Code   string            `json:"code,omitempty"`   // rule that stood in the way
	Fields map[string]string `json:"errors,omitempty"` // by name of the field
}

// Error is the sentence that the program is told.
func (p *apiProblem) Error() string { return p.Detail }

func apiSays(status int, detail string) *apiProblem {
	return &apiProblem{Status: status, Title: http.StatusText(status), Detail: detail}
}

// wrongField says what is wrong with one field of what a program sent.
func wrongField(name, words string) error { return content.Problems{name: words} }

// wireNames are the fields of a draft by the names that programs write.
var wireNames = map[string]string{
	"title": "name", "text": "content", "link": "attachment", "kind": "type", "audience": "to", "reason": "summary", "until": "endTime",
}

// problemOf puts an error into the words of the client API.
func problemOf(err error) *apiProblem {
	if p, ok := errors.AsType[*apiProblem](err); ok {
		return p
	}
	if refusal, ok := errors.AsType[*actions.Refusal](err); ok {
		p := apiSays(http.StatusForbidden, refusal.Words)
		p.Code = refusal.Code
		return p
	}
	problems, ok := errors.AsType[content.Problems](err)
	if !ok {
		return apiSays(http.StatusInternalServerError, "Sorry, there is a problem with the service.")
	}
	p := apiSays(http.StatusUnprocessableEntity, "")
	p.Fields = make(map[string]string, len(problems))
	for name, words := range problems {
		if wire, ok := wireNames[name]; ok {
			name = wire
		}
		p.Fields[name] = words
	}
	p.Detail = content.Problems(p.Fields).Error()
	return p
}

// owner says whose token a request shows. It must be the one that the address
// names: nobody posts or reads for somebody else.
func (s *Server) owner(v *visit) (store.Person, error) {
	token, ok := bearer(v.r)
	if !ok {
		return store.Person{}, apiSays(http.StatusUnauthorized, "Show a token: Authorization: Bearer …")
	}
	ctx := v.ctx()
	var who store.Person
	err := s.DB.Read(ctx, func(tx *store.Tx) (err error) {
		who, err = tx.PersonByToken(ctx, actions.HashSecret(token))
		return err
	})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return who, apiSays(http.StatusUnauthorized, "This token is not valid, or no longer.")
	case err == nil && who.Profile.Name != v.param("name"):
		return who, apiSays(http.StatusForbidden, "This token belongs to somebody else.")
	}
	return who, err
}

// bearer is the token of a request (RFC 6750 2.1).
func bearer(r *http.Request) (string, bool) {
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	token = strings.TrimSpace(token)
	return token, ok && strings.EqualFold(scheme, "Bearer") && token != ""
}

// api answers a program that shows the token of the person it acts for.
func (s *Server) api(run func(v *visit, who store.Person) error) handler {
	return func(v *visit) error {
		v.w.Header().Set("Cache-Control", "private, no-store")
		v.w.Header().Set("Vary", "Authorization, Accept")
		who, err := s.owner(v)
		if err == nil {
			err = run(v, who)
		}
		if err != nil {
			s.apiFails(v, err)
		}
		return nil
	}
}

func (s *Server) apiFails(v *visit, err error) {
	p := problemOf(err)
	switch p.Status {
	case http.StatusInternalServerError:
		s.Log.ErrorContext(v.ctx(), "client API failed", slog.String("path", v.r.URL.Path), slog.Any("err", err))
	case http.StatusUnauthorized:
		v.w.Header().Set("WWW-Authenticate", `Bearer realm="`+s.Site.Host+`"`)
	}
	body, err := json.Marshal(p)
	if err != nil { // text and numbers always have a JSON form
		body = nil
	}
	sendJSON(v, p.Status, problemJSON, body)
}

func sendJSON(v *visit, status int, kind string, body []byte) {
	v.w.Header().Set("Content-Type", kind)
	v.w.WriteHeader(status)
	if v.r.Method != http.MethodHead {
		_, _ = v.w.Write(body) // a program that has gone away is told nothing
	}
}

// command is what a program asks to have done, in one transaction.
type command struct {
	ctx   context.Context
	tx    *store.Tx
	who   actors.Actor
	draft ap.Activity
	s     *Server
}

func (q command) viewer() actors.Viewer { return actors.Viewer{Actor: q.who.ID, Local: true} }

// verb is one kind of activity that programs may send.
type verb struct {
	// before fetches what is needed from elsewhere, with no transaction open.
	before func(ctx context.Context, s *Server, who actors.Actor, draft ap.Activity) error
	do     func(q command) (actors.Activity, error)
}

var verbs = map[string]verb{
	"Create": {meetNamed, command.create},
	"Update": {meetUpdated, command.update},
	"Delete": {nil, command.remove},
	"Like":   {nil, command.like},
	"Follow": {meetFollowed, command.follow},
	"Add":    {nil, command.add},
	"Remove": {nil, command.takeOut},
	"Block":  {nil, command.block},
	"Lock":   {nil, command.lock},
	"Flag":   {nil, command.flag},
	"Undo":   {nil, command.undo},

	"moothall:ChooseAnswer": {nil, command.chooseAnswer},
}

// postOutbox does what a program asks for, as the forms do (ActivityPub 6).
func (s *Server) postOutbox(v *visit, who store.Person) error {
	draft, err := readDraft(v, who.Profile)
	if err != nil {
		return err
	}
	known, ok := verbs[draft.Type]
	if !ok {
		return wrongField("type", "Send a Create, Update, Delete, Like, Follow, Add, Remove, Block, Lock, Flag, moothall:ChooseAnswer or Undo, or a Note, Page, Article or Question")
	}
	ctx := v.ctx()
	if known.before != nil {
		if err := known.before(ctx, s, who.Profile, draft); err != nil {
			return err
		}
	}
	var act actors.Activity
	err = s.DB.Write(ctx, func(tx *store.Tx) (err error) {
		act, err = known.do(command{ctx, tx, who.Profile, draft, s})
		return err
	})
	if err != nil {
		return err
	}
	v.w.Header().Set("Location", string(act.URI))
	sendJSON(v, http.StatusCreated, activityJSON, act.Body)
	return nil
}

// readDraft reads an activity, or an object that it wraps in a Create. Ids that
// the program made up are passed over.
func readDraft(v *visit, who actors.Actor) (ap.Activity, error) {
	if kind, _, err := mime.ParseMediaType(v.r.Header.Get("Content-Type")); err != nil ||
		kind != activityJSON && kind != "application/ld+json" && kind != "application/json" {
		return ap.Activity{}, apiSays(http.StatusUnsupportedMediaType, "Send application/activity+json.")
	}
	raw, err := io.ReadAll(http.MaxBytesReader(v.w, v.r.Body, maxAPIBody))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return ap.Activity{}, apiSays(http.StatusRequestEntityTooLarge, "The document must be 1 MB or less.")
	}
	if err != nil {
		return ap.Activity{}, apiSays(http.StatusBadRequest, "The document did not arrive whole.")
	}
	draft, err := ap.ParseDraft(raw)
	if err != nil {
		return draft, apiSays(http.StatusBadRequest, "The document cannot be read: "+err.Error())
	}
	if content.Readable(draft.Type) {
		draft = ap.Activity{
			Type: "Create", Actor: draft.Actor, To: draft.To, Cc: draft.Cc, Audience: draft.Audience,
			Object: ap.InnerOf(draft.Raw), Raw: draft.Raw,
		}
	}
	if draft.Actor != "" && draft.Actor != string(who.URI) {
		return draft, apiSays(http.StatusForbidden, "The actor is somebody else.")
	}
	return draft, nil
}
