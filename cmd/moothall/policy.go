package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"

	"moothall/actions"
	"moothall/actors"
	"moothall/federation/node"
	"moothall/store"
)

func policyCommands() []command {
	reason := func(fs *flag.FlagSet, k *call) {
		fs.StringVar(&k.opt.reason, "reason", "", "why, for those who read the rules")
	}
	rule := func(v actors.Verdict, words string) func(context.Context, *call) error {
		return func(ctx context.Context, k *call) error { return setRule(ctx, k, v, words) }
	}
	return []command{
		{name: "policy mode", form: "list|public|open", about: "decide about hosts that no rule names", changes: true, prints: true, run: setMode},
		{name: "policy allow", form: "HOST [--reason TEXT]", about: "exchange with a host and those below it", changes: true, prints: true, flags: reason, run: rule(actors.Accept, "allowed")},
		{name: "policy block", form: "HOST [--reason TEXT]", about: "refuse a host and those below it", changes: true, prints: true, flags: reason, run: rule(actors.Refuse, "blocked")},
		{name: "policy forget", form: "HOST", about: "remove the rule about a host", changes: true, prints: true, run: forgetRule},
		{name: "policy list", about: "show mode and rules", prints: true, run: listRules},
	}
}

func setMode(ctx context.Context, k *call) error {
	if err := k.want("MODE"); err != nil {
		return err
	}
	mode := actors.Mode(k.args[0])
	if !mode.Valid() {
		return usage("mode %q is none of list, public, open", k.args[0])
	}
	return k.withNode(ctx, func(n *node.Node) error {
		err := k.write(ctx, n, func(tx *store.Tx) error { return n.Actions.SetMode(ctx, tx, 0, mode) })
		if err != nil {
			return err
		}
		return k.say(map[string]string{"mode": string(mode)}, "Hosts that no rule names: %s.", mode)
	})
}

func setRule(ctx context.Context, k *call, v actors.Verdict, words string) error {
	if err := k.want("HOST"); err != nil {
		return err
	}
	r := actors.Rule{Host: k.args[0], Verdict: v, Reason: k.opt.reason}
	return k.withNode(ctx, func(n *node.Node) error {
		err := k.write(ctx, n, func(tx *store.Tx) error { return n.Actions.SetRule(ctx, tx, 0, r) })
		if err != nil {
			return err
		}
		return k.say(ruleOf(r), "%s is %s.", r.Host, words)
	})
}

func forgetRule(ctx context.Context, k *call) error {
	if err := k.want("HOST"); err != nil {
		return err
	}
	host := k.args[0]
	return k.withNode(ctx, func(n *node.Node) error {
		err := k.write(ctx, n, func(tx *store.Tx) error { return n.Actions.DropRule(ctx, tx, 0, host) })
		if errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("there is no rule about %s", host)
		}
		if err != nil {
			return err
		}
		return k.say(map[string]string{"host": host}, "The rule about %s is gone.", host)
	})
}

// ruleLine is one rule as policy list prints it.
type ruleLine struct {
	Host    string `json:"host"`
	Verdict string `json:"verdict"`
	Reason  string `json:"reason,omitempty"`
}

func ruleOf(r actors.Rule) ruleLine { return ruleLine{r.Host, r.Verdict.String(), r.Reason} }

func listRules(ctx context.Context, k *call) error {
	if err := k.want(); err != nil {
		return err
	}
	return k.withNode(ctx, func(n *node.Node) error {
		var policy actors.Policy
		var rules []actors.Rule
		err := n.DB.Read(ctx, func(tx *store.Tx) (err error) {
			if policy, err = actions.Policy(ctx, tx, n.Config.Mode); err != nil {
				return err
			}
			rules, err = tx.Rules(ctx)
			return err
		})
		if err != nil {
			return err
		}
		lines, words := []ruleLine{}, []string{"mode " + string(policy.Mode)}
		for _, r := range rules {
			lines = append(lines, ruleOf(r))
			words = append(words, strings.TrimSpace(fmt.Sprintf("%-6s %s  %s", r.Verdict, r.Host, r.Reason)))
		}
		return k.say(map[string]any{"mode": policy.Mode, "rules": lines}, "%s", strings.Join(words, "\n"))
	})
}
