package fedtest

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"moothall/store"
)

// notes are the tables in which a node keeps what was refused, whom it heard
// of, and what it has been told of software: they may grow with a refusal. The index
// of words follows from the rest, a little later, and how often something was read is told to few.
var notes = map[string]bool{
	"search_words": true, "search_due": true, "document_use": true, "document_reader": true,
	"audit": true, "refusal": true, "instance": true, "counter": true, "goose_db_version": true, "throttle": true,
}

// State is everything that a node holds but for notes of refusals: two moments
// with the same text differ in nothing that anyone is shown or sent. What was
// learned of actors elsewhere does not count, since a key must be read before
// its signature can be refused.
func (town *Town) State(host string) string {
	town.T.Helper()
	return town.rows(host, func(table string, row map[string]string) bool {
		isTold := table == "activity" && row["state"] == "rejected"
		isHeardOf := table == "actor" && row["local"] != "1" && row["local"] != "true"
		return !notes[table] && !isTold && !isHeardOf
	})
}

// dump is everything that a node holds.
func (town *Town) dump(host string) string {
	town.T.Helper()
	return town.rows(host, func(string, map[string]string) bool { return true })
}

func (town *Town) rows(host string, counts func(table string, row map[string]string) bool) string {
	town.T.Helper()
	var out strings.Builder
	town.must(town.hall(host).read(func(ctx context.Context, tx *store.Tx) error {
		return tx.Dump(ctx, func(table string, row map[string]string) {
			if !counts(table, row) {
				return
			}
			fmt.Fprintf(&out, "%s", table)
			for _, c := range sortedKeys(row) {
				fmt.Fprintf(&out, " %s=%q", c, row[c])
			}
			out.WriteByte('\n')
		})
	}))
	return out.String()
}

// Unchanged fails the test where doing something changes a node's state.
func (town *Town) Unchanged(host string, do func()) {
	town.T.Helper()
	before := town.State(host)
	do()
	if after := town.State(host); after != before {
		town.T.Errorf("%s is not as before:\n%s", host, difference(before, after))
	}
}

// difference lists the lines that only one of two states has.
func difference(before, after string) string {
	old, now := lineSet(before), lineSet(after)
	var out []string
	for l := range old {
		if !now[l] {
			out = append(out, "- "+l)
		}
	}
	for l := range now {
		if !old[l] {
			out = append(out, "+ "+l)
		}
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

func lineSet(s string) map[string]bool {
	set := map[string]bool{}
	for l := range strings.Lines(s) {
		set[strings.TrimSuffix(l, "\n")] = true
	}
	return set
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

// Refusals is what a node notes of what it turned away, a line for each kind.
func (town *Town) Refusals(host string) string {
	town.T.Helper()
	var out strings.Builder
	h := town.hall(host)
	town.must(h.node.FlushRefusals(town.ctx()))
	town.must(h.read(func(ctx context.Context, tx *store.Tx) error {
		list, err := tx.RefusalsSince(ctx, Opening.AddDate(-1, 0, 0), store.Page{Size: 100})
		for _, r := range list {
			fmt.Fprintf(&out, "%s %s %d %s\n", r.Host, r.Code, r.Times, r.Detail)
		}
		return err
	}))
	return out.String()
}
