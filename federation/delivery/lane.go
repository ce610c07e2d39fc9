package delivery

import (
	"context"
	"errors"
	"hash/fnv"
	"strconv"
	"time"

	"moothall/actors"
	"moothall/federation/remote"
	"moothall/federation/sign"
	"moothall/store"
)

const batch = 100 // deliveries that are looked up at a time

// round is one turn of one lane. Nothing else touches the partner's cursor
// while it lasts.
type round struct {
	d    *Delivery
	host string
	quit context.Context // ends between two deliveries, never within one
	slot *slot

	cursor   store.Cursor
	due      []store.Due
	more     bool // there was no room for all that is due
	software string
	last     map[actors.URI]actors.ID // what an inbox was sent last
	digests  map[actors.ID]string     // of the partner's followers of each actor
	asked    *store.Recheck           // that this turn is for; nil for most

	unsaved
}

// serve gives a lane a turn: at most a batch. What it did is saved when it
// returns, also when it returns an error.
func (d *Delivery) serve(ctx context.Context, l *lane, s *slot) (turn, error) {
	r := &round{d: d, host: l.host, quit: ctx, slot: s, last: make(map[actors.URI]actors.ID), digests: make(map[actors.ID]string)}
	if l.asks {
		r.asked = &store.Recheck{}
	}
	ctx = context.WithoutCancel(ctx)
	if held, err := r.lease(ctx); err != nil || !held {
		return turn{next: d.Now().Add(leaseTime / 2)}, err
	}
	t, err := r.run(ctx)
	if saveErr := r.save(ctx, true); err == nil {
		err = saveErr
	}
	if errors.Is(err, errLeaseLost) {
		return turn{next: d.Now().Add(leaseTime / 2)}, nil
	}
	return t, err
}

func (r *round) run(ctx context.Context) (turn, error) {
	known, err := r.read(ctx)
	if err != nil || !known {
		return turn{}, err
	}
	now, c := r.d.Now(), &r.cursor
	switch {
	case now.Before(c.NextTry) && r.asked == nil:
		return turn{next: c.NextTry, slow: true}, nil
	case !c.Dead.IsZero():
		return r.revive(ctx)
	}
	r.lookAgain(ctx)
	for i, item := range r.due {
		if r.quit.Err() != nil || r.slot.isLent() {
			return turn{moved: i > 0, more: true, slow: r.slot.isLent()}, nil
		}
		over, err := r.deal(ctx, item, i == 0)
		if err != nil {
			return turn{moved: i > 0}, err
		}
		if !over {
			return turn{moved: true, next: c.NextTry, slow: true}, nil
		}
		r.pass(i)
		if r.isFull() {
			if err := r.save(ctx, false); err != nil {
				return turn{moved: true}, err
			}
		}
	}
	return turn{moved: len(r.due) > 0 || r.asked != nil, more: r.more, slow: isFailing(*c)}, nil
}

// read finds out how far the partner has been served and what it is due. It is
// false for a partner that is not served at all.
func (r *round) read(ctx context.Context) (known bool, err error) {
	err = r.d.DB.Read(ctx, func(tx *store.Tx) error {
		if r.cursor, err = tx.Cursor(ctx, r.host); err != nil {
			return err
		}
		if err := r.readAsked(ctx, tx); err != nil {
			return err
		}
		if !r.cursor.Dead.IsZero() || r.asked == nil && r.d.Now().Before(r.cursor.NextTry) {
			return nil
		}
		for n, whole := batch, false; !whole; n *= 2 {
			if r.due, err = tx.DueTo(ctx, r.host, r.cursor.Position, n); err != nil {
				return err
			}
			r.more = len(r.due) == n
			r.due, whole = wholeRows(r.due, n)
		}
		return r.readDigests(ctx, tx)
	})
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	r.due = r.afterPart(r.due)
	return true, err
}

// wholeRows cuts off a row of the log of which not all inboxes may have been
// listed. It is false when that leaves nothing.
func wholeRows(due []store.Due, limit int) ([]store.Due, bool) {
	if len(due) < limit {
		return due, true
	}
	n := len(due) - 1
	for n > 0 && due[n-1].Seq == due[len(due)-1].Seq {
		n--
	}
	return due[:n], n > 0
}

// part names the last inbox of a row that has been dealt with. It is not a
// number of inboxes, because those before it may leave.
func part(item store.Due) int64 {
	h := fnv.New64a()
	_, _ = h.Write(strconv.AppendInt(nil, item.Seq, 10))
	_, _ = h.Write([]byte(item.Inbox))
	return int64(h.Sum64() | 1)
}

// afterPart leaves out the inboxes of the first row that were dealt with
// before. When the one that Part names has left, all are dealt with once more.
func (r *round) afterPart(due []store.Due) []store.Due {
	if r.cursor.Part == 0 {
		return due
	}
	for i, item := range due {
		if item.Seq != due[0].Seq {
			break
		}
		if part(item) != r.cursor.Part {
			continue
		}
		if i+1 == len(due) || due[i+1].Seq != item.Seq { // the others have left
			r.cursor.Position, r.cursor.Part = item.Seq, 0
			r.changed++
		}
		return due[i+1:]
	}
	return due
}

// pass moves the cursor past a delivery. A row counts when all its inboxes do.
func (r *round) pass(i int) {
	item := r.due[i]
	if i+1 < len(r.due) && r.due[i+1].Seq == item.Seq {
		r.cursor.Part = part(item)
	} else {
		r.cursor.Position, r.cursor.Part = item.Seq, 0
	}
	r.changed++
}

// deal decides about one delivery and makes it. It is over unless it has to be
// tried again. A fresh one was found due a moment ago.
func (r *round) deal(ctx context.Context, item store.Due, fresh bool) (over bool, err error) {
	if r.last[item.Inbox] == item.Activity {
		return true, nil // owed for two reasons, such as a follower who is mentioned
	}
	if v := r.d.Decide(r.host, actors.ToDeliver); !v.OK() {
		r.drop(item, reply{reason: "policy: " + v.Rule})
		return true, nil
	}
	l, s, err := r.prepare(ctx, item, fresh)
	switch {
	case errors.Is(err, errNoKey):
		r.d.Log.ErrorContext(ctx, "delivery: actor has no key", "actor", item.Signer.String())
		r.drop(item, reply{reason: string(remote.CodeSign)})
		return true, nil
	case err != nil:
		return false, err
	case l.body == nil:
		return true, nil
	}
	if err := r.renew(ctx); err != nil {
		return false, err
	}
	r.slot.begin()
	resp, err := r.d.Post(ctx, item.Inbox, l.body, s, r.synchronization(item, s))
	r.slot.done()
	over, err = r.settle(ctx, item, l, judge(resp, err))
	if over {
		r.last[item.Inbox] = item.Activity
	}
	return over, err
}

// prepare gets what is sent, and asks once more whether it still is due: those
// who left while others were served get nothing. No body means not to send.
func (r *round) prepare(ctx context.Context, item store.Due, fresh bool) (l letter, s sign.Signer, err error) {
	now := r.d.Now()
	l, haveLetter := r.d.letters.get(item.Activity, now)
	s, haveSigner := r.d.letters.signer(item.Signer)
	if fresh && haveLetter && haveSigner && item.Form == "" {
		return l, s, nil
	}
	err = r.d.DB.Read(ctx, func(tx *store.Tx) error {
		wanted, err := r.isWanted(ctx, tx, item, fresh)
		if err != nil {
			return err
		}
		if !wanted {
			l = letter{}
			return nil
		}
		if l, err = r.d.letter(ctx, tx, item.Activity); err != nil {
			return err
		}
		s, err = r.d.signer(ctx, tx, item.Signer)
		return err
	})
	return l, s, err
}

func (r *round) isWanted(ctx context.Context, tx *store.Tx, item store.Due, fresh bool) (bool, error) {
	if item.Form == store.FormBoost {
		known, err := r.readsWrapped(ctx, tx)
		if err != nil || known {
			return false, err
		}
	}
	if fresh {
		return true, nil
	}
	return tx.IsStillDue(ctx, r.host, item)
}

func (r *round) readsWrapped(ctx context.Context, tx *store.Tx) (bool, error) {
	if r.software == "" {
		i, err := tx.Instance(ctx, r.host)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return false, err
		}
		if r.software = i.Software; r.software == "" {
			r.software = "unknown"
		}
	}
	return actors.ReadsWrapped(r.software), nil
}

// settle does what the answer asks for.
func (r *round) settle(ctx context.Context, item store.Due, l letter, p reply) (over bool, err error) {
	r.sent++
	switch p.fate {
	case delivered:
		r.recovered("")
		r.succeeded = r.d.Now()
		r.arrived++
		return true, nil
	case again:
		return r.fail(ctx, item, p)
	case unknown:
		return r.refusedKey(item, l, p), nil
	}
	r.recovered(p.reason)
	r.drop(item, p)
	return true, r.checkFollowers(ctx, item, p)
}

// refusedKey waits an hour once, in case the partner could not read our key
// just now. Whatever was recorded before that hour ended has had its chance.
func (r *round) refusedKey(item store.Due, l letter, p reply) (over bool) {
	c := &r.cursor
	if c.LastError == p.reason && !l.at.After(c.NextTry) {
		r.drop(item, p)
		return true
	}
	r.recovered(p.reason)
	r.setback(item, p)
	c.NextTry = r.d.Now().Add(keyWait)
	return false
}

const keyWait = time.Hour

// drop notes a delivery that is given up, and why (invariant I5).
func (r *round) drop(item store.Due, p reply) {
	r.letters = append(r.letters, store.DeadLetter{
		ID: r.d.IDs.Next(), Host: r.host, Inbox: item.Inbox, Activity: item.Activity,
		Status: p.status, Reason: p.reason, At: r.d.Now(),
	})
}
