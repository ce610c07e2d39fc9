package inbox

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"moothall/actors"
	"moothall/federation/ap"
	"moothall/store"
)

// What a community elsewhere sends to its followers says which of them it knows
// here, as a digest (FEP-8fcf). Where that is not what this node knows, an Accept,
// a Reject or an Undo was lost, and the two lists are compared.

const (
	compareAfter  = time.Minute // what explains a difference may be on its way
	compareEvery  = time.Hour   // for one community
	mostCompared  = 1000        // communities that wait for their turn
	compareBudget = 3           // requests
)

// comparisons are the communities whose lists are to be compared. They are not
// written down: the next delivery says the same again.
type comparisons struct {
	mu      sync.Mutex
	waiting map[actors.ID]comparison
	ran     map[actors.ID]time.Time
}

type comparison struct {
	ap.Synchronization
	at time.Time
}

// compareFollowers notes that a community knows other followers here than this
// node does. The header counts only where it is about the signer's own followers
// and leads to the signer's own host, so that whoever forges it, since it is not
// signed, brings about no more than one question there. What is wrong with a
// header never keeps an activity out.
func (in *Inbox) compareFollowers(ctx context.Context, signer actors.URI, headers []string) {
	if len(headers) != 1 {
		return
	}
	s, err := ap.ParseSynchronization(headers[0])
	if err != nil {
		return
	}
	url, err := in.Site.Parse(string(s.URL))
	if err != nil || !url.SameOrigin(signer) {
		return
	}
	err = in.DB.Read(ctx, func(tx *store.Tx) error {
		group, err := tx.CommunityByURI(ctx, signer)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil || group.Local || s.Collection != followersOf(group) {
			return err
		}
		ours, err := tx.FollowerDigest(ctx, group.ID, in.Site.Host)
		if err == nil {
			in.compared.note(group.ID, s, ours.Digest == s.Digest, in.Now())
		}
		return err
	})
	if err != nil {
		in.Log.ErrorContext(ctx, "compare followers", "group", string(signer), "err", err)
	}
}

// followersOf is a community's collection of followers; several servers do not
// name it.
func followersOf(group actors.Community) actors.URI {
	if group.Followers != "" {
		return group.Followers
	}
	return group.URI + "/followers"
}

func (c *comparisons) note(group actors.ID, s ap.Synchronization, same bool, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if same {
		delete(c.waiting, group)
		return
	}
	at := now.Add(compareAfter)
	if again := c.ran[group].Add(compareEvery); again.After(at) {
		at = again
	}
	if known, ok := c.waiting[group]; ok {
		at = known.at
	} else if len(c.waiting) >= mostCompared {
		return
	}
	if c.waiting == nil {
		c.waiting = map[actors.ID]comparison{}
	}
	c.waiting[group] = comparison{s, at}
}

// due takes one that is to be compared now.
func (c *comparisons) due(now time.Time) (group actors.ID, s ap.Synchronization, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for group, s := range c.waiting {
		if !s.at.After(now) {
			delete(c.waiting, group)
			return group, s.Synchronization, true
		}
	}
	return 0, s, false
}

// next says when there is something to compare; zero for never.
func (c *comparisons) next() (next time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.waiting {
		next = sooner(next, s.at)
	}
	return next
}

func (c *comparisons) mark(group actors.ID, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ran == nil || len(c.ran) >= maxHosts {
		c.ran = map[actors.ID]time.Time{}
	}
	c.ran[group] = now
}

// agree compares one of the lists that are due: between two there is time for what
// others sent.
func (in *Inbox) agree(ctx context.Context) (moved bool, err error) {
	group, s, ok := in.compared.due(in.Now())
	if !ok {
		return false, nil
	}
	if err := in.agreeWith(ctx, group, s); err != nil && ctx.Err() == nil {
		in.Log.WarnContext(ctx, "followers not compared", "group", group.String(), "err", err)
	}
	return true, ctx.Err()
}

// agreeWith reads a community's list of its members here and follows it. The list
// counts only if it is the one that the digest is of: one that is cut short, or
// empty because something is broken there, takes nobody's membership away.
func (in *Inbox) agreeWith(ctx context.Context, id actors.ID, s ap.Synchronization) error {
	var group actors.Community
	var ours store.FollowerDigest
	err := in.DB.Read(ctx, func(tx *store.Tx) (err error) {
		if group, err = tx.Community(ctx, id); err != nil {
			return err
		}
		ours, err = tx.FollowerDigest(ctx, id, in.Site.Host)
		return err
	})
	if err != nil || ours.Digest == s.Digest || group.IsGone() {
		return err
	}
	read := in.Now()
	in.compared.mark(id, read)
	var theirs []actors.URI
	err = in.patiently(s.URL.Host(), func() (err error) {
		theirs, err = in.Remote.Limited(compareBudget).Followers(ctx, s.URL)
		return err
	})
	if err != nil {
		return err
	}
	if store.DigestOf(theirs) != s.Digest {
		return errors.New("the list is not the one that was spoken of")
	}
	for _, uri := range theirs {
		if !in.Site.Owns(uri) {
			return fmt.Errorf("the list names %q, who is not of this node", clip(string(uri), maxReason))
		}
	}
	return in.DB.Write(ctx, func(tx *store.Tx) error {
		return in.Actions.AgreeOnMembers(ctx, tx, group, theirs, read)
	})
}
