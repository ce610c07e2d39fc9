package actors

import (
	"log/slog"
	"regexp"
	"strings"
	"time"
)

// Kind says what an actor is. The values are also the stored text.
type Kind string

// The kinds of actor. Service and Organization actors from elsewhere count as
// Person.
const (
	Person      Kind = "Person"
	Group       Kind = "Group"
	Application Kind = "Application"
)

// Actor is someone or something with an address that can act.
type Actor struct {
	ID      ID
	URI     URI
	Kind    Kind
	Name    string // preferredUsername: the name in its handle
	Host    string // host of URI, with the port in development
	Local   bool
	Title   string // display name
	Summary string // cleaned HTML
	Source  string // Markdown that Summary was made from; local actors only
	URL     string // page for people

	Inbox       URI
	SharedInbox URI // empty when the host has none
	Outbox      URI
	Followers   URI
	Featured    URI
	Moderators  URI // Group only

	KeyID        string // id of the key of publicKey, which is RSA but for few
	PublicKey    string // PEM, SPKI
	Ed25519KeyID string // id of the key of assertionMethod; empty when none is published
	Ed25519Key   string // public key as multibase

	Organisation string // who the person works for, as they say it
	JobTitle     string // what they do there

	Approves     bool // manuallyApprovesFollowers
	Discoverable bool
	Indexable    bool

	Published time.Time
	Updated   time.Time
	Fetched   time.Time // when a remote actor was last read from its origin
	Deleted   time.Time

	MovedTo     URI       // where it has moved, once both ends were seen to say so
	Moved       time.Time // when; zero for an actor that has not
	AlsoKnownAs Aliases   // its earlier addresses, as people here gave them; local actors only
}

// Handle is the name people can type: @name@host.
func (a Actor) Handle() string { return "@" + a.Name + "@" + a.Host }

// DisplayName is the title, or the name where there is no title.
func (a Actor) DisplayName() string {
	if a.Title != "" {
		return a.Title
	}
	return a.Name
}

// IsGone says whether the actor has been deleted.
func (a Actor) IsGone() bool { return !a.Deleted.IsZero() }

// MoveAgain is how long an actor stays where it has moved (FEP-7628: a cooldown).
const MoveAgain = 7 * 24 * time.Hour

// HasMoved says whether the actor has moved to another address.
func (a Actor) HasMoved() bool { return a.MovedTo != "" }

// DeliveryInbox is where this node sends what the actor is due: the shared
// inbox of its host if there is one.
func (a Actor) DeliveryInbox() URI {
	if a.SharedInbox != "" {
		return a.SharedInbox
	}
	return a.Inbox
}

// LogValue keeps names and addresses of people out of the log.
func (a Actor) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", a.ID.String()), slog.String("host", a.Host))
}

var localName = regexp.MustCompile(`^[a-z0-9_]{3,20}$`)

// ValidName says whether a new local actor may have this name (protocol.md 1.1:
// what both Lemmy and Mastodon accept).
func ValidName(name string) bool { return localName.MatchString(name) && !reserved[name] }

// reserved names would be mistaken for an official voice of the node.
var reserved = map[string]bool{
	"admin": true, "administrator": true, "moothall": true, "support": true,
	"help": true, "root": true, "postmaster": true, "abuse": true, "security": true,
}

// SplitHandle reads @name@host or name@host or acct:name@host.
func SplitHandle(s string) (name, host string, ok bool) {
	s = strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(s), "acct:"), "@")
	name, host, ok = strings.Cut(s, "@")
	if !ok || name == "" || host == "" || strings.ContainsAny(host, "@/ ") {
		return "", "", false
	}
	return name, strings.ToLower(host), true
}
