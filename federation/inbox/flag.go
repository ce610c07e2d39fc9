package inbox

import (
	"context"
	"errors"
	"fmt"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/store"
)

// mostReported is how many things one Flag may be about here; what is beyond that
// is passed over.
const mostReported = 20

// flag takes in a report (protocol.md 9.3, C45). Lemmy writes one object and
// summary, Mastodon and GoToSocial an array of a person and posts, and content.
// It is for those who decide, and never passed on.
func flag(ctx context.Context, w *work) error {
	if err := w.mayBring(actors.ToReport); err != nil {
		return err
	}
	items := w.act.Object.Items()
	cut := len(items) > mostReported
	found, err := w.reported(ctx, items[:min(len(items), mostReported)])
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return refuse("unknown_object", "It reports nothing that this node decides about.")
	}
	taken := 0
	for _, f := range found {
		isNew, err := w.in.Actions.TakeReport(ctx, w.tx, w.from, f.group, store.Report{
			URI: w.line.URI, About: f.about, Post: f.post, Group: f.group.ID, Words: reportWords(w.act),
		})
		if err != nil {
			return err
		}
		if isNew {
			taken++
		}
	}
	switch {
	case taken == 0:
		w.line.Reason = "known: the same report waits already"
	case cut:
		w.line.Reason = fmt.Sprintf("cut: the first %d of %d objects", mostReported, len(items))
	}
	return nil
}

// mayBring asks the rules about what the sender's host wants of people here.
func (w *work) mayBring(p actors.Purpose) error {
	d := w.in.Decide(w.from.Host, p)
	switch {
	case d.Verdict == actors.Accept, d.Verdict == actors.Hold && w.docs.released:
		return nil
	case d.Verdict == actors.Hold:
		return &hold{d.Rule}
	}
	return refuse("policy", d.Rule)
}

// reportWords are the words of a report as plain text.
func reportWords(act ap.Activity) string {
	if words := content.PlainText(act.Content); words != "" {
		return words
	}
	return content.PlainText(act.Summary)
}

// complaint is one thing that a report is about.
type complaint struct {
	about, post actors.ID
	group       actors.Community // zero: those who run the node decide
}

// reported finds what a report is about. A person beside posts of theirs only says
// who wrote them.
func (w *work) reported(ctx context.Context, items []ap.Inner) (found []complaint, err error) {
	var people []actors.Actor
	wrote := map[actors.ID]bool{}
	for _, item := range items {
		uri, err := w.in.Site.Parse(item.ID())
		if err != nil {
			continue
		}
		c, err := w.reportedPost(ctx, uri)
		if err == nil {
			found, wrote[c.about] = append(found, c), true
			continue
		}
		if !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		who, err := w.tx.ActorByURI(ctx, uri)
		if err == nil && who.Local && !who.IsGone() {
			people = append(people, who)
		} else if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
	}
	for _, who := range people {
		if !wrote[who.ID] {
			found, wrote[who.ID] = append(found, complaint{about: who.ID}), true
		}
	}
	return found, nil
}

// reportedPost finds a post that this node decides about: it is part of a community
// here, its author lives here, or the community's own home tells its facilitators here.
// Nobody reports what they may not read (security.md S180).
func (w *work) reportedPost(ctx context.Context, uri actors.URI) (c complaint, err error) {
	p, err := w.tx.PostByURI(ctx, uri)
	if err != nil {
		return c, err
	}
	group, err := w.tx.Community(ctx, p.Group)
	if err != nil {
		return c, err
	}
	readable, err := w.mayReadReported(ctx, group, p)
	if err != nil {
		return c, err
	}
	fromHome := w.from.Kind == actors.Application && w.from.URI.SameOrigin(group.URI)
	if p.IsGone() || !group.Local && !p.Local && !fromHome || !readable && !fromHome {
		return c, store.ErrNotFound
	}
	return complaint{about: p.Author, post: p.ID, group: group}, nil
}

// mayReadReported: a server that speaks for its people may read what one of them may.
func (w *work) mayReadReported(ctx context.Context, group actors.Community, p content.Post) (bool, error) {
	if p.Audience == actors.AudiencePublic {
		return true, nil
	}
	if w.from.Kind == actors.Application {
		return w.tx.HasMemberFrom(ctx, group.ID, w.from.Host)
	}
	m, err := w.tx.Membership(ctx, group.ID, w.from.ID)
	return actors.Viewer{Actor: w.from.ID, Host: w.from.Host}.MayRead(p.Audience, p.Author, m.At(w.in.Now())), err
}

// resolve is Lemmy's way to say that a report is done with (protocol.md 5.4). Of whoever
// made the report it takes it back; nobody else decides here.
func resolve(ctx context.Context, w *work) error {
	if inner, err := w.act.Object.AsActivity(); err == nil && inner.Actor != string(w.from.URI) {
		w.line.Reason = "decided_elsewhere: kept, nothing done"
		return nil
	}
	flagged, err := w.undone(ctx)
	if err != nil {
		return err
	}
	if flagged.Type != "Flag" {
		w.line.Reason = "unknown_type: kept, nothing done"
		return nil
	}
	return w.takeBack(ctx, flagged)
}

// takeBack ends the reports that their maker made with a Flag. Lemmy gives the Flag
// another id when it speaks of it again: then what it is about tells which it was.
func (w *work) takeBack(ctx context.Context, flagged ap.Activity) error {
	list, err := w.tx.ReportsOf(ctx, w.from.ID, actors.URI(flagged.ID))
	if err != nil {
		return err
	}
	if len(list) == 0 && w.from.Kind == actors.Person { // a server speaks for many
		if list, err = w.sameReports(ctx, flagged); err != nil {
			return err
		}
	}
	for _, r := range list {
		if r.Outcome != store.ReportOpen {
			continue
		}
		if err := w.in.Actions.TakeBackReport(ctx, w.tx, w.from, r); err != nil {
			return err
		}
	}
	if len(list) == 0 {
		w.line.Reason = "unknown_object: no such report waits"
	}
	return nil
}

// sameReports lists the sender's reports about the same things.
func (w *work) sameReports(ctx context.Context, flagged ap.Activity) (list []store.Report, err error) {
	items := flagged.Object.Items()
	found, err := w.reported(ctx, items[:min(len(items), mostReported)])
	if err != nil {
		return nil, err
	}
	for _, f := range found {
		same, err := w.tx.SameReports(ctx, store.Report{About: f.about, Post: f.post, By: w.from.ID})
		if err != nil {
			return nil, err
		}
		list = append(list, same...)
	}
	return list, nil
}
