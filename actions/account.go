package actions

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"unicode/utf8"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/store"
)

// NewPerson is what is needed to make an account.
type NewPerson struct {
	Name         string
	Title        string // how the person is called on pages
	Email        string
	Password     string // as typed; empty for an account that gets a link to set one
	Role         actors.AccountRole
	Organisation string // empty: the organisation of this node
	JobTitle     string
}

// Check says what is wrong with the answers.
func (n NewPerson) Check() error {
	p := content.Problems{}
	if !actors.ValidName(n.Name) {
		p.Add("name", "User name must be 3 to 20 characters: small letters, numbers and underscores")
	}
	if !ValidEmail(n.Email) {
		p.Add("email", "Enter an email address in the correct format, like name@example.com")
	}
	if utf8.RuneCountInString(n.Title) > content.MaxName {
		p.Add("title", "Full name must be 200 characters or less")
	}
	if n.Password != "" {
		if words := weakness(n.Password, n.Name, n.Email); words != "" {
			p.Add("password", words)
		}
	}
	return p.Err()
}

// ValidEmail accepts plain ASCII addresses only: quoted forms, comments and
// look-alike letters are how allow-lists of domains are passed by
// (security.md S154).
func ValidEmail(s string) bool {
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || a.Name != "" || len(s) > 254 {
		return false
	}
	local, domain, _ := strings.Cut(s, "@")
	for _, r := range local {
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.!#$&'*+/=?^_{|}~-", r) {
			return false
		}
	}
	_, err = actors.Addresses{Development: true}.ParseHost(strings.ToLower(domain))
	return err == nil && !strings.Contains(domain, ":")
}

// CreatePerson makes a local person with an account. keys and the hash of the
// password are made before the transaction: both take long.
func (a *Actions) CreatePerson(ctx context.Context, tx *store.Tx, n NewPerson, hash string, keys KeyPair) (actors.Actor, error) {
	if err := n.Check(); err != nil {
		return actors.Actor{}, err
	}
	x, secrets, err := a.newActor(actors.Person, n.Name, content.PlainName(n.Title, content.MaxName), keys)
	if err != nil {
		return x, err
	}
	x.Organisation, x.JobTitle = n.Organisation, n.JobTitle
	if x.Organisation == "" {
		if x.Organisation, err = a.organisation(ctx, tx); err != nil {
			return x, err
		}
	}
	if err := a.addLocal(ctx, tx, x, secrets); err != nil {
		return x, err
	}
	err = tx.AddAccount(ctx, actors.Account{Actor: x.ID, Email: n.Email, Password: hash, Role: n.Role, Created: a.Now()})
	if errors.Is(err, store.ErrConflict) {
		return x, content.Problems{"email": "There is already an account with this email address"}
	}
	if err != nil {
		return x, fmt.Errorf("add account: %w", err)
	}
	return x, nil
}

func (a *Actions) organisation(ctx context.Context, tx *store.Tx) (string, error) {
	list, err := tx.LocalOrganisations(ctx)
	if err != nil || len(list) == 0 {
		return a.Site.Name, err
	}
	return list[0].Name, nil
}

// Profile is what a person says of themselves.
type Profile struct {
	Title        string
	Organisation string
	JobTitle     string
	About        string // Markdown
	Discoverable bool   // may be found by those who look for people
}

// SaveProfile changes a local person's profile and tells those who follow them.
func (a *Actions) SaveProfile(ctx context.Context, tx *store.Tx, by actors.Actor, p Profile) (actors.Activity, error) {
	problems := content.Problems{}
	if utf8.RuneCountInString(p.Title) > content.MaxName {
		problems.Add("title", "Full name must be 200 characters or less")
	}
	if utf8.RuneCountInString(p.Organisation) > content.MaxName {
		problems.Add("organisation", "Organisation must be 200 characters or less")
	}
	if utf8.RuneCountInString(p.JobTitle) > content.MaxName {
		problems.Add("job", "Role must be 200 characters or less")
	}
	if utf8.RuneCountInString(p.About) > content.MaxSummary {
		problems.Add("about", "About you must be 5,000 characters or less")
	}
	if err := problems.Err(); err != nil {
		return actors.Activity{}, err
	}
	by.Title, by.Organisation, by.JobTitle = content.PlainName(p.Title, content.MaxName), content.PlainName(p.Organisation, content.MaxName), content.PlainName(p.JobTitle, content.MaxName)
	by.Source, by.Summary, by.Updated = p.About, string(content.Markdown(p.About)), a.Now()
	by.Discoverable = p.Discoverable
	if err := tx.SaveActor(ctx, by, nil); err != nil {
		return actors.Activity{}, fmt.Errorf("save profile: %w", err)
	}
	return a.tellOfPerson(ctx, tx, by)
}

// tellOfPerson sends a person's changed document to those who follow them and to
// the homes of the communities they belong to.
func (a *Actions) tellOfPerson(ctx context.Context, tx *store.Tx, by actors.Actor) (actors.Activity, error) {
	document, err := ap.WriteActor(by)
	if err != nil {
		return actors.Activity{}, err
	}
	act := a.own("Update", by, "", by.URI)
	act.Body, err = ap.WriteUpdate(ap.Envelope{
		ID: act.URI, Actor: by.URI, To: []actors.URI{actors.Public}, Cc: []actors.URI{by.Followers}, Published: act.At,
	}, document)
	if err != nil {
		return act, err
	}
	if err := a.record(ctx, tx, act); err != nil {
		return act, err
	}
	recipients := []store.Recipient{{FollowersOf: by.ID}}
	groups, err := tx.RemoteGroupsOf(ctx, by.ID)
	if err != nil {
		return act, err
	}
	for _, g := range groups {
		recipients = append(recipients, store.ToInbox(g))
	}
	return act, a.send(ctx, tx, act, by, recipients...)
}

// NewToken makes a bearer token for a local person's programs. It is shown
// once; only its hash is kept.
func (a *Actions) NewToken(ctx context.Context, tx *store.Tx, who actors.Actor) (string, error) {
	token, err := a.secret()
	if err != nil {
		return "", err
	}
	if err := tx.AddToken(ctx, a.IDs.Next(), who.ID, HashSecret(token), a.Now()); err != nil {
		return "", fmt.Errorf("add token: %w", err)
	}
	return token, nil
}
