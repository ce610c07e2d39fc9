package serve

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"moothall/actions"
	"moothall/actors"
	"moothall/blobs"
	"moothall/federation/ap"
	"moothall/store"
)

// Serve answers other servers and programs. It must not be copied once in use.
type Serve struct {
	DB   *store.DB
	Site actions.Site
	Keys *actions.Keyring // signs the heads of logs
	// Files has the bytes of documents; nil hands out none.
	Files *blobs.Store
	// Decide says whether a host may read what is not public; nil lets none.
	Decide func(host string, p actors.Purpose) actors.Decision
	// Verify says who signed a request with this body. An error or an empty address
	// means that nobody did. nil believes no signature.
	Verify func(r *http.Request, body []byte) (Signature, error)
	// MayAsk counts a request for a member token and says whether it is one too many;
	// nil counts none.
	MayAsk func(who actors.URI) bool
	// IsMember asks the home of a closed community elsewhere whether somebody is a
	// member now, and keeps the answer for a while (protocol.md 8.11). An error is
	// a no. It is called with no transaction open; nil knows nobody.
	IsMember          func(ctx context.Context, group actors.Community, who actors.URI) (bool, error)
	Version           string
	Now               func() time.Time
	IDs               *actors.IDs // of member tokens
	OpenRegistrations bool
	// AuthorizedFetch keeps everything but discovery and actors from those who
	// do not sign (protocol.md 3.4).
	AuthorizedFetch bool

	counts counts
	texts  turns
}

// Signature is what a request was signed with.
type Signature struct {
	By    actors.URI
	Key   string // thumbprint of the key
	Token bool   // it covers the Authorization header
}

// question is what is asked, and by whom, on one moment of the database.
type question struct {
	ctx    context.Context
	tx     *store.Tx
	viewer actors.Viewer
	signer actors.URI // who signed; empty for the anonymous public
	from   actors.URI // who signed, be they a partner or not
	name   string     // name or id in the path
	number int        // of a version, in the path
	paper  bool       // the path is that of a document
	query  url.Values
	holds  []string // tags of answers that the one who asks has already (If-None-Match)
}

// finder finds an answer; store.ErrNotFound when there is none for this viewer.
type finder func(q question) (reply, error)

// route is one kind of document.
type route struct {
	find finder
	// open documents are read unsigned even under authorized fetch.
	open bool
	// owned documents hold more for an owner who shows a token; pages answer those.
	owned bool
	// personal documents hold more for some than for others, so the signature is
	// looked at first and not only when the anonymous public may read nothing.
	personal bool
	// plain documents depend on nothing but the viewer: whoever reads as the public
	// reads what the public reads, though they sign.
	plain bool
	// signed documents are for those who sign and nobody else.
	signed bool
	// file is a file, whatever the Accept header says: who signs gets it here, all
	// others have a page at the same address.
	file bool
	// heavy documents are found in turns.
	heavy bool
}

func (s *Serve) documents() map[string]route {
	return map[string]route{
		"/":                    {find: s.instance, open: true},
		"/outbox":              {find: s.instanceOutbox},
		"/u/{name}":            {find: s.person, open: true},
		"/u/{name}/followers":  {find: s.personFollowers},
		"/u/{name}/following":  {find: s.personFollowing},
		"/u/{name}/featured":   {find: s.personFeatured},
		"/u/{name}/outbox":     {find: s.personOutbox, owned: true},
		"/c/{name}":            {find: s.community, open: true},
		"/c/{name}/followers":  {find: s.communityFollowers, personal: true},
		"/c/{name}/moderators": {find: s.moderators},
		"/c/{name}/featured":   {find: s.featured, personal: true},
		"/c/{name}/outbox":     {find: s.communityOutbox, personal: true},
		"/c/{name}/log":        {find: s.log},
		"/p/{name}":            {find: s.post},
		"/p/{name}/context":    {find: s.conversation, personal: true, plain: true},
		"/p/{name}/replies":    {find: s.replies, personal: true, plain: true},
		"/a/{name}":            {find: s.activity},

		"/d/{name}":            {find: s.post},
		"/d/{name}/context":    {find: s.conversation, personal: true, plain: true},
		"/d/{name}/replies":    {find: s.replies, personal: true, plain: true},
		"/d/{name}/history":    {find: s.paperHistory},
		"/d/{name}/v/{number}": {find: s.version},

		"/d/{name}/v/{number}/file": {find: s.file, file: true, personal: true},
		"/d/{name}/v/{number}/text": {find: s.text, file: true, heavy: true},

		"/d/{name}/context/history":           {find: s.conversationHistory, personal: true, plain: true},
		"/p/{name}/context/history":           {find: s.conversationHistory, personal: true, plain: true},
		"/c/{name}/followers_synchronization": {find: s.communitySynchronization, signed: true},
		"/u/{name}/followers_synchronization": {find: s.personSynchronization, signed: true},
	}
}

// Routes answers discovery, and every id for those who want ActivityStreams. All
// else goes to pages: browsers, what is posted, and programs that show a token
// to read an inbox or outbox of their own.
func (s *Serve) Routes(pages http.Handler) chi.Router {
	if pages == nil {
		pages = http.NotFoundHandler()
	}
	r := chi.NewRouter()
	r.NotFound(pages.ServeHTTP)
	r.MethodNotAllowed(notAllowed("GET, HEAD"))
	for path, h := range map[string]http.HandlerFunc{
		"/.well-known/webfinger": s.WebFinger,
		"/.well-known/host-meta": s.HostMeta,
		"/.well-known/nodeinfo":  s.NodeInfoLinks,
		"/nodeinfo/2.0":          s.NodeInfo("2.0"),
		"/nodeinfo/2.1":          s.NodeInfo("2.1"),
	} {
		r.Get(path, h)
		r.Head(path, h)
	}
	for path, doc := range s.documents() {
		r.Handle(path, s.negotiate(doc, pages))
	}
	r.HandleFunc("/c/{name}/member-token", s.memberToken)
	for _, path := range []string{"/inbox", "/u/{name}/inbox", "/c/{name}/inbox"} {
		r.Handle(path, inbox(pages))
	}
	return r
}

// negotiate chooses between the document and the page at one address.
func (s *Serve) negotiate(doc route, pages http.Handler) http.HandlerFunc {
	answer := s.answer(doc)
	return func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodPost, doc.owned && r.Header.Get("Authorization") != "":
			pages.ServeHTTP(w, r)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			notAllowed("GET, HEAD, POST")(w, r)
		case !doc.file && WantsJSON(r), doc.file && r.Header.Get("Signature") != "":
			answer(w, r)
		default:
			w.Header().Add("Vary", "Accept")
			pages.ServeHTTP(w, r)
		}
	}
}

// inbox leaves what is posted to others, and an owner's reading.
func inbox(pages http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		isRead := r.Method == http.MethodGet || r.Method == http.MethodHead
		if r.Method == http.MethodPost || isRead && r.Header.Get("Authorization") != "" {
			pages.ServeHTTP(w, r)
			return
		}
		notAllowed("POST")(w, r)
	}
}

// answer finds a document for the anonymous public and, where that may not read
// it, for the one who signed: most requests are for what is public, and a
// signature may need a key fetched first.
func (s *Serve) answer(doc route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Vary", varyDocuments)
		signed := r.Header.Get("Signature") != "" && s.Verify != nil
		mustSign := s.mustSign(doc)
		var who asker
		if signed && (doc.personal || mustSign) {
			who, signed = s.whoAsks(r), false
		}
		if mustSign {
			if err := who.mayFetch(); err != nil {
				fail(w, r, err)
				return
			}
		}
		found, err := s.find(r, doc, who)
		if signed && errors.Is(err, store.ErrNotFound) {
			if who = s.whoAsks(r); who.isPartner {
				found, err = s.find(r, doc, who)
			}
		}
		found, err = s.orForMember(r, doc, who, found, err)
		if err != nil {
			fail(w, r, err)
			return
		}
		w.Header().Set("Cache-Control", cachePublic)
		if found.private || found.status == http.StatusGone {
			w.Header().Set("Cache-Control", cachePrivate)
		}
		if found.file != nil {
			found.file.as.MayRead = func(ctx context.Context) error { return s.mayStillRead(r.WithContext(ctx), doc, who) }
			s.sendFile(w, r, found.file)
			return
		}
		if found.status == 0 {
			found.status = http.StatusOK
		}
		if found.kind == "" {
			found.kind = activityJSON
		}
		sendReply(w, r, found.kind, found)
	}
}

// mustSign says whether nothing of this kind is for those who do not sign.
func (s *Serve) mustSign(doc route) bool { return doc.signed || s.AuthorizedFetch && !doc.open }

// find asks for a document on one moment of the database.
func (s *Serve) find(r *http.Request, doc route, who asker) (found reply, err error) {
	ctx := r.Context()
	if doc.heavy {
		done, err := s.texts.take(ctx)
		if err != nil {
			return found, err
		}
		defer done()
	}
	err = s.DB.Read(ctx, func(tx *store.Tx) error {
		q := question{ctx: ctx, tx: tx, name: chi.URLParam(r, "name"), query: r.URL.Query(), from: who.uri}
		q.number, q.paper = versionNumber(chi.URLParam(r, "number")), strings.HasPrefix(r.URL.Path, "/d/")
		if who.isPartner {
			q.signer = who.uri
			if q.viewer, err = viewerOf(ctx, tx, who.uri); err != nil {
				return err
			}
			q.viewer.MemberOf = who.memberOf
		}
		private := doc.signed || who.isPartner && !(doc.plain && q.viewer == actors.Viewer{})
		if !private {
			q.holds = r.Header.Values("If-None-Match")
		}
		found, err = doc.find(q)
		if errors.Is(err, ap.ErrKept) {
			err = store.ErrNotFound
		}
		found.private = private
		return err
	})
	if err == nil {
		err = found.decode()
	}
	return found, err
}

// orForMember is what was found, or what is for somebody for whom the home of a
// community elsewhere speaks first. Whatever comes of that, one who is no member is
// told nothing else than that there is no such document.
func (s *Serve) orForMember(r *http.Request, doc route, who asker, found reply, err error) (reply, error) {
	home := (*atHome)(nil)
	if !errors.As(err, &home) {
		return found, err
	}
	if !s.isMember(r, who, home.group) {
		return reply{}, store.ErrNotFound
	}
	who.memberOf = home.group.ID
	return s.find(r, doc, who)
}

// mayStillRead is an error where whoever began to read a file may not begin again.
func (s *Serve) mayStillRead(r *http.Request, doc route, who asker) error {
	if who.uri != "" {
		who = s.standing(who)
	}
	if s.mustSign(doc) {
		if err := who.mayFetch(); err != nil {
			return err
		}
	}
	found, err := s.find(r, doc, who)
	_, err = s.orForMember(r, doc, who, found, err)
	return err
}
