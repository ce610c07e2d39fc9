package fedtest

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"moothall/federation/node"
)

// Every route of a node has a line in leakRoutes, or TestC48_C49_EXT4_NothingLeaks
// fails. To add a route, add its pattern with the names of its parts left out, as
// "/p/{}/copy", and say with what each part is filled:
//
//	community, post, paper (a document of the node by its name), copy (one from
//	    elsewhere by its post), upload, report, act (an activity)
//	    all there are on the node that is asked. Whoever may not read them is to be
//	    answered in the same bytes as for one that does not exist.
//	member   the id of a member
//	=words   the words, one after the other where a | parts them: nothing secret
//
// A route with a query takes more: what is in braces there is filled too. {word} is
// one of the words that were planted, {name} the name of the community, {post} and
// {paper} as above. Where POST reads fields that are not in everyForm, give form.
//
// The test fails as well where no member is shown anything else than for what does
// not exist, since it could find no leak there. Where that is as it should be, say
// why in nobody.
type leakRoute struct {
	parts  []string
	more   []string
	form   url.Values
	nobody string
}

func parts(list ...string) []string { return list }

var (
	ofCommunity = leakRoute{parts: parts("community")}
	ofPost      = leakRoute{parts: parts("post")}
	ofPaper     = leakRoute{parts: parts("paper")}
	ofVersion   = leakRoute{parts: parts("paper", "=1|2")}
	ofCopy      = leakRoute{parts: parts("copy", "=1|2")}
	ofPerson    = leakRoute{parts: parts("=ann|bob|dee|rex|nan|bob@south.example|dee@west.example")}
	// open routes name nothing that could be secret.
	open = leakRoute{}
)

var leakRoutes = map[string]leakRoute{
	// The node itself.
	"/healthz": open, "/assets/*": open,
	"/inbox": open, "/u/{}/inbox": ofPerson, "/c/{}/inbox": {parts: parts("community"), nobody: "what is posted is in TestS194"},

	// For other servers.
	"/.well-known/host-meta": open, "/.well-known/nodeinfo": open, "/nodeinfo/2.0": open, "/nodeinfo/2.1": open,
	"/.well-known/webfinger": {
		more:   []string{"?resource=acct:{name}@north.example", "?resource=https%3A%2F%2Fnorth.example%2Fc%2F{name}", "?resource=acct:{name}@south.example"},
		nobody: "nobody signs WebFinger, and members know the address",
	},
	"/outbox":         open,
	"/u/{}/followers": ofPerson, "/u/{}/following": ofPerson, "/u/{}/featured": ofPerson, "/u/{}/outbox": ofPerson,
	"/u/{}/followers_synchronization": ofPerson,
	"/c/{}/followers":                 {parts: parts("community"), more: []string{"?is_follower=https%3A%2F%2Fsouth.example%2Fu%2Fbob"}},
	"/c/{}/moderators":                ofCommunity, "/c/{}/featured": ofCommunity, "/c/{}/outbox": ofCommunity,
	"/c/{}/log":                       {parts: parts("community"), more: []string{"?after=0&chain=members", "?after=0&chain=public"}},
	"/c/{}/followers_synchronization": ofCommunity,
	"/c/{}/member-token":              {parts: parts("community"), nobody: "whom it gives a token is in TestS186_HomeGivesTokensToMembersOnly"},
	"/p/{}/context":                   ofPost, "/p/{}/replies": ofPost, "/p/{}/context/history": ofPost,
	"/d/{}/context": ofPaper, "/d/{}/replies": ofPaper, "/d/{}/context/history": ofPaper, "/d/{}/history": ofPaper,
	"/a/{}": {parts: parts("act")},

	// signin.go, home.go, find.go, join.go, search.go
	"/sign-in":            {more: []string{"?next=%2Fc%2F{name}", "?next=%2Fp%2F{post}"}, nobody: "it repeats where to go on"},
	"/sign-out":           open,
	"/forgotten-password": open,
	"/":                   open,
	"/communities":        {more: []string{"?q={name}", "?q={word}"}},
	"/communities/find":   {more: []string{"?address={name}%40north.example", "?address=https%3A%2F%2Fnorth.example%2Fc%2F{name}"}},
	"/join":               {more: []string{"?address=https%3A%2F%2Fnorth.example%2Fc%2F{name}"}},
	"/search":             {more: []string{"?q={word}", "?q={word}&kind=document", "?q=%22{word}+board%22", "?q={word}&community={name}"}},
	"/c/{}/leave":         ofCommunity,

	// community.go, facilitate.go, moderate.go, decisions.go, lock.go
	"/communities/new":        open,
	"/c/{}":                   ofCommunity,
	"/c/{}/join-from":         {parts: parts("community"), form: url.Values{"home": {"kent.example"}, "address": {"kent.example"}}},
	"/c/{}/members":           ofCommunity,
	"/c/{}/move":              ofCommunity,
	"/c/{}/settings":          ofCommunity,
	"/c/{}/members/{}":        {parts: parts("community", "member")},
	"/c/{}/members/{}/remove": {parts: parts("community", "member")},
	"/c/{}/invite":            ofCommunity,
	"/c/{}/invitations":       ofCommunity,
	"/c/{}/decline":           {parts: parts("community"), nobody: "it leads to the notifications"},
	"/c/{}/decisions":         ofCommunity,
	"/p/{}/pin":               ofPost,
	"/p/{}/answer":            ofPost,
	"/p/{}/restore":           ofPost,
	"/p/{}/copies":            ofPost,
	"/p/{}/copies/{}":         {parts: parts("post", "=north.example|south.example|west.example")},
	"/c/{}/ended":             ofCommunity,
	"/c/{}/ended/{}":          {parts: parts("community", "=south.example|west.example")},
	"/p/{}/lock":              ofPost,

	// compose.go, discussion.go, edit.go
	"/c/{}/new": ofCommunity, "/p/{}": ofPost, "/p/{}/reply": ofPost, "/p/{}/useful": ofPost, "/p/{}/edit": ofPost, "/p/{}/delete": ofPost,

	// share.go, upload.go, document.go
	"/c/{}/share":       ofCommunity,
	"/uploads":          open,
	"/uploads/{}":       {parts: parts("upload")},
	"/uploads/{}/clean": {parts: parts("upload")}, "/uploads/{}/delete": {parts: parts("upload")},
	"/d/{}/new-version": ofPaper, "/d/{}/edit": ofPaper, "/d/{}/withdraw": ofPaper, "/d/{}/v/{}/withdraw": ofVersion,
	"/d/{}/review": ofPaper, "/d/{}/hand-over": ofPaper,

	// paper.go, paper_file.go, paper_text.go, bookshelf.go, check_file.go
	"/d/{}": ofPaper, "/d/{}/save": ofPaper, "/p/{}/save": ofPost,
	"/d/{}/v/{}": ofVersion, "/p/{}/v/{}": ofCopy, "/d/{}/v/{}/file": ofVersion, "/p/{}/v/{}/file": ofCopy,
	"/library":        {more: []string{"?type=guidance", "?due=yes"}},
	"/c/{}/library":   ofCommunity,
	"/d/{}/v/{}/text": ofVersion, "/p/{}/v/{}/text": ofCopy, "/d/{}/v/{}/record.json": ofVersion,
	"/d/{}/compare": {parts: parts("paper"), more: []string{"?from=1&to=2"}}, "/p/{}/compare": {parts: parts("copy"), more: []string{"?from=1&to=2"}},
	"/d/{}/v/{}/cite": ofVersion, "/p/{}/v/{}/cite": ofCopy,
	"/d/{}/v/{}/cite.{}": {parts: parts("paper", "=1|2", "=bib|ris")}, "/p/{}/v/{}/cite.{}": {parts: parts("copy", "=1|2", "=bib|ris")},
	"/check-file": open,

	// report.go, reports.go, person.go, invitation.go, settings.go, info.go
	"/p/{}/report": ofPost, "/u/{}/report": ofPerson, "/reports": {more: []string{"?show=decided", "?report={report}"}}, "/reports/{}": {parts: parts("report")},
	"/u/{}": ofPerson, "/notifications": open, "/join/{}": {parts: parts("=nobodyhasthissecret")}, "/invited/{}": {parts: parts("=nobodyhasthissecret")},
	"/settings": open, "/settings/password": open, "/settings/move": open, "/settings/devices": open,
	"/help": open, "/contact": open, "/accessibility": open, "/privacy": open, "/cookies": open, "/complain": open,

	// admin.go and those beside it
	"/admin": open, "/admin/contact": open, "/admin/policy": open, "/admin/people": open, "/admin/people/{}": {parts: parts("=ann|bob|cer|nan")},
	"/admin/invitations": open, "/admin/connections": open, "/admin/connections/new": open,
	"/admin/connections/{}": {parts: parts("=north.example|south.example|west.example|evil.example")}, "/admin/connections/{}/try": {parts: parts("=south.example")},
	"/admin/refused": open,
	"/admin/files":   open,

	// Another format, and a copy.
	"/p/{}/copy":       {parts: parts("copy"), nobody: "members of the walk look after no community of their own site"},
	"/d/{}/format":     {parts: parts("paper"), nobody: "what members are shown there is tested where the form is"},
	"/p/{}/format":     {parts: parts("copy"), nobody: "what members are shown there is tested where the form is"},
	"/d/{}/figures":    {parts: parts("paper"), nobody: "only who looks after it, and facilitators, are shown its figures"},
	"/d/{}/formats/{}": {parts: parts("paper", "=0000000000001"), nobody: "nobody has asked for a format"},
}

// everyQuery is asked for at every route.
var everyQuery = []string{
	"?page=1", "?page=2", "?format=json", "?format=activity", "?before=zzzzzzzzzzzzz", "?after=0",
	"?is_follower=https%3A%2F%2Fsouth.example%2Fu%2Fbob", "?chain=members", "?show=all",
}

// everyForm is sent to every route that takes one.
var everyForm = url.Values{
	"title": {"Another title"}, "text": {"Some words"}, "reason": {"Some reason"}, "summary": {"Words"}, "kind": {"discussion"},
	"useful": {"yes"}, "save": {"yes"}, "pin": {"yes"}, "answer": {"yes"}, "lock": {"yes"}, "confirm": {"yes"}, "confirmed": {"true"}, "do": {"join"},
	"decision": {"accept"}, "outcome": {"nothing"}, "role": {"moderator"}, "to": {"ann"}, "person": {"0000000000001"}, "name": {"nan"},
	"audience": {"members"}, "joining": {"open"}, "address": {"nan@north.example"}, "stage": {"draft"}, "type": {"guidance"}, "review": {"2027-05-04"},
}

var partName = regexp.MustCompile(`\{[^}]*\}`)

// bare is a pattern without the names of its parts.
func bare(pattern string) string { return partName.ReplaceAllLiteralString(pattern, "{}") }

// routesOf are the patterns that a node answers, with their methods, and a failure for
// each that is not in the table, and each line of the table that is none any more.
func routesOf(t *testing.T, n *node.Node) map[string]map[string]bool {
	t.Helper()
	list, err := n.Routes()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]map[string]bool{}
	for _, r := range list {
		pattern := bare(r.Pattern)
		if _, ok := leakRoutes[pattern]; !ok && found[pattern] == nil {
			t.Errorf("%s %s has no line in leakRoutes: say there with what its parts are filled", r.Method, r.Pattern)
		}
		if found[pattern] == nil {
			found[pattern] = map[string]bool{}
		}
		found[pattern][r.Method] = true
	}
	for pattern, x := range leakRoutes {
		if found[pattern] == nil {
			t.Errorf("%s is in leakRoutes, and no route", pattern)
		}
		if n := strings.Count(pattern, "{}"); n != len(x.parts) {
			t.Errorf("%s has %d parts, and leakRoutes fills %d", pattern, n, len(x.parts))
		}
	}
	return found
}
