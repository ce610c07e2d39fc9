package templates

import "moothall/actors"

// SignInPage lets a person in. Of what went wrong it never says which half
// (users.md 6.3).
type SignInPage struct {
	Base
	Email  string
	Next   string   // path to go on to; empty for home
	Kept   []Hidden // fields of a form that waits for this sign-in (users.md MEM-4)
	Locked bool     // too many attempts: wait
}

func (SignInPage) template() string { return "sign-in" }
func (SignInPage) title() string    { return "Sign in" }
func (SignInPage) fields() []string { return []string{"email", "password"} }

// CarryOnPage sends a form that was kept while somebody signed in (users.md MEM-4).
type CarryOnPage struct {
	Base
	Action string   // where the form was going
	Kept   []Hidden // its fields
	Text   string   // the longest of them, so that the person sees what it is
}

func (CarryOnPage) template() string { return "carry-on" }
func (CarryOnPage) title() string    { return "Send what you wrote" }

// ConfirmPage asks for the password again before something that many people
// would feel (security.md S169).
type ConfirmPage struct {
	Base
	Action string   // where the form goes
	Kept   []Hidden // its fields
}

func (ConfirmPage) template() string { return "confirm" }
func (ConfirmPage) title() string    { return "Confirm your password" }
func (ConfirmPage) fields() []string { return []string{"confirm-password"} }

// SignOutPage asks before it signs out, since a link must not do it.
type SignOutPage struct{ Base }

func (SignOutPage) template() string { return "sign-out" }
func (SignOutPage) title() string    { return "Sign out" }

// AccountForm is what a person types to create an account.
type AccountForm struct{ Title, Name, Email, Organisation, JobTitle string }

// InvitationPage makes an account from an invitation or the first-admin link,
// or sets the password of an account that exists.
type InvitationPage struct {
	Base
	Invitation actors.Invitation
	Token      string // of the link; part of the address the form goes to
	By         string // who invited; empty for the first-admin link
	Form       AccountForm
}

func (InvitationPage) template() string { return "invitation" }
func (p InvitationPage) title() string {
	if p.Existing() {
		return "Set a new password"
	}
	return "Create an account"
}
func (InvitationPage) fields() []string {
	return []string{"title", "name", "email", "organisation", "job", "password"}
}

// Title is the heading of the page.
func (p InvitationPage) Title() string { return p.title() }

// PasswordLabel asks for the password.
func (p InvitationPage) PasswordLabel() string {
	if p.Existing() {
		return "New password"
	}
	return "Create a password"
}

// Existing says whether the link sets the password of an account that is there.
func (p InvitationPage) Existing() bool { return p.Invitation.Actor != 0 }

// ForgottenPasswordPage says how to get a new password.
type ForgottenPasswordPage struct{ Base }

func (ForgottenPasswordPage) template() string { return "forgotten-password" }
func (ForgottenPasswordPage) title() string    { return "Forgotten password" }

// ProfileForm is what a person says of themselves.
type ProfileForm struct {
	Title, Organisation, JobTitle, About string
	Discoverable                         bool
}

// ProfilePage changes the viewer's profile.
type ProfilePage struct {
	Base
	Person actors.Actor
	Form   ProfileForm
}

func (ProfilePage) template() string { return "settings-profile" }
func (ProfilePage) title() string    { return "Your profile – Settings" }
func (ProfilePage) fields() []string { return []string{"title", "organisation", "job", "about"} }

// PasswordPage changes the viewer's password.
type PasswordPage struct{ Base }

func (PasswordPage) template() string { return "settings-password" }
func (PasswordPage) title() string    { return "Change your password – Settings" }
func (PasswordPage) fields() []string { return []string{"current", "password"} }

// Device is a browser in which the viewer is signed in.
type Device struct {
	actors.Session
	Current bool // the one in use
}

// DevicesPage lists them and signs each out.
type DevicesPage struct {
	Base
	Devices []Device
}

func (DevicesPage) template() string { return "settings-devices" }
func (DevicesPage) title() string    { return "Where you are signed in – Settings" }
