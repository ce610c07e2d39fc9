package templates

import (
	"time"

	"moothall/actors"
)

// AdminPage is the overview: is all well?
type AdminPage struct {
	Base
	People      int
	Communities int
	Connections int
	Mode        actors.Mode
	Owed        []Connection // those that wait for something
	Failing     []Connection // the first of those that do not work
	NotWorking  int
	Refused     int // activities and requests refused since midnight
	Held        int // that wait for a decision
	GivenUp     []GivenUp
	Version     string // of the program
	Database    string // kind: "SQLite"
}

// GivenUp is something that could not be sent and will not be tried again.
type GivenUp struct {
	Host   string
	Reason string
	At     time.Time
}

func (AdminPage) template() string { return "admin" }
func (AdminPage) title() string    { return "Overview – Administration" }

// AdminPerson is one account in the list.
type AdminPerson struct {
	actors.Actor
	Account actors.Account
	Seen    time.Time // last signed in; zero for never
}

// AdminPeoplePage lists accounts.
type AdminPeoplePage struct {
	Base
	People []AdminPerson
	Total  int
	Paging Paging
}

func (AdminPeoplePage) template() string { return "admin-people" }
func (p AdminPeoplePage) title() string  { return "People" + p.Paging.title() + " – Administration" }

// AdminPersonPage changes one account.
type AdminPersonPage struct {
	Base
	Person    AdminPerson
	LastAdmin bool   // the only administrator cannot be changed
	Link      string // new password link, shown this once
}

func (AdminPersonPage) template() string { return "admin-person" }
func (p AdminPersonPage) title() string  { return p.Person.DisplayName() + " – Administration" }
func (AdminPersonPage) fields() []string { return []string{"role"} }

// AdminInvitation is an invitation with the name of who gave it.
type AdminInvitation struct {
	actors.Invitation
	ByName string
}

// AdminInvitationsPage makes, lists and takes back invitations.
type AdminInvitationsPage struct {
	Base
	Invitations []AdminInvitation
	Email       string
	Role        actors.AccountRole
	Link        string // of the one just made, shown this once
	LinkFor     string
}

func (AdminInvitationsPage) template() string { return "admin-invitations" }
func (AdminInvitationsPage) title() string    { return "Invitations – Administration" }
func (AdminInvitationsPage) fields() []string { return []string{"email", "role"} }

// AdminRefusedPage lists what was refused or is held, and why (invariant I5).
type AdminRefusedPage struct {
	Base
	Held    []actors.Activity
	Refused []actors.Activity
	Turned  []TurnedAway
	Paging  Paging // of what was refused
}

// TurnedAway counts requests of one kind that were refused at the door in a day.
type TurnedAway struct {
	Host, Code, Detail string
	Times              int
	Last               time.Time
}

func (AdminRefusedPage) template() string { return "admin-refused" }
func (p AdminRefusedPage) title() string {
	return "Refused and held" + p.Paging.title() + " – Administration"
}

// AdminContactPage says whom people write to; Site.Contact is the address now.
type AdminContactPage struct {
	Base
	Typed string
}

func (AdminContactPage) template() string { return "admin-contact" }
func (AdminContactPage) title() string    { return "Contact address – Administration" }
func (AdminContactPage) fields() []string { return []string{"contact"} }

// AdminPolicyPage says with whom this site shares when nobody has decided.
type AdminPolicyPage struct {
	Base
	Mode  actors.Mode
	Rules int // that name a site
}

func (AdminPolicyPage) template() string { return "admin-policy" }
func (AdminPolicyPage) title() string    { return "Sharing – Administration" }
func (AdminPolicyPage) fields() []string { return []string{"mode"} }

// AdminFilesPage says for what in a file no reason to share it is enough.
type AdminFilesPage struct {
	Base
	Kinds []string // those chosen
}

func (AdminFilesPage) template() string { return "admin-files" }
func (AdminFilesPage) title() string    { return "Files – Administration" }
func (AdminFilesPage) fields() []string { return []string{"kind"} }
