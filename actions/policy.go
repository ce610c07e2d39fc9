package actions

import (
	"context"
	"errors"
	"fmt"

	"moothall/actors"
	"moothall/content"
	"moothall/store"
)

const modeSetting = "policy_mode"

// Policy reads the rules that say with whom this node deals. fallback is the
// mode until an admin has chosen one.
func Policy(ctx context.Context, tx *store.Tx, fallback actors.Mode) (actors.Policy, error) {
	rules, err := tx.Rules(ctx)
	if err != nil {
		return actors.Policy{}, fmt.Errorf("read the policy: %w", err)
	}
	mode, err := tx.Setting(ctx, modeSetting)
	if errors.Is(err, store.ErrNotFound) {
		mode, err = string(fallback), nil
	}
	if err != nil {
		return actors.Policy{}, fmt.Errorf("read the policy: %w", err)
	}
	return actors.NewPolicy(actors.Mode(mode), rules), nil
}

// SetMode decides about hosts that no rule names. by is the admin, zero for
// whoever has the machine.
func (a *Actions) SetMode(ctx context.Context, tx *store.Tx, by actors.ID, mode actors.Mode) error {
	if !mode.Valid() {
		return content.Problems{"mode": "Select list, public or open"}
	}
	if err := tx.SetSetting(ctx, modeSetting, string(mode)); err != nil {
		return fmt.Errorf("set the mode: %w", err)
	}
	return a.policyChanged(ctx, tx, by, "policy mode", string(mode), "")
}

// SetRule decides about a host, and about those below it unless the rule is
// exact. by is the admin, zero for whoever has the machine.
func (a *Actions) SetRule(ctx context.Context, tx *store.Tx, by actors.ID, r actors.Rule) error {
	if _, err := a.Site.ParseHost(r.Host); err != nil {
		return content.Problems{"host": "Enter a host name in small letters, like hub.example.gov.uk"}
	}
	if r.Host == a.Site.Host {
		return content.Problems{"host": "This is the host of this node"}
	}
	r.By, r.Created = by, a.Now()
	if err := tx.SetRule(ctx, r); err != nil {
		return fmt.Errorf("set a rule: %w", err)
	}
	if r.Verdict == actors.Refuse {
		// Its communities are read no more, and what they keep for members goes (S188).
		if err := tx.PurgeHost(ctx, r.Host, r.Exact, a.Now()); err != nil {
			return fmt.Errorf("take away what is of %s: %w", r.Host, err)
		}
	}
	return a.policyChanged(ctx, tx, by, "policy "+r.Verdict.String(), r.Host, r.Reason)
}

// DropRule leaves a host to the mode again. ErrNotFound when it has no rule.
func (a *Actions) DropRule(ctx context.Context, tx *store.Tx, by actors.ID, host string) error {
	if err := tx.DropRule(ctx, host); err != nil {
		return fmt.Errorf("drop the rule for %s: %w", host, err)
	}
	return a.policyChanged(ctx, tx, by, "policy forget", host, "")
}

func (a *Actions) policyChanged(ctx context.Context, tx *store.Tx, by actors.ID, what, target, detail string) error {
	if err := a.audit(ctx, tx, by, what, target, detail); err != nil {
		return err
	}
	if err := tx.BeginEpochs(ctx); err != nil {
		return fmt.Errorf("begin new epochs: %w", err)
	}
	if a.Wake.Policy != nil {
		tx.After(a.Wake.Policy)
	}
	return nil
}
