package actions

import (
	"strings"

	"moothall/actors"
	"moothall/content"
)

// Site says where this node lives. Ids never carry the organisation's name:
// councils are renamed.
type Site struct {
	Base string // scheme and host, such as https://hub.example.gov.uk; no slash at the end
	Host string // with the port in development
	Name string // what the organisation that runs it calls itself
	actors.Addresses
}

// NewSite makes a site from a canonical host. Plain HTTP is for development only.
func NewSite(host, name string, development bool) Site {
	scheme := "https://"
	if development {
		scheme = "http://"
	}
	return Site{Base: scheme + host, Host: host, Name: name, Addresses: actors.Addresses{Development: development}}
}

func (s Site) at(path string) actors.URI { return actors.URI(s.Base + path) }

// Instance is the address of the node's own Application actor.
func (s Site) Instance() actors.URI { return s.at("/") }

// InstanceName is the name of the node's own actor: the host, without the port
// that it has in development, because no server takes a colon in a name
// (protocol.md 1.1; GoToSocial then refuses the key as well).
func (s Site) InstanceName() string {
	name, _, _ := strings.Cut(s.Host, ":")
	return name
}

// SharedInbox is where other servers send what concerns several people here.
func (s Site) SharedInbox() actors.URI { return s.at("/inbox") }

// Person is the address of a local person.
func (s Site) Person(name string) actors.URI { return s.at("/u/" + name) }

// Community is the address of a local community.
func (s Site) Community(name string) actors.URI { return s.at("/c/" + name) }

// Post is the address of a local post.
func (s Site) Post(id actors.ID) actors.URI { return s.at("/p/" + id.String()) }

// Document is the address of a document of this node.
func (s Site) Document(name content.DocumentName) actors.URI { return s.at("/d/" + string(name)) }

// Activity is the address of an activity of a local actor.
func (s Site) Activity(id actors.ID) actors.URI { return s.at("/a/" + id.String()) }

// Join is the address at which an invitation with this secret is taken up.
func (s Site) Join(secret string) string { return s.Base + "/join/" + secret }

// Invited is the address at which an invitation into a community with this secret is
// taken up.
func (s Site) Invited(secret string) string { return s.Base + "/invited/" + secret }

// Owns says whether this node speaks for an address. Such addresses are never
// fetched, and never written from outside.
func (s Site) Owns(u actors.URI) bool {
	return u.Host() == s.Host
}

// Path is the part of a local address after the host; empty for others.
func (s Site) Path(u actors.URI) string {
	path, ok := strings.CutPrefix(string(u), s.Base)
	if !ok {
		return ""
	}
	return path
}

// LogOf is the address of a community's numbered log.
func LogOf(group actors.URI) actors.URI { return group + "/log" }
