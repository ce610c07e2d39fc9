package inbox

import (
	"context"
	"errors"
	"sync"

	"moothall/actors"
	"moothall/store"
)

// wantThread begins to look for the rest of a discussion in a community elsewhere,
// unless its log shows that everything is here.
func (in *Inbox) wantThread(ctx context.Context, tx *store.Tx, group actors.Community, root actors.ID) error {
	if group.Local || group.History == actors.HistoryComplete {
		return nil
	}
	j, err := tx.ThreadJob(ctx, root)
	if errors.Is(err, store.ErrNotFound) {
		j, err = store.ThreadJob{Root: root, Group: group.ID, Host: group.Host}, nil
	}
	if err != nil || j.State == store.ThreadDue {
		return err
	}
	n, err := tx.CountThreadsDue(ctx, group.ID)
	if err != nil || n >= threadsWaiting {
		return err
	}
	j.State, j.Steps, j.Found, j.NextTry = store.ThreadDue, 0, 0, in.Now()
	if again := j.Ran.Add(threadEvery); again.After(j.NextTry) {
		j.NextTry = again
	}
	tx.After(in.Wake)
	return tx.SaveThreadJob(ctx, j)
}

// opened are discussions that were found incomplete before and that somebody with
// an account has just opened.
type opened struct {
	mu    sync.Mutex
	roots map[actors.ID]bool
}

// ThreadOpened says that somebody with an account reads a discussion of which
// replies may be missing, so that they are looked for again. It costs nothing.
func (in *Inbox) ThreadOpened(root actors.ID) {
	in.opened.mu.Lock()
	defer in.opened.mu.Unlock()
	if in.opened.roots == nil {
		in.opened.roots = map[actors.ID]bool{}
	}
	if len(in.opened.roots) < threadsOpened {
		in.opened.roots[root] = true
		in.Wake()
	}
}

func (o *opened) take() map[actors.ID]bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	roots := o.roots
	o.roots = nil
	return roots
}

// noteOpened begins the jobs that opened pages ask for.
func (in *Inbox) noteOpened(ctx context.Context) error {
	for root := range in.opened.take() {
		err := in.DB.Write(ctx, func(tx *store.Tx) error {
			j, err := tx.ThreadJob(ctx, root)
			if err != nil || j.State != store.ThreadPartial {
				return ignoreNotFound(err)
			}
			group, err := tx.Community(ctx, j.Group)
			if err != nil {
				return err
			}
			return in.wantThread(ctx, tx, group, root)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (in *Inbox) stepThreads(ctx context.Context) (moved bool, err error) {
	if err := in.noteOpened(ctx); err != nil {
		return false, err
	}
	var jobs []store.ThreadJob
	err = in.DB.Write(ctx, func(tx *store.Tx) (err error) {
		jobs, err = tx.ClaimThreadJobs(ctx, in.Now(), in.Now().Add(claimFor), threadsAtOnce)
		return err
	})
	if err != nil {
		return false, err
	}
	for _, job := range jobs {
		if err := in.moveThread(ctx, job); err != nil {
			return true, err
		}
	}
	return len(jobs) > 0, nil
}
