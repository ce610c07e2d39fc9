package inbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/federation/remote"
	"moothall/store"
)

// A reply to something that is not here says that the discussion is here in part
// only. A job looks for the rest, in the background, in steps, and goes on after
// a restart: in what the community announced, else in the context, else in the
// replies and theirs (protocol.md 6). What is here already is not read again.

// The bounds of one run of a thread job.
const (
	threadItems    = 200 // posts that a run brings
	threadLooked   = 1000
	threadPages    = 20
	threadSteps    = 8
	threadBudget   = 60               // requests in one step
	threadPatience = 20 * time.Second // of one step: what is slow holds up the rest
	threadEvery    = 15 * time.Minute // between two runs
	threadsWaiting = 100              // of one community
	threadsAtOnce  = 4                // jobs that move in one round, each of another host
	threadsOpened  = 100              // pages opened that wait to be noted
)

var errSlow = errors.New("the step has taken long enough")

// talk is one thread job at work.
type talk struct {
	*history
	job     store.ThreadJob
	root    content.Post
	since   time.Time
	partial bool                // something is known to be missing
	read    map[actors.URI]bool // collections that this run has been through
	tag     string              // to be remembered
}

// moveThread takes one step of a job and writes down where it is.
func (in *Inbox) moveThread(ctx context.Context, job store.ThreadJob) error {
	t := &talk{history: &history{in: in, away: map[string]error{}}, job: job, since: in.Now()}
	wanted := false
	err := in.DB.Read(ctx, func(tx *store.Tx) (err error) {
		if t.group, err = tx.Community(ctx, job.Group); err != nil {
			return err
		}
		if t.root, err = tx.PostForRules(ctx, job.Root); err != nil {
			return err
		}
		wanted, err = tx.HasLocalMember(ctx, job.Group)
		return err
	})
	if err != nil {
		return err
	}
	if t.job.Steps == 0 {
		t.job.Ran = in.Now()
	}
	t.job.Steps++
	t.read = in.readOf(job.Root, t.job.Steps == 1)
	if wanted && !t.root.IsGone() && !t.group.IsGone() {
		err = t.look(ctx)
	}
	if ctx.Err() != nil {
		return nil // the claim runs out and the step is done again
	}
	t.conclude(ctx, err)
	if t.job.State != store.ThreadDue {
		delete(in.walked, job.Root)
	}
	return in.DB.Write(ctx, func(tx *store.Tx) error { return tx.SaveThreadJob(ctx, t.job) })
}

// readOf is what a run has been through so far. After a restart that is read once
// more, which brings nothing twice.
func (in *Inbox) readOf(root actors.ID, fresh bool) map[actors.URI]bool {
	if in.walked == nil {
		in.walked = map[actors.ID]map[actors.URI]bool{}
	}
	if in.walked[root] == nil || fresh {
		in.walked[root] = map[actors.URI]bool{}
	}
	return in.walked[root]
}

// conclude says how the job goes on after a step that ended with err.
func (t *talk) conclude(ctx context.Context, err error) {
	used := errors.Is(err, errSlow) || errors.Is(err, remote.ErrBudget)
	isAway := remote.IsTemporary(err) || err == nil && len(t.away) > 0
	switch {
	case err == nil && !t.partial:
		t.job.State, t.job.ETag = store.ThreadComplete, t.tag
		return
	case used && t.job.Steps < threadSteps:
		t.job.NextTry = t.in.Now().Add(historyPause)
		return
	case isAway && t.job.Steps < threadSteps:
		t.job.NextTry = t.in.Now().Add(patience(t.job.Steps + 4))
		return
	}
	t.job.State, t.job.ETag = store.ThreadPartial, ""
	if err != nil {
		t.in.Log.InfoContext(ctx, "thread", "root", t.root.ID.String(), "found", t.job.Found, "err", err)
	}
}

// look goes through the best list of the discussion that there is.
func (t *talk) look(ctx context.Context) (err error) {
	t.closed = t.root.Audience != actors.AudiencePublic
	t.client, err = t.in.readerOf(ctx, t.in.Remote.Limited(threadBudget), closedID(t.group, t.root.Audience))
	if refusal := (*actions.Refusal)(nil); errors.As(err, &refusal) {
		t.partial = true
		return nil
	}
	if err != nil {
		return err
	}
	o, err := t.start(ctx)
	if err != nil {
		return err
	}
	for _, list := range []ap.Link{o.History, o.Context} {
		uri, ok := t.mayKeep(list)
		if !ok {
			continue
		}
		if err = t.whole(ctx, uri); !isUnreadable(err) {
			return err
		}
		t.in.Log.InfoContext(ctx, "thread: list not read", "root", t.root.ID.String(), "err", err)
	}
	return t.below(ctx, o, historyDepth)
}

// isUnreadable says whether a list is of no use, so that the next best is tried.
func isUnreadable(err error) bool {
	_, final := isFinal(err)
	return final && !errors.Is(err, remote.ErrBudget)
}

// start is the document of the discussion's start: as it came, or read again
// where that does not say where the rest is.
func (t *talk) start(ctx context.Context) (ap.Object, error) {
	o, err := t.document(ctx, t.root)
	if err != nil || o.History != "" || o.Context != "" || o.Replies != "" || t.in.Site.Owns(t.root.URI) {
		return o, err
	}
	o, _, err = t.client.Object(ctx, t.root.URI)
	return o, ignoreFinal(err)
}

// document is a post of another server as it came.
func (t *talk) document(ctx context.Context, p content.Post) (o ap.Object, err error) {
	err = t.in.DB.Read(ctx, func(tx *store.Tx) error {
		raw, err := tx.PostRaw(ctx, p.ID)
		if err != nil || len(raw) == 0 {
			return ignoreNotFound(err)
		}
		o, err = ap.ParseObject(raw)
		return err
	})
	return o, err
}

// mayKeep says whether a list is kept by the community's server or that of the
// one who began the discussion. A context that is no address is never asked for.
func (t *talk) mayKeep(list ap.Link) (actors.URI, bool) {
	uri, err := t.in.Site.Parse(string(list))
	return uri, err == nil && !t.in.Site.Owns(uri) && (uri.SameOrigin(t.group.URI) || uri.SameOrigin(t.root.URI))
}

// whole goes through a list of the whole discussion, unless it is still the one
// that was read in full before.
func (t *talk) whole(ctx context.Context, uri actors.URI) error {
	known := ""
	if at, tag, ok := strings.Cut(t.job.ETag, " "); ok && at == string(uri) {
		known = tag
	}
	tag, err := t.client.WalkUnless(ctx, uri, known, threadPages, threadLooked, func(item json.RawMessage) error {
		return t.take(ctx, item, uri)
	})
	switch {
	case errors.Is(err, remote.ErrSame):
		t.tag = t.job.ETag
		return nil
	case errors.Is(err, remote.ErrMore), errors.Is(err, errEnough):
		t.partial = true
		return nil
	case err == nil && tag != "":
		t.tag = string(uri) + " " + tag
	}
	return err
}

// below goes through the replies to a post, and to those.
func (t *talk) below(ctx context.Context, o ap.Object, depth int) error {
	uri, err := t.in.Site.Parse(string(o.Replies))
	if err != nil || depth == 0 || t.in.Site.Owns(uri) || t.read[uri] {
		return nil
	}
	err = t.client.Walk(ctx, uri, threadPages, threadLooked, func(item json.RawMessage) error {
		if err := t.take(ctx, item, uri); err != nil {
			return err
		}
		p, err := t.held(ctx, item)
		if err != nil || p.ID == 0 || p.Local {
			return err
		}
		reply, err := t.document(ctx, p)
		if err != nil {
			return err
		}
		return t.below(ctx, reply, depth-1)
	})
	switch {
	case errors.Is(err, remote.ErrNotThere), errors.Is(err, remote.ErrGone):
		// A list that is not there has nothing in it.
	case errors.Is(err, remote.ErrMore), isUnreadable(err):
		t.partial = true
	case err != nil:
		return err
	}
	t.read[uri] = true
	return nil
}

// take brings what an item of a list is about, if it is not here. One that cannot
// be had keeps none of the others.
func (t *talk) take(ctx context.Context, item json.RawMessage, from actors.URI) error {
	switch {
	case t.job.Found >= threadItems:
		return errEnough
	case t.in.Now().Sub(t.since) > threadPatience:
		return errSlow
	}
	item, ok := t.listed(item, from)
	if !ok {
		return nil
	}
	known, err := t.held(ctx, item)
	if err != nil {
		return err
	}
	isOurs := known.Standing == content.Sent || known.Standing == content.Declined
	if known.ID == 0 || isOurs {
		_, err = t.bring(ctx, item)
		if err == nil && !isOurs {
			t.job.Found++
		}
	} else if change, ok := changeOf(item, known); ok {
		err = t.fulfil(ctx, change, func(ctx context.Context, w *work) error { return w.relayed(ctx, w.act.Object, t.group) })
	}
	return t.without(ctx, err)
}

// changeOf is the Update or Delete of a post that an item is, if the post is not as
// it says already. They come from the community's own server only: of others
// nothing but addresses is taken.
func changeOf(item json.RawMessage, p content.Post) (json.RawMessage, bool) {
	for range 2 {
		act, err := ap.ParseActivity(item)
		switch {
		case err != nil || p.IsGone():
			return nil, false
		case act.Type == "Delete":
			return item, true
		case act.Type == "Update":
			o, err := act.Object.AsObject()
			return item, err == nil && o.Updated.After(p.Updated)
		case act.Type != "Announce" && act.Type != "Add":
			return nil, false
		}
		item = act.Object.Raw()
	}
	return nil, false
}

// held is the post that an item is about, as it is here; without an id where it
// is not.
func (t *talk) held(ctx context.Context, item json.RawMessage) (p content.Post, err error) {
	uri, err := t.in.Site.Parse(idOf(innermost(item)))
	if err != nil {
		return p, nil
	}
	err = t.in.DB.Read(ctx, func(tx *store.Tx) error {
		p, err = tx.PostByURI(ctx, uri)
		return ignoreNotFound(err)
	})
	return p, err
}

// without goes on without an item that could not be had. What another server does
// not give now is missing, and that server is not asked again in this step.
func (t *talk) without(ctx context.Context, err error) error {
	if err == nil || ctx.Err() != nil || remote.CodeOf(err) == remote.CodeBudget {
		return err
	}
	if errors.Is(err, remote.ErrBudget) {
		t.partial = true // it alone needs too much
		return nil
	}
	if _, final := isFinal(err); final {
		return nil
	}
	t.partial = true
	var wait *later
	if hidden := (*unshown)(nil); errors.As(err, &wait) || errors.As(err, &hidden) {
		return nil
	}
	var failed *remote.Error
	if !errors.As(err, &failed) {
		return fmt.Errorf("look for replies: %w", err)
	}
	t.away[failed.Host] = err
	return nil
}
