package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"time"

	"moothall/actors"
	"moothall/extract/apart"
	"moothall/federation/node"
	"moothall/store"
)

// finding is what one check of the doctor found.
type finding struct {
	Check  string `json:"check"`
	Status string `json:"status"` // ok, note or bad
	Words  string `json:"words"`
}

const (
	healthy = "ok"
	note    = "note"
	bad     = "bad"
)

var errUnwell = errors.New("something is wrong; see above")

func doctor(ctx context.Context, k *call) error {
	if err := k.want(); err != nil {
		return err
	}
	var list []finding
	n, err := k.open(ctx)
	if err != nil {
		list = append(list, finding{"node", bad, err.Error()})
	} else {
		list = k.examine(ctx, n)
		if err := n.Close(); err != nil {
			list = append(list, finding{"database", bad, err.Error()})
		}
	}
	return k.report(list)
}

func (k *call) report(list []finding) error {
	var lines []string
	unwell := false
	for _, f := range list {
		lines = append(lines, fmt.Sprintf("%-4s  %-10s %s", f.Status, f.Check, f.Words))
		unwell = unwell || f.Status == bad
	}
	if err := k.say(list, "%s", strings.Join(lines, "\n")); err != nil {
		return err
	}
	if unwell {
		return errUnwell
	}
	return nil
}

func (k *call) examine(ctx context.Context, n *node.Node) []finding {
	checks := []struct {
		name string
		look func(context.Context, *node.Node) (status, words string)
	}{
		{"address", func(_ context.Context, n *node.Node) (string, string) { return healthy, n.Site.Base }},
		{"database", k.examineDatabase},
		{"data", k.examineFolder},
		{"files", examineFiles},
		{"reading", examineReading},
		{"keys", examineKeys},
		{"clock", examineClock},
		{"admin", examineAdmin},
		{"policy", examinePolicy},
		{"partners", examinePartners},
		{"running", examineRunning},
	}
	list := make([]finding, len(checks))
	for i, c := range checks {
		status, words := c.look(ctx, n)
		list[i] = finding{c.name, status, words}
	}
	return list
}

func (k *call) examineDatabase(ctx context.Context, n *node.Node) (status, words string) {
	err := n.DB.Ping(ctx)
	if err == nil && k.opt.deep {
		err = n.DB.Check(ctx)
	}
	if err != nil {
		return bad, err.Error()
	}
	return healthy, "answers"
}

// examineFolder tries to write where the node must be able to.
func (k *call) examineFolder(context.Context, *node.Node) (status, words string) {
	f, err := os.CreateTemp(k.cfg.Data, ".doctor-*")
	if err != nil {
		return bad, "cannot be written: " + err.Error()
	}
	if err := errors.Join(f.Close(), os.Remove(f.Name())); err != nil {
		return bad, err.Error()
	}
	return healthy, k.cfg.Data
}

// examineFiles writes, reads and deletes a few bytes where files are kept.
func examineFiles(ctx context.Context, n *node.Node) (status, words string) {
	if err := n.Files.Check(ctx); err != nil {
		return bad, err.Error()
	}
	if err := n.Files.Probe(ctx); err != nil {
		return bad, err.Error()
	}
	return healthy, "can be written, read and deleted in " + n.Files.Where()
}

// examineReading starts the process that reads files.
func examineReading(ctx context.Context, _ *node.Node) (status, words string) {
	program, err := os.Executable()
	if err != nil {
		return bad, err.Error()
	}
	r := apart.Reader{Program: program, Log: slog.New(slog.DiscardHandler)}
	switch alone, err := r.Alone(ctx); {
	case err != nil:
		return bad, "files cannot be read: " + err.Error()
	case !alone:
		return note, "files are read in a process of their own, which could reach the network: this system does not let us take it away (user namespaces)"
	}
	return healthy, "files are read in a process of their own, without a network"
}

func examineKeys(ctx context.Context, n *node.Node) (status, words string) {
	err := n.DB.Read(ctx, func(tx *store.Tx) error {
		x, err := tx.ActorByURI(ctx, n.Site.Instance())
		if err != nil {
			return err
		}
		_, err = n.Actions.Keys.Of(ctx, tx, x.ID)
		return err
	})
	if err != nil {
		return bad, err.Error()
	}
	return healthy, "the node can sign"
}

// examineClock compares the clock with the newest thing in the log: signatures
// are good for an hour (security.md S231).
func examineClock(ctx context.Context, n *node.Node) (status, words string) {
	var newest time.Time
	err := n.DB.Read(ctx, func(tx *store.Tx) (err error) {
		newest, err = tx.NewestActivity(ctx)
		return err
	})
	if err != nil {
		return bad, err.Error()
	}
	if ahead := newest.Sub(n.Actions.Now()); ahead > time.Minute {
		return bad, fmt.Sprintf("the newest activity is %s in the future: the clock of this machine is or was wrong", ahead.Round(time.Second))
	}
	return healthy, "not behind what is stored"
}

func examineAdmin(ctx context.Context, n *node.Node) (status, words string) {
	var has bool
	err := n.DB.Read(ctx, func(tx *store.Tx) (err error) {
		has, err = tx.HasAdmin(ctx)
		return err
	})
	switch {
	case err != nil:
		return bad, err.Error()
	case !has:
		return note, "there is no admin yet: open the link that moothall serve prints, or use moothall user create NAME --role admin"
	}
	return healthy, "there is one"
}

func examinePolicy(ctx context.Context, n *node.Node) (status, words string) {
	var rules []actors.Rule
	err := n.DB.Read(ctx, func(tx *store.Tx) (err error) {
		rules, err = tx.Rules(ctx)
		return err
	})
	if err != nil {
		return bad, err.Error()
	}
	open := n.Decide("unknown.example", actors.ToPost)
	if len(rules) == 0 && !open.OK() {
		return note, "no partner is allowed yet and strangers are not: moothall policy allow HOST"
	}
	return healthy, fmt.Sprintf("%d rules; others: %s", len(rules), open.Rule)
}

func examinePartners(ctx context.Context, n *node.Node) (status, words string) {
	var cursors []store.Cursor
	err := n.DB.Read(ctx, func(tx *store.Tx) (err error) {
		cursors, err = tx.Cursors(ctx)
		return err
	})
	if err != nil {
		return bad, err.Error()
	}
	var failing []string
	for _, c := range cursors {
		if c.Failures > 0 || !c.Dead.IsZero() {
			failing = append(failing, c.Host)
		}
	}
	if len(failing) > 0 {
		return note, fmt.Sprintf("%d of %d cannot be reached now: %s. See moothall partner list", len(failing), len(cursors), strings.Join(failing[:min(len(failing), 10)], ", "))
	}
	return healthy, fmt.Sprintf("%d served", len(cursors))
}

// examineRunning asks the node as others would.
func examineRunning(ctx context.Context, n *node.Node) (status, words string) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, n.Site.Base+"/healthz", nil)
	if err != nil {
		return bad, err.Error()
	}
	resp, err := n.Remote.HTTP.RoundTrip(r)
	if err != nil {
		return note, "does not answer at its address: moothall serve is not running, or the name does not lead here"
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return bad, fmt.Sprintf("answers %d at %s/healthz", resp.StatusCode, n.Site.Base)
	}
	return healthy, "answers at its address"
}
