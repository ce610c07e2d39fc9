package actions

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/store"
)

// Charter is what a person says of a community when starting or changing it.
type Charter struct {
	Name     string // part of its address; never changed
	Title    string
	Purpose  string // Markdown
	Audience actors.Audience
	Joining  actors.Joining
	Posting  actors.Posting
	Language string

	ThreadType string // Page or Article; empty leaves it as it is
}

// Check says what is wrong with a charter.
func (c Charter) Check() error {
	p := content.Problems{}
	if strings.TrimSpace(c.Title) == "" {
		p.Add("title", "Enter the name of the community")
	}
	if utf8.RuneCountInString(c.Title) > content.MaxTitle {
		p.Add("title", "Name of the community must be 200 characters or less")
	}
	if !actors.ValidName(c.Name) {
		p.Add("name", "Short name must be 3 to 20 characters: small letters, numbers and underscores")
	}
	if utf8.RuneCountInString(c.Purpose) > content.MaxSummary {
		p.Add("purpose", "Purpose must be 5,000 characters or less")
	}
	if !c.Audience.Valid() {
		p.Add("audience", "Select who can read this community")
	}
	if c.Joining != actors.JoinOpen && c.Joining != actors.JoinRequest && c.Joining != actors.JoinInvitation {
		p.Add("joining", "Select who can join this community")
	}
	if c.Language != "" && content.Lang(c.Language) == "" {
		p.Add("language", "Select a language from the list")
	}
	if c.ThreadType != "" && c.ThreadType != "Page" && c.ThreadType != "Article" {
		p.Add("thread", "Select how other software gets new discussions")
	}
	return p.Err()
}

// StartCommunity makes a new community on this node, with its first
// facilitator as owner. The keys are made before the transaction.
func (a *Actions) StartCommunity(ctx context.Context, tx *store.Tx, by actors.Actor, c Charter, keys KeyPair) (actors.Community, error) {
	if err := c.Check(); err != nil {
		return actors.Community{}, err
	}
	actor, secrets, err := a.newActor(actors.Group, c.Name, c.Title, keys)
	if err != nil {
		return actors.Community{}, err
	}
	actor.Source, actor.Summary = c.Purpose, string(content.Markdown(c.Purpose))
	actor.Approves = c.Joining != actors.JoinOpen || c.Audience != actors.AudiencePublic
	// A closed community that other organisations may join has to be findable;
	// what is said in it is not.
	actor.Discoverable = c.Audience.Federates()
	actor.Indexable = c.Audience == actors.AudiencePublic
	if err := a.addLocal(ctx, tx, actor, secrets); err != nil {
		return actors.Community{}, err
	}
	group := actors.Community{
		Actor: actor, Audience: c.Audience, Joining: c.Joining, Posting: postingOf(c), ThreadType: "Page",
		Language: content.Lang(c.Language), History: actors.HistoryComplete,
	}
	if err := tx.AddCommunity(ctx, group); err != nil {
		return group, fmt.Errorf("start community: %w", err)
	}
	return group, tx.SetMembership(ctx, actors.Membership{
		Group: actor.ID, Actor: by.ID, Role: actors.Owner, Standing: actors.Joined, Since: a.Now(), Appointed: a.Now(),
	})
}

func postingOf(c Charter) actors.Posting {
	switch {
	case c.Posting != "":
		return c.Posting
	case c.Audience == actors.AudiencePublic:
		return actors.PostAnyone
	default:
		return actors.PostMembers
	}
}

// tellFollowers sends a community's changed document to all who follow it.
func (a *Actions) tellFollowers(ctx context.Context, tx *store.Tx, group actors.Community) (actors.Activity, error) {
	if !group.Audience.Federates() {
		return actors.Activity{}, nil
	}
	document, err := ap.WriteCommunity(group)
	if err != nil {
		return actors.Activity{}, err
	}
	act := a.own("Update", group.Actor, group.URI, group.URI)
	act.Group = group.ID
	to, cc := ap.GroupAddress(group.Audience, group.Actor)
	act.Body, err = ap.WriteUpdate(ap.Envelope{ID: act.URI, Actor: group.URI, To: to, Cc: cc, Published: act.At}, document)
	if err != nil {
		return act, err
	}
	if err := a.record(ctx, tx, act); err != nil {
		return act, err
	}
	return act, a.send(ctx, tx, act, group.Actor, store.Recipient{FollowersOf: group.ID})
}

// newActor makes a local actor with its addresses and keys.
func (a *Actions) newActor(kind actors.Kind, name, title string, keys KeyPair) (actors.Actor, store.Secrets, error) {
	uri := a.Site.Person(name)
	switch kind {
	case actors.Group:
		uri = a.Site.Community(name)
	case actors.Application:
		uri = a.Site.Instance()
	}
	at := strings.TrimSuffix(string(uri), "/")
	x := actors.Actor{
		ID: a.IDs.Next(), URI: uri, Kind: kind, Name: name, Host: a.Site.Host, Local: true, Title: title,
		URL: string(uri), Inbox: actors.URI(at + "/inbox"), Outbox: actors.URI(at + "/outbox"),
		SharedInbox: a.Site.SharedInbox(), Discoverable: true, Published: a.Now(),
	}
	if kind != actors.Application {
		x.Followers, x.Featured = actors.URI(at+"/followers"), actors.URI(at+"/featured")
	}
	if kind == actors.Group {
		x.Moderators = actors.URI(at + "/moderators")
	}
	secrets, err := keys.secrets(&x)
	return x, secrets, err
}

func (a *Actions) addLocal(ctx context.Context, tx *store.Tx, x actors.Actor, secrets store.Secrets) error {
	err := tx.AddActor(ctx, x, nil)
	if errors.Is(err, store.ErrConflict) {
		return content.Problems{"name": "This name is already taken"}
	}
	if err != nil {
		return fmt.Errorf("add %s: %w", x.URI, err)
	}
	return tx.AddSecrets(ctx, x.ID, secrets)
}

// EnsureInstance makes the node's own actor at the first start.
func (a *Actions) EnsureInstance(ctx context.Context, db *store.DB) (actors.Actor, error) {
	var x actors.Actor
	read := func(tx *store.Tx) (err error) {
		x, err = tx.ActorByURI(ctx, a.Site.Instance())
		return err
	}
	err := db.Read(ctx, read)
	if !errors.Is(err, store.ErrNotFound) {
		return x, err
	}
	keys, err := a.MakeKeys()
	if err != nil {
		return x, fmt.Errorf("make the node's keys: %w", err)
	}
	x, secrets, err := a.newActor(actors.Application, a.Site.InstanceName(), a.Site.Name, keys)
	if err != nil {
		return x, err
	}
	err = db.Write(ctx, func(tx *store.Tx) error {
		if err := tx.AddOrganisation(ctx, store.Organisation{ID: a.IDs.Next(), Name: a.Site.Name, Created: a.Now()}); err != nil {
			return err
		}
		return a.addLocal(ctx, tx, x, secrets)
	})
	if err == nil {
		return x, nil
	}
	return x, db.Read(ctx, read) // another process may have been first
}
