package ap

import (
	"html"

	"moothall/actors"
)

type actorDocument struct {
	Type              string             `json:"type"`
	ID                actors.URI         `json:"id"`
	PreferredUsername string             `json:"preferredUsername"`
	Name              string             `json:"name,omitempty"`
	Summary           string             `json:"summary,omitempty"`
	Source            *sourceDocument    `json:"source,omitempty"`
	URL               string             `json:"url"`
	Inbox             actors.URI         `json:"inbox"`
	Outbox            actors.URI         `json:"outbox"`
	Followers         actors.URI         `json:"followers,omitempty"`
	Following         actors.URI         `json:"following,omitempty"`
	Featured          actors.URI         `json:"featured,omitempty"`
	AttributedTo      actors.URI         `json:"attributedTo,omitempty"`
	Endpoints         *endpointsDocument `json:"endpoints,omitempty"`
	PublicKey         keyDocument        `json:"publicKey"`
	AssertionMethod   []multikeyDocument `json:"assertionMethod,omitempty"`
	Attachment        []propertyDocument `json:"attachment,omitempty"`

	Approves       bool   `json:"manuallyApprovesFollowers"`
	ModeratorsOnly *bool  `json:"postingRestrictedToMods,omitempty"`
	Discoverable   bool   `json:"discoverable"`
	Indexable      bool   `json:"indexable"`
	Sensitive      *bool  `json:"sensitive,omitempty"`
	Published      string `json:"published,omitempty"`
	Updated        string `json:"updated,omitempty"`

	Audience   actors.Audience    `json:"moothall:audience,omitempty"`
	Generator  *generatorDocument `json:"generator,omitempty"`
	Implements []standardDocument `json:"implements,omitempty"` // of the node's own actor
	Log        actors.URI         `json:"moothall:log,omitempty"`

	MemberToken actors.URI `json:"moothall:memberToken,omitempty"`

	MovedTo     actors.URI   `json:"movedTo,omitempty"`
	AlsoKnownAs []actors.URI `json:"alsoKnownAs,omitempty"`
}

type endpointsDocument struct {
	SharedInbox actors.URI `json:"sharedInbox"`
}

type keyDocument struct {
	ID    string     `json:"id"`
	Owner actors.URI `json:"owner"`
	PEM   string     `json:"publicKeyPem"`
}

type multikeyDocument struct {
	ID         actors.URI `json:"id"`
	Type       string     `json:"type"`
	Controller actors.URI `json:"controller"`
	Multibase  string     `json:"publicKeyMultibase"`
}

type propertyDocument struct {
	Type  string `json:"type"`
	Name  string `json:"name"`
	Value string `json:"value"`
}

// generatorDocument names the node's own actor and the standards that the node
// keeps (FEP-844e).
type generatorDocument struct {
	Type       string             `json:"type"`
	ID         actors.URI         `json:"id"`
	Implements []standardDocument `json:"implements"`
}

// The names of the lines of a profile that say who a person works for and what
// they do there. Other nodes of ours read them back.
const (
	PropertyOrganisation = "Organisation"
	PropertyRole         = "Role"
)

// Property returns the line of the profile with this name, as HTML; empty when
// there is none.
func (a Actor) Property(name string) string {
	for _, p := range a.Properties {
		if p.Name == name {
			return p.Value
		}
	}
	return ""
}

// WriteActor writes a person, the node's own actor, or a community as far as its
// actor says; WriteCommunity adds the community's settings (protocol.md 2).
func WriteActor(a actors.Actor) ([]byte, error) { return document(actorOf(a)) }

// ProofKeyID is the id under which an actor of ours lists the key of its
// integrity proofs.
func ProofKeyID(of actors.URI) string { return string(of) + "#ed25519-key" }

// WriteCommunity writes a community. One that is not public says that it
// approves followers, by which Lemmy knows a private community, and asks not to
// be listed (protocol.md 8). Only nodes of ours read that one is for the whole
// network; everyone else takes it for closed.
func WriteCommunity(c actors.Community) ([]byte, error) {
	d := actorOf(c.Actor)
	public := c.Audience == actors.AudiencePublic
	moderatorsOnly := c.Posting == actors.PostModerators
	d.Approves = !public
	d.Discoverable = d.Discoverable && public
	d.Indexable = d.Indexable && public
	d.ModeratorsOnly = &moderatorsOnly
	if c.Audience == actors.AudienceNetwork {
		d.Audience = c.Audience
	}
	return document(d)
}

func actorOf(a actors.Actor) actorDocument {
	d := actorDocument{
		Type: string(a.Kind), ID: a.URI, PreferredUsername: a.Name, Name: a.Title, Summary: a.Summary,
		URL: a.URL, Inbox: a.Inbox, Outbox: a.Outbox,
		PublicKey: keyDocument{a.KeyID, a.URI, a.PublicKey},
		Approves:  a.Approves, Discoverable: a.Discoverable, Indexable: a.Indexable,
		Published: written(a.Published), Updated: written(a.Updated),
		MovedTo: a.MovedTo, AlsoKnownAs: a.AlsoKnownAs.List(),
	}
	if d.URL == "" {
		d.URL = string(a.URI)
	}
	if a.Source != "" {
		d.Source = &sourceDocument{a.Source, "text/markdown"}
	}
	if a.SharedInbox != "" {
		d.Endpoints = &endpointsDocument{a.SharedInbox}
	}
	if a.Ed25519Key != "" {
		d.AssertionMethod = []multikeyDocument{{actors.URI(ProofKeyID(a.URI)), "Multikey", a.URI, a.Ed25519Key}}
	}
	if a.Kind == actors.Application {
		d.Implements = standards
		return d
	}
	d.Followers, d.Featured = below(a.URI, "followers"), below(a.URI, "featured")
	d.Generator = &generatorDocument{"Application", actors.URI(a.URI.Origin() + "/"), standards}
	if a.Kind == actors.Group {
		no := false
		d.AttributedTo, d.Log = below(a.URI, "moderators"), below(a.URI, "log")
		d.ModeratorsOnly, d.Sensitive, d.MemberToken = &no, &no, below(a.URI, "member-token")
		return d
	}
	d.Following = below(a.URI, "following")
	d.Attachment = profileOf(a)
	return d
}

func profileOf(a actors.Actor) []propertyDocument {
	var lines []propertyDocument
	if a.Organisation != "" {
		lines = append(lines, propertyDocument{"PropertyValue", PropertyOrganisation, html.EscapeString(a.Organisation)})
	}
	if a.JobTitle != "" {
		lines = append(lines, propertyDocument{"PropertyValue", PropertyRole, html.EscapeString(a.JobTitle)})
	}
	return lines
}
