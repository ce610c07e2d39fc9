package templates

import (
	"time"

	"moothall/content"
)

// Site is what every page says about this site.
type Site struct {
	Name         string // name of the service: "Kent communities"
	Organisation string // who runs it: "Kent County Council"
	Host         string // address, without scheme
	Contact      string // e-mail address for help; empty when none is set
}

// Viewer is who looks at the page, as the page shows it. The zero Viewer is
// somebody who has not signed in.
type Viewer struct {
	Name     string // display name
	Path     string // own page
	SignedIn bool
	Admin    bool
	Unread   int // notifications not yet looked at
	Reports  int // that wait for the viewer's decision
}

// Flash is the news shown once at the top of the page after something was done
// (users.md C05).
type Flash struct {
	Success  bool   // something was done, rather than something to know
	Text     string // what happened
	Detail   string // what happens next, or who was told
	Link     string // where to go from here; empty for nowhere
	LinkText string
}

// Base is what every page needs. Page structs embed it.
type Base struct {
	Site     Site
	Viewer   Viewer
	Path     string           // path of this page, to mark the place in the navigation
	CSRF     string           // token that each form sends back
	Lang     string           // language of the page, BCP 47; empty is English
	Now      time.Time        // when the page is made: "2 hours ago" counts from it
	Flash    *Flash           // nil for no news
	Problems content.Problems // what is wrong with the form, by name of the field
}

func (b Base) common() Base { return b }

// fields is the order of the form's fields; pages with a form say their own.
func (b Base) fields() []string { return nil }

// Page is one of the page structs of this package.
type Page interface {
	common() Base
	fields() []string // names of the form's fields in the order shown
	template() string // file under pages/, without .html
	title() string    // what the browser's tab says before the name of the site
}
