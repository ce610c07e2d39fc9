package storetest

import (
	"context"
	"testing"

	"moothall/actors"
	"moothall/store"
)

func policyRules(t *testing.T, w *Town) {
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		rules := []actors.Rule{
			{Host: "a.example", Verdict: actors.Accept, Created: At(1)},
			{Host: "b.example", Verdict: actors.Hold, Exact: true, Reason: "new", By: 1 << 41, Created: At(2)},
			{Host: "c.example", Verdict: actors.Refuse, Created: At(3)},
		}
		for _, r := range append([]actors.Rule{{Host: "b.example", Verdict: actors.Accept}}, rules...) {
			if err := tx.SetRule(ctx, r); err != nil {
				return err
			}
		}
		got, err := tx.Rules(ctx)
		same(t, "Rules", err, rules, got)
		if err := tx.DropRule(ctx, "b.example"); err != nil {
			return err
		}
		isErr(t, "a rule dropped twice", tx.DropRule(ctx, "b.example"), store.ErrNotFound)
		return nil
	})
}

func refusalRows(t *testing.T, w *Town) {
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		for _, r := range []store.Refusals{
			{Host: "x.example", Code: "C1", Detail: "first", Times: 2, Last: At(1)},
			{Host: "x.example", Code: "C1", Detail: "second", Times: 3, Last: At(2)},
			{Host: "y.example", Code: "C2", Times: 1, Last: At(3)},
			{Host: "x.example", Code: "C1", Times: 1, Last: At(-200_000)}, // another day
		} {
			if err := tx.AddRefusals(ctx, r); err != nil {
				return err
			}
		}
		refused, err := tx.RefusalsSince(ctx, At(0), store.Page{})
		same(t, "RefusalsSince", err, []store.Refusals{
			{Host: "y.example", Code: "C2", Times: 1, Last: At(3)}, {Host: "x.example", Code: "C1", Detail: "second", Times: 5, Last: At(2)},
		}, refused)
		n, err := tx.CountRefusals(ctx, At(0))
		same(t, "CountRefusals", err, 6, n)
		n, err = tx.CountRefusals(ctx, At(4))
		same(t, "CountRefusals of nothing", err, 0, n)
		return nil
	})
}

func auditRows(t *testing.T, w *Town) {
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		first := store.Audit{ID: w.ID(), By: 1 << 41, Action: "rule", Target: "a.example", Detail: "accept", At: At(1)}
		second := store.Audit{ID: w.ID(), Action: "rule", At: At(2)}
		for _, a := range []store.Audit{first, second} {
			if err := tx.AddAudit(ctx, a); err != nil {
				return err
			}
		}
		if err := tx.AddAudit(ctx, store.Audit{ID: w.ID()}); err == nil {
			t.Error("a note of nothing was stored")
		}
		audits, err := tx.Audits(ctx, store.Page{})
		same(t, "Audits", err, []store.Audit{second, first}, audits)
		third := store.Audit{ID: w.ID(), Group: 1 << 42, Action: "lock", At: At(3)}
		if err := tx.AddAudit(ctx, third); err != nil {
			return err
		}
		audits, err = tx.AuditsOf(ctx, third.Group, store.Page{})
		same(t, "AuditsOf", err, []store.Audit{third}, audits)
		n, err := tx.CountAuditsOf(ctx, third.Group)
		same(t, "CountAuditsOf", err, 1, n)
		n, err = tx.CountAuditsOf(ctx, 0)
		same(t, "CountAuditsOf none", err, 0, n)
		return nil
	})
}
