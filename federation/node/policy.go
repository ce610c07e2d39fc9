package node

import (
	"context"
	"sync/atomic"

	"moothall/actions"
	"moothall/actors"
	"moothall/store"
)

// policy holds the rules about hosts where every door can ask them at no cost.
type policy struct {
	db       *store.DB
	fallback actors.Mode
	now      atomic.Pointer[actors.Policy]
}

// reload reads the rules again: another process may have changed them.
func (p *policy) reload(ctx context.Context) error {
	return p.db.Read(ctx, func(tx *store.Tx) error {
		rules, err := actions.Policy(ctx, tx, p.fallback)
		if err != nil {
			return err
		}
		p.now.Store(&rules)
		return nil
	})
}

// Decide is actors.Policy.Decide by the rules as they are now.
func (p *policy) Decide(host string, purpose actors.Purpose) actors.Decision {
	rules := p.now.Load()
	if rules == nil {
		return actors.Decision{}
	}
	return rules.Decide(host, purpose)
}

// rulesChanged is called when this process has changed the rules: whoever did so
// finds the change in force.
func (n *Node) rulesChanged() {
	if err := n.policy.reload(context.Background()); err != nil {
		n.Log.Error("policy not read", "err", err)
	}
}
