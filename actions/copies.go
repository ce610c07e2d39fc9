package actions

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/receipt"
	"moothall/store"
)

// HolderState is how it stands between a post and a site that was sent it.
type HolderState string

// The states of a holder. Of something that is still there it has it, or is owed it; of
// something that was taken away it has confirmed that (the state of its receipt is said
// with it), is still to be told, is to confirm, or runs software that does not.
const (
	Holds        HolderState = "holds"
	HolderOwed   HolderState = "owed"
	HolderSaid   HolderState = "said"
	HolderUntold HolderState = "untold"
	HolderDue    HolderState = "due"
	HolderMute   HolderState = "mute"
	HolderEnded  HolderState = "ended" // nobody there may read it any more, which ends its copy
)

// Holder is a site that has, or had, a copy of something.
type Holder struct {
	Host    string
	Since   time.Time // since when it could have one; zero where that is not known here
	Until   time.Time // when its last member went; zero while it has some
	State   HolderState
	Receipt receipt.Receipt // of HolderSaid
	About   actors.URI      // the activity that the receipt is about
}

// Holders lists the sites that have a copy of a post, or had one. Nothing of it is written
// down when a post is sent: it follows from who had members when, and from how far each
// has been served. Of a community elsewhere only its home and those who have said something
// are known.
func (a *Actions) Holders(ctx context.Context, tx *store.Tx, p content.Post, group actors.Community) ([]Holder, error) {
	told, err := receiptsByHost(ctx, tx, p.URI)
	if err != nil {
		return nil, err
	}
	list, err := a.reached(ctx, tx, p, group, told)
	if err != nil {
		return nil, err
	}
	first, last, err := tx.SentAbout(ctx, p.URI)
	if err != nil {
		return nil, err
	}
	for i := range list {
		if list[i].State, err = a.stateOf(ctx, tx, list[i], p.IsGone(), first, last); err != nil {
			return nil, err
		}
		if list[i].State, err = a.unlessEnded(ctx, tx, list[i], p.Audience); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// unlessEnded replaces what would be said of a site with no member left. Nothing more is
// sent there about what only members may read, so it has no copy to keep and nothing to
// wait for; what it confirmed of the end is in Ended. Other software may keep its copy.
func (a *Actions) unlessEnded(ctx context.Context, tx *store.Tx, h Holder, readers actors.Audience) (HolderState, error) {
	if h.Until.IsZero() || readers != actors.AudienceMembers || h.State == HolderSaid {
		return h.State, nil
	}
	will, err := a.waits(ctx, tx, h.Host)
	if err != nil || will == HolderMute {
		return h.State, err
	}
	return HolderEnded, nil
}

// reached are the sites that could have had a post, each once, with what they have said.
func (a *Actions) reached(ctx context.Context, tx *store.Tx, p content.Post, group actors.Community, told map[string]Holder) (list []Holder, err error) {
	if !p.Audience.Federates() {
		return nil, nil
	}
	known := map[string]bool{a.Site.Host: true}
	add := func(host string, since, until time.Time) {
		if known[host] {
			return
		}
		known[host] = true
		h := told[host]
		h.Host, h.Since, h.Until = host, since, until
		list = append(list, h)
	}
	if group.Local {
		spans, err := tx.ReachedDuring(ctx, group.ID, p.Published, p.Deleted)
		if err != nil {
			return nil, err
		}
		for _, s := range spans {
			since := s.From
			if p.Published.After(since) {
				since = p.Published
			}
			add(s.Host, since, s.To)
			if last := len(list) - 1; last >= 0 && list[last].Host == s.Host {
				list[last].Until = s.To // those who came back have a member again
			}
		}
	} else {
		add(group.Host, p.Published, time.Time{})
		for _, host := range told[group.Host].Receipt.PassedOn {
			add(host, time.Time{}, time.Time{})
		}
	}
	for _, host := range sortedHosts(told) {
		add(host, time.Time{}, time.Time{})
	}
	return list, nil
}

func sortedHosts(told map[string]Holder) (hosts []string) {
	for host := range told {
		hosts = append(hosts, host)
	}
	slices.Sort(hosts)
	return hosts
}

// receiptsByHost is what each site has said of an object; of several things about it, the
// latest.
func receiptsByHost(ctx context.Context, tx *store.Tx, object actors.URI) (map[string]Holder, error) {
	list, err := tx.ReceiptsOf(ctx, object)
	told := map[string]Holder{}
	for _, one := range list {
		r, _, err := receipt.Read([]byte(one.Body), one.At)
		if err != nil {
			continue // of another release: it is there to be downloaded
		}
		told[one.Host] = Holder{Host: one.Host, State: HolderSaid, Receipt: r, About: one.About}
	}
	return told, err
}

func (a *Actions) stateOf(ctx context.Context, tx *store.Tx, h Holder, gone bool, first, last int64) (HolderState, error) {
	if h.State == HolderSaid {
		return HolderSaid, nil
	}
	cursor, err := tx.Cursor(ctx, h.Host)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return "", err
	}
	served := err == nil
	switch {
	case !gone && served && first != 0 && cursor.Position < first:
		return HolderOwed, nil
	case !gone:
		return Holds, nil
	case served && last != 0 && cursor.Position < last:
		return HolderUntold, nil
	}
	return a.waits(ctx, tx, h.Host)
}

// waits says whether a site that was told of an end will confirm it.
func (a *Actions) waits(ctx context.Context, tx *store.Tx, host string) (HolderState, error) {
	i, err := tx.Instance(ctx, host)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return "", err
	}
	if i.Software != "" && !strings.EqualFold(i.Software, "moothall") {
		return HolderMute, nil
	}
	return HolderDue, nil
}

// Ended lists the sites from which nobody belongs to a community of this node any more,
// with what they confirmed of the removals.
func (a *Actions) Ended(ctx context.Context, tx *store.Tx, group actors.Community) (list []Holder, err error) {
	spans, err := tx.ReachOf(ctx, group.ID)
	if err != nil {
		return nil, err
	}
	latest := map[string]store.Reach{}
	for _, s := range spans {
		latest[s.Host] = s // they come in the order of time
	}
	for _, s := range spans {
		if latest[s.Host] != s || s.To.IsZero() {
			continue
		}
		h := Holder{Host: s.Host, Since: s.From, Until: s.To}
		one, err := tx.RemovalReceipt(ctx, group.ID, s.Host, s.To)
		switch {
		case err == nil:
			r, _, err := receipt.Read([]byte(one.Body), one.At)
			if err == nil {
				h.State, h.Receipt, h.About = HolderSaid, r, one.About
			}
		case !errors.Is(err, store.ErrNotFound):
			return nil, err
		}
		if h.State == "" {
			if h.State, err = a.waits(ctx, tx, s.Host); err != nil {
				return nil, err
			}
		}
		list = append(list, h)
	}
	return list, nil
}
