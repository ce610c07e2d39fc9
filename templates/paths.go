package templates

import (
	"net/url"
	"strconv"
	"strings"

	"moothall/actors"
	"moothall/content"
)

// ActorPath is where this site shows a person or a community: /u/ann, and
// /c/parks@kent.example for one whose home is elsewhere.
func ActorPath(a actors.Actor) string {
	at := "/u/" + a.Name
	if a.Kind == actors.Group {
		at = "/c/" + a.Name
	}
	if !a.Local {
		at += "@" + a.Host
	}
	return at
}

// PostPath is where this site shows a discussion or a comment.
func PostPath(id actors.ID) string { return "/p/" + id.String() }

// DocumentPath is where this site shows a document: /d/ with its name for one of
// this site, and the page of its post for one from elsewhere.
func DocumentPath(p content.Post) string {
	at := strings.LastIndex(string(p.URI), documentsPath)
	if !p.Local || !p.IsDocument() || at < 0 {
		return PostPath(p.ID)
	}
	return string(p.URI[at:])
}

const documentsPath = "/d/"

// VersionPath is where this site shows a version of a document.
func VersionPath(p content.Post, number int) string {
	return DocumentPath(p) + "/v/" + strconv.Itoa(number)
}

// UploadPath is where somebody finds a file that they sent and have not shared yet.
func UploadPath(id actors.ID) string { return "/uploads/" + id.String() }

// CommentAnchor names a comment within the page of its discussion.
func CommentAnchor(id actors.ID) string { return "comment-" + id.String() }

// Paging says where in a long list a page stands.
type Paging struct {
	Page  int        // from 1
	Pages int        // at least 1
	Path  string     // of the list
	Query url.Values // what else the address holds: a search
}

// Href is the address of page n.
func (p Paging) Href(n int) string {
	q := url.Values{}
	for k, v := range p.Query {
		q[k] = v
	}
	if n > 1 {
		q.Set("page", strconv.Itoa(n))
	}
	if len(q) == 0 {
		return p.Path
	}
	return p.Path + "?" + q.Encode()
}

// title is " (page 2 of 9)", or nothing for a list of one page (users.md A04).
func (p Paging) title() string {
	if p.Pages < 2 {
		return ""
	}
	return " (page " + strconv.Itoa(p.Page) + " of " + strconv.Itoa(p.Pages) + ")"
}

// PageLink is one number in the row of pages; number 0 is a gap.
type PageLink struct {
	Number  int
	Current bool
	Href    string
}

// Links are the first page, the last one, and those next to this one.
func (p Paging) Links() []PageLink {
	var out []PageLink
	last := 0
	for n := 1; n <= p.Pages; n++ {
		if n != 1 && n != p.Pages && (n < p.Page-1 || n > p.Page+1) {
			continue
		}
		if n > last+1 {
			out = append(out, PageLink{})
		}
		out = append(out, PageLink{n, n == p.Page, p.Href(n)})
		last = n
	}
	return out
}

// Previous is the address of the page before, or nothing on the first.
func (p Paging) Previous() string {
	if p.Page < 2 {
		return ""
	}
	return p.Href(p.Page - 1)
}

// Next is the address of the page after, or nothing on the last.
func (p Paging) Next() string {
	if p.Page >= p.Pages {
		return ""
	}
	return p.Href(p.Page + 1)
}
