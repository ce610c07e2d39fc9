package actors

import "time"

// AccountRole is what a person may do on the node as a whole.
type AccountRole string

// The roles of accounts.
const (
	AccountMember    AccountRole = "member"
	AccountModerator AccountRole = "moderator"
	AccountAdmin     AccountRole = "admin"
)

// Valid says whether r is a role.
func (r AccountRole) Valid() bool {
	return r == AccountMember || r == AccountModerator || r == AccountAdmin
}

// Account is a local person's sign-in, apart from the public Actor. It is
// never federated.
type Account struct {
	Actor    ID
	Email    string
	Password string // hash in PHC form; empty when the person has none yet
	Role     AccountRole
	Created  time.Time
	SignedIn time.Time // the last time; zero for never
	Disabled time.Time
}

// Session is one signed-in browser.
type Session struct {
	ID      ID
	Actor   ID
	Created time.Time
	Seen    time.Time
	Proved  time.Time // when the person last gave their password
	Expires time.Time
	Agent   string // browser, as it named itself, for the list people see
}

// Invitation lets one person make an account, or sets a password for one that exists.
type Invitation struct {
	ID      ID
	Email   string // empty: whoever holds the link
	Role    AccountRole
	Actor   ID // an existing account whose password is to be set; zero for a new one
	By      ID // who invited; zero for the first-admin link
	Group   ID // the community that the person joins with it; zero for none
	Created time.Time
	Expires time.Time
	Used    time.Time
}
