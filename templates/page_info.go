package templates

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// HelpPage says how to do the common things.
type HelpPage struct{ Base }

func (HelpPage) template() string { return "help" }
func (HelpPage) title() string    { return "Help" }

// ContactPage says whom to ask.
type ContactPage struct{ Base }

func (ContactPage) template() string { return "contact" }
func (ContactPage) title() string    { return "Contact" }

// PrivacyPage says what is kept, why, and who receives it. The list of other
// sites is the real one (users.md IGO-6).
type PrivacyPage struct {
	Base
	Sites []string // that hold copies of what people here post
}

func (PrivacyPage) template() string { return "privacy" }
func (PrivacyPage) title() string    { return "Privacy" }

// CookiesPage names the cookies.
type CookiesPage struct{ Base }

func (CookiesPage) template() string { return "cookies" }
func (CookiesPage) title() string    { return "Cookies" }

// ComplainPage says how to complain, about content and about personal data.
type ComplainPage struct{ Base }

func (ComplainPage) template() string { return "complain" }
func (ComplainPage) title() string    { return "Complain" }

//go:embed accessibility.json
var accessibilityFile []byte

// AccessibilityReport is what is known about how accessible the pages are.
type AccessibilityReport struct {
	Tested time.Time
	Method []string
	Issues []string // what does not work for everyone
}

func readAccessibility() (AccessibilityReport, error) {
	var in struct {
		Tested         string
		Method, Issues []string
	}
	if err := json.Unmarshal(accessibilityFile, &in); err != nil {
		return AccessibilityReport{}, fmt.Errorf("read accessibility.json: %w", err)
	}
	t, err := time.Parse(time.DateOnly, in.Tested)
	if err != nil {
		return AccessibilityReport{}, fmt.Errorf("read accessibility.json: %w", err)
	}
	return AccessibilityReport{t, in.Method, in.Issues}, nil
}

// AccessibilityPage is the accessibility statement (users.md A22).
type AccessibilityPage struct{ Base }

func (AccessibilityPage) template() string { return "accessibility" }
func (AccessibilityPage) title() string    { return "Accessibility statement" }

// ErrorPage explains what did not work and offers a next step (users.md A13).
type ErrorPage struct {
	Base
	Status    int    // of the answer: 400, 403, 404, 405, 409, 410, 413, 429, 500 or 503
	Because   string // for 400, 403, 409 and 413: what is needed, in a sentence
	Expired   bool   // for 410: a link that worked once or for some time
	RequestID string // for 500: what to tell those who help
}

func (ErrorPage) template() string { return "error" }
func (p ErrorPage) title() string  { return p.Heading() }

// Heading says what happened; anything unknown is our fault.
func (p ErrorPage) Heading() string {
	switch p.Status {
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		return "Page not found"
	case http.StatusGone:
		if p.Expired {
			return "This link no longer works"
		}
		return "This has been withdrawn"
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge:
		return "We could not do that"
	case http.StatusForbidden, http.StatusConflict:
		return "You cannot do that"
	case http.StatusTooManyRequests:
		return "You have tried too many times"
	case http.StatusServiceUnavailable:
		return "Sorry, the service is unavailable"
	default:
		return "Sorry, there is a problem with the service"
	}
}
