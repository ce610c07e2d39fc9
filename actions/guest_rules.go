package actions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"moothall/actors"
	"moothall/content"
	"moothall/store"
)

// GuestRules are the rules of a node for those whom facilitators invite by mail.
type GuestRules struct {
	// Domains are those of addresses that may be invited; none is all.
	Domains []string `json:"domains"`
	// Accounts says that whoever is invited by mail may make an account here.
	Accounts bool `json:"accounts"`
}

const guestRules = "guest_rules"

// mostDomains bounds the list of an admin.
const mostDomains = 200

// Takes says whether an address may be invited by mail. A domain counts for those
// below it too.
func (r GuestRules) Takes(email string) bool {
	_, domain, _ := strings.Cut(store.FoldEmail(email), "@")
	for _, d := range r.Domains {
		if domain == d || strings.HasSuffix(domain, "."+d) {
			return true
		}
	}
	return len(r.Domains) == 0
}

// GuestRules reads the rules for those who are invited by mail.
func (a *Actions) GuestRules(ctx context.Context, tx *store.Tx) (r GuestRules, err error) {
	text, err := tx.Setting(ctx, guestRules)
	if errors.Is(err, store.ErrNotFound) {
		return r, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(text), &r)
	}
	if err != nil {
		return r, fmt.Errorf("read the rules for invitations: %w", err)
	}
	return r, nil
}

// SetGuestRules changes them, in the name of an admin. domains are one a line.
func (a *Actions) SetGuestRules(ctx context.Context, tx *store.Tx, by actors.ID, domains string, accounts bool) error {
	r := GuestRules{Accounts: accounts, Domains: []string{}}
	for _, d := range strings.Fields(strings.ToLower(domains)) {
		d = strings.TrimPrefix(d, "@")
		if !ValidEmail("a@" + d) {
			return content.Problems{"domains": d + " is not a domain, like kent.example"}
		}
		r.Domains = append(r.Domains, d)
	}
	if len(r.Domains) > mostDomains {
		return content.Problems{"domains": "Enter 200 domains or less"}
	}
	if err := a.MayRun(ctx, tx, by); err != nil {
		return err
	}
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if err := tx.SetSetting(ctx, guestRules, string(text)); err != nil {
		return fmt.Errorf("set the rules for invitations: %w", err)
	}
	return a.audit(ctx, tx, by, "rules for invitations", "", string(text))
}
