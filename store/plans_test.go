package store

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/search"
)

// explainer asks SQLite how it would run each query, then runs it.
type explainer struct {
	queryer
	plans []string
}

// QueryContext notes the plan of a query and runs it.
func (e *explainer) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	rows, err := e.queryer.QueryContext(ctx, "EXPLAIN QUERY PLAN "+text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			return nil, err
		}
		e.plans = append(e.plans, detail)
	}
	rows.Close()
	return e.queryer.QueryContext(ctx, text, args...)
}

var fullScan = regexp.MustCompile(`^SCAN (p|a|o|post|activity|outbound|m|membership|e|log_entry|r|report|s|setback|dead_letter|refusal|recheck|w|d|v)$`)

// TestI6_HotQueriesWalkAnIndex holds that what is read often never reads a whole
// table, and that pages come in the order of an index.
func TestI6_HotQueriesWalkAnIndex(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db, err := Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "a.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	me := actors.Viewer{Actor: 7, Local: true}
	for _, tt := range []struct {
		name    string
		sorts   bool // the order is made by sorting a bounded number of rows
		perform func(tx *Tx) error
	}{
		{"Discussions", false, func(tx *Tx) error { _, err := tx.Discussions(ctx, me, 5, Page{}); return err }},
		{"CountDiscussions", false, func(tx *Tx) error { _, err := tx.CountDiscussions(ctx, me, 5); return err }},
		{"Thread", false, func(tx *Tx) error {
			_, err := tx.Thread(ctx, me, 5)
			if err == nil {
				_, err = tx.Replies(ctx, me, content.Post{ID: 5, Root: 5}, Page{})
			}
			return err
		}},
		{"PostsBy", false, func(tx *Tx) error { _, err := tx.PostsBy(ctx, me, 5, Page{}); return err }},
		{"Latest of the public", false, func(tx *Tx) error { _, err := tx.Latest(ctx, actors.Viewer{}, Page{}); return err }},
		{"Latest of one community", false, func(tx *Tx) error { _, err := tx.latestOf(ctx, me, 5, 10); return err }},
		{"Latest", true, func(tx *Tx) error { _, err := tx.Latest(ctx, me, Page{}); return err }},
		{"DueTo", true, func(tx *Tx) error { _, err := tx.DueTo(ctx, "peer.example", 1, 10); return err }},
		{"HostsOwed", false, func(tx *Tx) error { _, err := tx.HostsOwed(ctx); return err }},
		{"Partners", true, func(tx *Tx) error {
			_, err := tx.CountOwedTo(ctx, []string{"a.example", "b.example"})
			for _, next := range []func() error{
				func() error { _, err := tx.Setbacks(ctx, "a.example"); return err },
				func() error { _, err := tx.CountGivenUp(ctx, "a.example"); return err },
				func() error { _, err := tx.UnappliedFrom(ctx, "a.example", Page{}); return err },
				func() error { _, err := tx.CountUnappliedFrom(ctx, "a.example", actors.Held); return err },
				func() error { _, err := tx.RefusedFrom(ctx, "a.example", time.Unix(5, 0)); return err },
				func() error { _, err := tx.OpenRechecks(ctx, 10); return err },
				func() error { _, err := tx.SomeoneAt(ctx, "a.example", "https://a.example/inbox"); return err },
			} {
				if err == nil {
					err = next()
				}
			}
			return err
		}},
		{"Inbox", true, func(tx *Tx) error { _, err := tx.Inbox(ctx, 5, Page{}); return err }},
		{"Outbox", false, func(tx *Tx) error {
			_, err := tx.Outbox(ctx, "https://here.example/c/x", Page{})
			if err == nil {
				_, err = tx.CountOutbox(ctx, "https://here.example/c/x")
			}
			return err
		}},
		{"ClaimWaiting", false, func(tx *Tx) error {
			_, err := tx.NextWaiting(ctx)
			if err == nil {
				_, err = tx.waitingFrom(ctx, time.Unix(5, 0), ">=", "", 10)
			}
			if err == nil {
				_, err = tx.ClaimWaiting(ctx, []string{"a.example"}, time.Unix(5, 0), time.Unix(6, 0), 10)
			}
			return err
		}},
		{"Unapplied", false, func(tx *Tx) error { _, err := tx.Unapplied(ctx, Page{}); return err }},
		{"Communities", false, func(tx *Tx) error { _, err := tx.Communities(ctx, me, CommunityFilter{}, Page{}); return err }},
		{"CountLocalPosts", false, func(tx *Tx) error { _, err := tx.CountLocalPosts(ctx); return err }},
		{"MembershipByFollow", false, func(tx *Tx) error {
			if _, err := tx.MembershipByFollow(ctx, "https://peer.example/f"); !errors.Is(err, ErrNotFound) {
				return err
			}
			_, err := tx.UnansweredFollows(ctx, time.Unix(5, 0), 10)
			return err
		}},
		{"OpenReports", false, func(tx *Tx) error {
			who := ReportReader{Actor: 7}
			_, err := tx.CountOpenReports(ctx, who)
			if err == nil {
				_, err = tx.OpenReports(ctx, who, Page{})
			}
			if err == nil {
				_, err = tx.ClosedReports(ctx, who, Page{})
			}
			if err == nil {
				_, err = tx.CountReportsFrom(ctx, "peer.example", time.Unix(5, 0))
			}
			if err == nil {
				_, err = tx.SameReports(ctx, Report{About: 5, Post: 6, By: 7})
			}
			return err
		}},
		{"Announced", false, func(tx *Tx) error { _, err := tx.Announced(ctx, me, 5, 0, 10); return err }},
		{"Authored", true, func(tx *Tx) error {
			_, err := tx.Authored(ctx, me, actors.Actor{ID: 5, URI: "https://here.example/u/x"}, 0, 10)
			return err
		}},
		{"the log of one thing", true, func(tx *Tx) error {
			_, err := tx.ThreadEntries(ctx, me, 5, 6, 10)
			if err == nil {
				_, err = tx.CountThreadEntries(ctx, me, 5)
			}
			if err == nil {
				_, err = tx.LastBoost(ctx, 5, "https://here.example/p/x")
			}
			if errors.Is(err, ErrNotFound) {
				return nil
			}
			return err
		}},
		{"Search", false, func(tx *Tx) error {
			// The rows of the index come in the order of the index, and their posts by their keys.
			x := finding{Tx: tx, viewer: me, query: search.Parse("plan")}
			_, err := x.candidates(ctx, x.query.Tiers(search.Scope(me, nil), search.Filter{})[0])
			if err == nil {
				_, err = tx.wordsOf(ctx, 5, new(search.Stems))
			}
			return err
		}},
		{"IndexDue", false, func(tx *Tx) error { _, _, err := tx.waitingWords(ctx, new(search.Stems)); return err }},
		{"FollowersBehind", true, func(tx *Tx) error { _, err := tx.FollowersBehind(ctx, "https://peer.example/inbox"); return err }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := db.Read(ctx, func(tx *Tx) error {
				e := &explainer{queryer: tx.q}
				if err := tt.perform(&Tx{q: e, dialect: tx.dialect}); err != nil {
					return err
				}
				if slices.ContainsFunc(e.plans, func(p string) bool { return strings.HasSuffix(p, "log_entry_1 (group_id=?)") }) {
					t.Errorf("the whole log of a community is read in\n%s", strings.Join(e.plans, "\n"))
				}
				if len(e.plans) == 0 {
					t.Error("no query was made")
				}
				for _, plan := range e.plans {
					part, ok := strings.CutPrefix(plan, "SCAN ")
					isPart := ok && slices.Contains(e.plans, "CO-ROUTINE "+part) // a part that was already cut short
					if fullScan.MatchString(plan) && !isPart || !tt.sorts && strings.Contains(plan, "TEMP B-TREE FOR ORDER BY") {
						t.Errorf("%s\nin\n%s", plan, strings.Join(e.plans, "\n"))
					}
				}
				return nil
			})
			if err != nil && !errors.Is(err, ErrNotFound) { // the database is empty
				t.Fatal(err)
			}
		})
	}
}
