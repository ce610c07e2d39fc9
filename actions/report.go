package actions

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/federation/remote"
	"moothall/store"
)

const (
	// MaxReport is how long the words of a report may be, in characters.
	MaxReport = 2000
	// mostReports is how many things one person may report in a day.
	mostReports = 20
	// mostReportsFromHost is how many reports the servers of one domain may bring in a
	// day (security.md S104, S105 of requests to join: facilitators must not be buried).
	mostReportsFromHost = 100

	reportDay = 24 * time.Hour
)

// Complaint is what a local person reports, and how they want it passed on.
type Complaint struct {
	Post  *content.Post // nil for the person or community as such
	About actors.Actor  // the author of the post, or who is reported
	Words string
	// Unnamed keeps the reporter's name back: the node's own actor speaks.
	Unnamed bool
	// Forward sends the words to the server of the person who is reported, too, where
	// that is not the community's. It always hears that there was a report, and never
	// from whom (security.md S212).
	Forward bool
}

// Sent says what became of a complaint.
type Sent struct {
	Activity actors.Activity
	Hosts    []string // other servers that are told
	Here     bool     // it waits for somebody of this node to decide
}

// Report takes a local person's complaint to those who decide about it: into the
// queue here, to the community's home, and to the home of whom it is about, each
// on its own (protocol.md 9.3). Nobody else hears of it.
func (a *Actions) Report(ctx context.Context, tx *store.Tx, by actors.Actor, c Complaint) (Sent, error) {
	c.Words = strings.TrimSpace(c.Words)
	if err := c.check(by); err != nil {
		return Sent{}, err
	}
	group, err := a.groupOf(ctx, tx, c)
	if err != nil {
		return Sent{}, err
	}
	r := store.Report{ID: a.IDs.Next(), By: by.ID, Unnamed: c.Unnamed, About: c.About.ID, Words: c.Words, At: a.Now()}
	if c.Post != nil {
		r.Post, r.Group = c.Post.ID, group.ID
	}
	if err := a.mayReport(ctx, tx, by, r); err != nil {
		return Sent{}, err
	}
	out := Sent{Here: group.Local || c.About.Local}
	if !out.Here {
		r.Outcome, r.Decided, r.DecidedBy = store.ReportSent, r.At, by.ID
	}
	signer, err := a.reporter(ctx, tx, by, c)
	if err != nil {
		return out, err
	}
	if err := a.sendReports(ctx, tx, signer, group, c, &out); err != nil {
		return out, err
	}
	r.URI = out.Activity.URI
	return out, a.file(ctx, tx, r, group)
}

func (c Complaint) check(by actors.Actor) error {
	switch n := utf8.RuneCountInString(c.Words); {
	case n == 0:
		return content.Problems{"reason": "Say what is wrong"}
	case n > MaxReport:
		return content.Problems{"reason": "What is wrong must be 2,000 characters or less"}
	case c.About.ID == by.ID:
		return refuse("own_post", "This is your own.")
	case c.Post != nil && c.Post.IsGone(), c.About.IsGone():
		return refuse("gone", "This has been withdrawn.")
	}
	return nil
}

// groupOf is the community that a complaint is about something in, or about; the
// zero Community for a person.
func (a *Actions) groupOf(ctx context.Context, tx *store.Tx, c Complaint) (actors.Community, error) {
	switch {
	case c.Post != nil:
		return tx.Community(ctx, c.Post.Group)
	case c.About.Kind == actors.Group:
		return tx.Community(ctx, c.About.ID)
	}
	return actors.Community{}, nil
}

func (a *Actions) mayReport(ctx context.Context, tx *store.Tx, by actors.Actor, r store.Report) error {
	same, err := tx.SameReports(ctx, r)
	if err != nil {
		return err
	}
	if len(same) > 0 {
		return refuse("reported_already", "You have reported this already.")
	}
	n, err := tx.CountReportsBy(ctx, by.ID, a.Now().Add(-reportDay))
	if err == nil && n >= mostReports {
		err = refuse("too_many_reports", "You have reported many things today. Write to those who run this site instead.")
	}
	return err
}

// reporter is who speaks: the person, or the node for one who keeps their name back.
func (a *Actions) reporter(ctx context.Context, tx *store.Tx, by actors.Actor, c Complaint) (actors.Actor, error) {
	if !c.Unnamed {
		return by, nil
	}
	return tx.ActorByURI(ctx, a.Site.Instance())
}

// withheld is what the home of a reported person reads where the words are not
// for it: Lemmy takes no report without any.
const withheld = "This was reported to those who look after the community."

// sendReports records one Flag for each server that is to know, or one that stays here.
func (a *Actions) sendReports(ctx context.Context, tx *store.Tx, signer actors.Actor, group actors.Community, c Complaint, out *Sent) error {
	objects := []actors.URI{c.About.URI}
	if c.Post != nil {
		objects = []actors.URI{c.Post.URI}
	}
	var err error
	if group.ID != 0 {
		f := ap.Flag{To: group.URI, Group: group.URI, Objects: objects, Words: c.Words}
		if out.Activity, err = a.flag(ctx, tx, signer, group.Actor, f, out); err != nil {
			return err
		}
	}
	if c.About.Kind == actors.Group || group.ID != 0 && c.About.Host == group.Host {
		return nil
	}
	f := ap.Flag{To: c.About.URI, Objects: objects, Words: c.Words}
	if c.Post != nil {
		f.Objects = []actors.URI{c.About.URI, c.Post.URI}
		if c.About.Local {
			return nil // the queue has it
		}
		if !c.Forward {
			f.Words = withheld
		}
		if signer, err = tx.ActorByURI(ctx, a.Site.Instance()); err != nil {
			return err
		}
	}
	act, err := a.flag(ctx, tx, signer, c.About, f, out)
	if out.Activity.URI == "" {
		out.Activity = act
	}
	return err
}

// flag records a Flag and sends it to whom it is for, if they are elsewhere.
func (a *Actions) flag(ctx context.Context, tx *store.Tx, by, whom actors.Actor, f ap.Flag, out *Sent) (actors.Activity, error) {
	act := a.own("Flag", by, f.Group, f.Objects[len(f.Objects)-1])
	f.ID, f.Actor = act.URI, by.URI
	var err error
	if act.Body, err = ap.WriteFlag(f); err != nil {
		return act, err
	}
	if err := a.record(ctx, tx, act); err != nil {
		return act, err
	}
	if !whom.Local {
		out.Hosts = append(out.Hosts, whom.Host)
	}
	return act, a.send(ctx, tx, act, by, to(whom)...)
}

// TakeReport puts a report from elsewhere into the queue. One that says again what
// waits already is not new.
func (a *Actions) TakeReport(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, r store.Report) (isNew bool, err error) {
	r.ID, r.By, r.Words, r.At = a.IDs.Next(), by.ID, content.FirstRunes(strings.TrimSpace(r.Words), MaxReport), a.Now()
	same, err := tx.SameReports(ctx, r)
	if err != nil {
		return false, err
	}
	for _, s := range same {
		if by.Kind == actors.Person || s.Words == r.Words { // a server speaks for many
			return false, nil
		}
	}
	n, err := tx.CountReportsFrom(ctx, remote.Domain(by.Host), a.Now().Add(-reportDay))
	if err != nil {
		return false, err
	}
	if n >= mostReportsFromHost {
		return false, refuse("too_many_reports", "This server has sent too many reports today.")
	}
	return true, a.file(ctx, tx, r, group)
}

// file stores a report and tells the facilitators, but for the one whom it is about
// and the one who made it.
func (a *Actions) file(ctx context.Context, tx *store.Tx, r store.Report, group actors.Community) error {
	if err := tx.AddReport(ctx, r); err != nil {
		return err
	}
	if r.Group == 0 || r.Outcome != store.ReportOpen {
		return nil
	}
	mods, err := tx.Moderators(ctx, r.Group)
	if err != nil {
		return err
	}
	for _, mod := range mods {
		if mod.ID == r.About || mod.ID == r.By {
			continue
		}
		if err := a.tellOfReport(ctx, tx, r, group, mod); err != nil {
			return err
		}
	}
	return nil
}

// withheldFromHome is what a facilitator elsewhere reads of a report.
const withheldFromHome = "This was reported. What the report says can be read on the community’s own site."

// tellOfReport tells a facilitator of a report. One who lives elsewhere hears from
// their community's home that there is one, about what, and no more (protocol.md 9.3,
// security.md S212).
func (a *Actions) tellOfReport(ctx context.Context, tx *store.Tx, r store.Report, group actors.Community, mod actors.Actor) error {
	if mod.Local {
		// By is the community: who reported is for the report itself to say, or not.
		return tx.Notify(ctx, store.Notification{
			ID: a.IDs.Next(), Actor: mod.ID, Kind: NoticeReported, Group: group.ID, By: group.ID, At: a.Now(),
		})
	}
	if !group.Local || r.Post == 0 {
		return nil
	}
	p, err := tx.PostForRules(ctx, r.Post)
	if err != nil || !p.Audience.Federates() {
		return err
	}
	home, err := tx.ActorByURI(ctx, a.Site.Instance())
	if err != nil {
		return err
	}
	_, err = a.flag(ctx, tx, home, mod, ap.Flag{To: mod.URI, Group: group.URI, Objects: []actors.URI{p.URI}, Words: withheldFromHome}, &Sent{})
	return err
}

// ReportReader says which reports a local person sees.
func ReportReader(x actors.Account) store.ReportReader {
	return store.ReportReader{Actor: x.Actor, Staff: x.Disabled.IsZero() && (x.Role == actors.AccountModerator || x.Role == actors.AccountAdmin)}
}

// DecideReport closes a report, in the name of somebody who may see it. ErrNotFound
// when they may not, or when somebody else has closed it.
func (a *Actions) DecideReport(ctx context.Context, tx *store.Tx, by actors.ID, id actors.ID, o store.Outcome, note string) error {
	note = strings.TrimSpace(note)
	problems := content.Problems{}
	if o != store.ReportNothing && o != store.ReportActed {
		problems.Add("outcome", "Select what you decided")
	}
	if utf8.RuneCountInString(note) > maxReason {
		problems.Add("note", "Note must be 500 characters or less")
	}
	if err := problems.Err(); err != nil {
		return err
	}
	x, err := tx.Account(ctx, by)
	if err != nil {
		return err
	}
	r, err := tx.Report(ctx, ReportReader(x), id)
	if err != nil {
		return err
	}
	r.Outcome, r.Decided, r.DecidedBy, r.Note = o, a.Now(), by, note
	if err := tx.DecideReport(ctx, r); err != nil {
		return err
	}
	return a.audit(ctx, tx, by, "report "+string(o), string(r.URI), note)
}

// dealtWith closes the reports about a post that has been hidden.
func (a *Actions) dealtWith(ctx context.Context, tx *store.Tx, p content.Post, reason string, by actors.ID) error {
	err := tx.CloseReports(ctx, store.Report{
		About: p.Author, Post: p.ID, Outcome: store.ReportActed, Decided: a.Now(), DecidedBy: by, Note: content.FirstRunes(reason, maxReason),
	})
	if err != nil {
		return fmt.Errorf("close the reports about %s: %w", p.URI, err)
	}
	return nil
}

// TakeBackReport closes a report that whoever made it takes back.
func (a *Actions) TakeBackReport(ctx context.Context, tx *store.Tx, by actors.Actor, r store.Report) error {
	if r.By != by.ID {
		return refuse("not_owner", "Somebody else made this report.")
	}
	r.Outcome, r.Decided, r.DecidedBy, r.Note = store.ReportWithdrawn, a.Now(), by.ID, ""
	if err := tx.DecideReport(ctx, r); err != nil {
		return fmt.Errorf("take a report back: %w", err)
	}
	return nil
}
