package web

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"moothall/actions"
	"moothall/actors"
	"moothall/blobs"
	"moothall/federation/remote"
	"moothall/library"
	"moothall/store"
	"moothall/templates"
)

// Server answers people. It must not be copied once in use.
type Server struct {
	DB      *store.DB
	Site    actions.Site
	Actions *actions.Actions
	Pages   *templates.Set
	Remote  *remote.Client   // finds communities elsewhere
	Files   *blobs.Store     // keeps the bytes of what people share
	Library *library.Library // fetches files of documents elsewhere
	// Decide says what the rules say about a host.
	Decide func(host string, p actors.Purpose) actors.Decision
	// Release lets a held activity through. nil: held activities can be refused only.
	Release func(ctx context.Context, id actors.ID) error
	Mode    actors.Mode // for hosts that no rule names, until an admin chooses
	Now     func() time.Time
	Log     *slog.Logger
	IDs     *actors.IDs
	Version string // of the program, for administrators
	// Development serves plain HTTP: cookies are not marked Secure.
	Development bool

	hashing   slots
	searching slots
	fetches   spending[actors.ID]
	senders   senders[actors.ID]
	guests    spending[actors.ID]
	checks    senders[string]  // by address
	checked   spending[string] // by account, or by address
	comparing slots
	visitors  visitors
	reading   slots
}

// access says who may use a route.
type access int

const (
	program  access = iota // answers programs: cookies and form tokens are not looked at (security.md S240)
	visitor                // strangers too, whose form may hold a file: see openForm
	anyone                 // strangers too
	signedIn               // people with an account here
	sender                 // the same, whose form may hold a file: see openForm
	admin                  // those who run this node
	proved                 // the same, with a password given a short while ago (security.md S169)
)

// handler answers one visit, or says in an error why it cannot.
type handler func(v *visit) error

// route is one line of the map.
type route struct {
	method string
	path   string
	needs  access
	run    handler
}

const (
	get  = http.MethodGet
	post = http.MethodPost
)

// routes is the whole map. GET never writes (security.md S147).
func (s *Server) routes() []route {
	return []route{
		// signin.go
		{get, "/sign-in", anyone, s.signInPage},
		{post, "/sign-in", anyone, s.signIn},
		{get, "/sign-out", anyone, s.signOutPage},
		{post, "/sign-out", anyone, s.signOut},
		{get, "/forgotten-password", anyone, s.forgottenPassword},
		// home.go, find.go, join.go
		{get, "/", anyone, s.showHome},
		{get, "/communities", anyone, s.showCommunities},
		{get, "/communities/find", signedIn, s.showFound},
		{post, "/communities/find", signedIn, s.findTyped},
		{get, "/join", signedIn, s.showJoin},
		{post, "/join", signedIn, s.joinCommunity},
		{get, "/c/{name}/leave", signedIn, s.showLeave},
		{post, "/c/{name}/leave", signedIn, s.leaveCommunity},
		// search.go
		{get, "/search", anyone, s.showSearch},
		// community.go, facilitate.go
		{get, "/communities/new", signedIn, s.showStart},
		{post, "/communities/new", signedIn, s.postStart},
		{get, "/c/{name}", anyone, s.showCommunity},
		{post, "/c/{name}/join-from", anyone, s.joinFrom},
		{get, "/c/{name}/members", signedIn, s.showMembers},
		{post, "/c/{name}/members", signedIn, s.answerRequest},
		{get, "/c/{name}/move", signedIn, s.showMoveCommunity},
		{post, "/c/{name}/move", signedIn, s.moveCommunity},
		{get, "/c/{name}/settings", signedIn, s.showSettings},
		{post, "/c/{name}/settings", signedIn, s.postSettings},
		// moderate.go, guests.go, bids.go
		{get, "/c/{name}/members/{person}", signedIn, s.showMember},
		{post, "/c/{name}/members/{person}", signedIn, s.changeMember},
		{get, "/c/{name}/members/{person}/remove", signedIn, s.showRemoveMember},
		{post, "/c/{name}/members/{person}/remove", signedIn, s.removeMember},
		{get, "/c/{name}/invite", signedIn, s.showInvite},
		{post, "/c/{name}/invite", signedIn, s.postInvite},
		{get, "/c/{name}/invitations", signedIn, s.showBids},
		{post, "/c/{name}/invitations", signedIn, s.postBids},
		{post, "/p/{id}/pin", signedIn, s.pinDiscussion},
		{post, "/p/{id}/answer", signedIn, s.markAnswer},
		// decisions.go, lock.go
		{get, "/c/{name}/decisions", signedIn, s.showDecisions},
		{post, "/p/{id}/restore", signedIn, s.restorePost},
		{get, "/p/{id}/lock", signedIn, s.showLock},
		{post, "/p/{id}/lock", signedIn, s.lockPost},
		// copies.go
		{get, "/p/{id}/copies", signedIn, s.showCopies},
		{get, "/p/{id}/copies/{host}", signedIn, s.sendReceipt},
		{get, "/c/{name}/ended", signedIn, s.showEnded},
		{get, "/c/{name}/ended/{host}", signedIn, s.sendEndedReceipt},
		// compose.go, discussion.go, edit.go
		{get, "/c/{name}/new", signedIn, s.showCompose},
		{post, "/c/{name}/new", signedIn, s.postDiscussion},
		{get, "/p/{id}", anyone, s.showPost},
		{get, "/p/{id}/reply", signedIn, s.showReply},
		{post, "/p/{id}/reply", signedIn, s.postReply},
		{post, "/p/{id}/useful", signedIn, s.markUseful},
		{get, "/p/{id}/edit", signedIn, s.showEdit},
		{post, "/p/{id}/edit", signedIn, s.postEdit},
		{get, "/p/{id}/delete", signedIn, s.showDelete},
		{post, "/p/{id}/delete", signedIn, s.postDelete},
		// share.go, upload.go
		{get, "/c/{name}/share", signedIn, s.showShare},
		{post, "/c/{name}/share", sender, s.receiveFile},
		{get, "/uploads", signedIn, s.showUploads},
		{get, "/uploads/{id}", signedIn, s.showUpload},
		{post, "/uploads/{id}", signedIn, s.shareUpload},
		{post, "/uploads/{id}/clean", signedIn, s.cleanUpload},
		{post, "/uploads/{id}/delete", signedIn, s.deleteUpload},
		// document.go
		{get, "/d/{name}/new-version", signedIn, s.showNewVersion},
		{post, "/d/{name}/new-version", sender, s.receiveVersion},
		{get, "/d/{name}/edit", signedIn, s.showEditDocument},
		{post, "/d/{name}/edit", signedIn, s.editDocument},
		{get, "/d/{name}/withdraw", signedIn, s.showWithdraw},
		{post, "/d/{name}/withdraw", signedIn, s.withdraw},
		{get, "/d/{name}/v/{n}/withdraw", signedIn, s.showWithdraw},
		{post, "/d/{name}/v/{n}/withdraw", signedIn, s.withdraw},
		{get, "/d/{name}/review", signedIn, s.showReview},
		{post, "/d/{name}/review", signedIn, s.stillCurrent},
		{get, "/d/{name}/hand-over", signedIn, s.showHandOver},
		{post, "/d/{name}/hand-over", signedIn, s.handOver},
		// paper.go, paper_file.go
		{get, "/d/{name}", anyone, s.showDocument},
		{post, "/d/{name}/save", signedIn, s.saveDocument},
		{post, "/p/{id}/save", signedIn, s.saveDocument},
		// copy.go
		{get, "/p/{id}/copy", signedIn, s.showCopy},
		{post, "/p/{id}/copy", signedIn, s.saveCopy},
		{get, "/d/{name}/v/{n}", anyone, s.showDocument},
		{get, "/p/{id}/v/{n}", anyone, s.showDocument},
		{get, "/d/{name}/v/{n}/file", anyone, s.openFile},
		{get, "/p/{id}/v/{n}/file", anyone, s.openFile},
		// format.go
		{get, "/d/{name}/format", anyone, s.showAskFormat},
		{post, "/d/{name}/format", signedIn, s.askFormat},
		{get, "/p/{id}/format", anyone, s.showAskFormat},
		{post, "/p/{id}/format", signedIn, s.askFormat},
		{get, "/d/{name}/figures", signedIn, s.showFigures}, // figures.go
		{get, "/d/{name}/formats/{request}", signedIn, s.showAnswerFormat},
		{post, "/d/{name}/formats/{request}", signedIn, s.answerFormat},
		// bookshelf.go
		{get, "/library", signedIn, s.showMyLibrary},
		{get, "/c/{name}/library", anyone, s.showLibrary},
		// paper_text.go, check_file.go
		{get, "/d/{name}/v/{n}/text", anyone, s.showText},
		{get, "/p/{id}/v/{n}/text", anyone, s.showText},
		{get, "/d/{name}/v/{n}/record.json", anyone, s.sendRecord},
		{get, "/d/{name}/compare", anyone, s.showComparison},
		{get, "/p/{id}/compare", anyone, s.showComparison},
		{get, "/d/{name}/v/{n}/cite", anyone, s.showCite},
		{get, "/p/{id}/v/{n}/cite", anyone, s.showCite},
		{get, "/d/{name}/v/{n}/cite.{format}", anyone, s.sendCite},
		{get, "/p/{id}/v/{n}/cite.{format}", anyone, s.sendCite},
		{get, "/check-file", anyone, s.showCheckFile},
		{post, "/check-file", visitor, s.checkFile},
		// report.go, reports.go
		{get, "/p/{id}/report", anyone, s.showReportPost},
		{post, "/p/{id}/report", signedIn, s.reportPost},
		{get, "/u/{name}/report", anyone, s.showReportPerson},
		{post, "/u/{name}/report", signedIn, s.reportPerson},
		{get, "/reports", signedIn, s.showReports},
		{get, "/reports/{id}", signedIn, s.showReport},
		{post, "/reports/{id}", signedIn, s.decideReport},
		// person.go
		{get, "/u/{name}", anyone, s.showPerson},
		{get, "/notifications", signedIn, s.showNotifications},
		{post, "/notifications", signedIn, s.markSeen},
		// api.go
		{post, "/u/{name}/outbox", program, s.api(s.postOutbox)},
		{get, "/u/{name}/outbox", program, s.api(s.getOutbox)},
		{get, "/u/{name}/inbox", program, s.api(s.getInbox)},
		// invited.go, invitation.go
		{get, "/invited/{secret}", anyone, s.showInvited},
		{post, "/invited/{secret}", anyone, s.takeUp},
		{post, "/c/{name}/decline", signedIn, s.sayNo},
		{get, "/join/{secret}", anyone, s.showInvitation},
		{post, "/join/{secret}", anyone, s.acceptInvitation},
		// settings.go
		{get, "/settings", signedIn, s.showProfile},
		{post, "/settings", signedIn, s.saveProfile},
		{get, "/settings/password", signedIn, s.showPassword},
		{post, "/settings/password", signedIn, s.changePassword},
		{get, "/settings/move", signedIn, s.showMove},
		{post, "/settings/move", signedIn, s.move},
		{get, "/settings/devices", signedIn, s.showDevices},
		{post, "/settings/devices", signedIn, s.endDevices},
		// admin.go, admin_files.go
		{get, "/admin", admin, s.overview},
		{get, "/admin/contact", admin, s.showContact},
		{post, "/admin/contact", proved, s.saveContact},
		{get, "/admin/policy", admin, s.showPolicy},
		{post, "/admin/policy", proved, s.savePolicy},
		{get, "/admin/files", admin, s.showAdminFiles},
		{post, "/admin/files", proved, s.saveAdminFiles},
		// admin_people.go
		{get, "/admin/people", admin, s.listAccounts},
		{get, "/admin/people/{name}", admin, s.showAccount},
		{post, "/admin/people/{name}", proved, s.changeAccount},
		{get, "/admin/invitations", admin, s.listInvitations},
		{post, "/admin/invitations", proved, s.invite},
		// admin_connections.go, admin_refused.go
		{get, "/admin/connections", admin, s.listConnections},
		{post, "/admin/connections", proved, s.decideConnection},
		{get, "/admin/connections/new", admin, s.newConnection},
		{get, "/admin/connections/{host}", admin, s.showConnection},
		{post, "/admin/connections/{host}/try", admin, s.tryConnection},
		{get, "/admin/refused", admin, s.listRefused},
		{post, "/admin/refused", admin, s.decideHeld},
		// info.go
		{get, "/help", anyone, s.help},
		{get, "/contact", anyone, s.contact},
		{get, "/accessibility", anyone, s.accessibility},
		{get, "/privacy", anyone, s.privacy},
		{get, "/cookies", anyone, s.cookies},
		{get, "/complain", anyone, s.complain},
	}
}

// Pages are the paths of all pages that people open, as in routes, for whoever
// wants to look at each.
func Pages() (paths []string) {
	for _, x := range new(Server).routes() {
		if x.method == get && x.needs != program {
			paths = append(paths, x.path)
		}
	}
	return paths
}

// Routes is everything this package answers, with its map. What it does not know is
// a page that says so.
func (s *Server) Routes() chi.Router {
	s.hashing.open(hashesAtOnce, hashesWaiting)
	s.searching.open(searchesAtOnce, searchesWaiting)
	s.comparing.open(comparesAtOnce, comparesWaiting)
	s.reading.open(textsAtOnce, textsWaiting)
	r := chi.NewRouter()
	r.Use(s.guard, middleware.GetHead)
	r.Handle(templates.AssetsPath+"*", assets(templates.Assets()))
	for _, x := range s.routes() {
		r.Method(x.method, x.path, s.page(x.needs, x.run))
	}
	r.NotFound(s.page(anyone, func(*visit) error { return store.ErrNotFound }))
	r.MethodNotAllowed(s.page(program, func(v *visit) error { return s.wrongMethod(v, r) }))
	return apart{r}
}

// apart lets a router start afresh behind another one, whose routes chi would
// otherwise take for its own when it looks whether a HEAD is a GET.
type apart struct{ chi.Router }

// ServeHTTP answers as if nothing had been looked up yet.
func (a apart) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithValue(r.Context(), chi.RouteCtxKey, (*chi.Context)(nil))
	a.Router.ServeHTTP(w, r.WithContext(ctx))
}
