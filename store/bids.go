package store

import (
	"context"
	"time"

	"moothall/actors"
)

const bidColumns = `id, group_id, by_id, email, actor_id, uri, most, taken, state, note, created_at, expires_at, answered_at`

func scanBid(s scanner) (b actors.Bid, err error) {
	err = s.Scan(&b.ID, &b.Group, &b.By, &b.Email, &b.Actor, &b.URI, &b.Most, &b.Taken, &b.State, &b.Note,
		timeOf{&b.Created}, timeOf{&b.Expires}, timeOf{&b.Answered})
	return b, err
}

// AddBid stores a bid. ErrConflict when the e-mail address has one of this
// community that waits.
func (t *Tx) AddBid(ctx context.Context, b actors.Bid) error {
	n, err := t.exec(ctx, `
		INSERT INTO bid (`+bidColumns+`) VALUES (`+in(1, 13)+`) ON CONFLICT DO NOTHING`,
		b.ID, b.Group, b.By, b.Email, b.Actor, b.URI, b.Most, b.Taken, b.State, b.Note,
		micros(b.Created), micros(b.Expires), micros(b.Answered))
	if err == nil && n == 0 {
		err = ErrConflict
	}
	return err
}

// SaveBid writes what changes of a bid: who took it up, its Invite, its state and
// its times.
func (t *Tx) SaveBid(ctx context.Context, b actors.Bid) error {
	return t.execOne(ctx, `
		UPDATE bid SET actor_id = $2, uri = $3, state = $4, note = $5, expires_at = $6, answered_at = $7 WHERE id = $1`,
		b.ID, b.Actor, b.URI, b.State, b.Note, micros(b.Expires), micros(b.Answered))
}

// SetBidSecret gives a bid a link by the hash of its secret, in place of the one
// before; empty ends that.
func (t *Tx) SetBidSecret(ctx context.Context, id actors.ID, secretHash string) error {
	return t.execOne(ctx, `UPDATE bid SET secret = $2 WHERE id = $1`, id, secretHash)
}

// Bid reads one.
func (t *Tx) Bid(ctx context.Context, id actors.ID) (actors.Bid, error) {
	return one(ctx, t, scanBid, `SELECT `+bidColumns+` FROM bid WHERE id = $1`, id)
}

// BidBySecret reads the bid of a link, in whatever state it is.
func (t *Tx) BidBySecret(ctx context.Context, secretHash string) (actors.Bid, error) {
	return one(ctx, t, scanBid, `SELECT `+bidColumns+` FROM bid WHERE secret = $1 AND secret <> ''`, secretHash)
}

// BidByEmail reads the bid of a community that waits for an e-mail address.
func (t *Tx) BidByEmail(ctx context.Context, group actors.ID, email string) (actors.Bid, error) {
	return one(ctx, t, scanBid, `
		SELECT `+bidColumns+` FROM bid WHERE group_id = $1 AND email = $2 AND state = 'pending'`, group, email)
}

// BidFor reads the newest bid of a community that waits for somebody.
func (t *Tx) BidFor(ctx context.Context, group, actor actors.ID) (actors.Bid, error) {
	return one(ctx, t, scanBid, `
		SELECT `+bidColumns+` FROM bid WHERE group_id = $1 AND actor_id = $2 AND state = 'pending'
		ORDER BY id DESC LIMIT 1`, group, actor)
}

// AnswerBids notes what somebody answered to all bids of a community that wait for
// them.
func (t *Tx) AnswerBids(ctx context.Context, group, actor actors.ID, answer actors.BidState, at time.Time) error {
	_, err := t.exec(ctx, `
		UPDATE bid SET state = $3, answered_at = $4, taken = CASE WHEN $3 = 'accepted' AND taken < most THEN taken + 1 ELSE taken END
		WHERE group_id = $1 AND actor_id = $2 AND state = 'pending'`, group, actor, answer, micros(at))
	return err
}

// TakeBid uses up one place of a bid: of several requests at once, as many win as
// there are places (security.md S153). With the last it is accepted. ErrNotFound
// when it cannot be taken up any more.
func (t *Tx) TakeBid(ctx context.Context, id actors.ID, now time.Time) error {
	return t.execOne(ctx, `
		UPDATE bid SET taken = taken + 1, answered_at = $2,
			state = CASE WHEN taken + 1 >= most THEN 'accepted' ELSE state END
		WHERE id = $1 AND state = 'pending' AND taken < most AND (expires_at = 0 OR expires_at > $2)`, id, micros(now))
}

// Bids lists the bids of a community, newest first.
func (t *Tx) Bids(ctx context.Context, group actors.ID, p Page) ([]actors.Bid, error) {
	return collect(ctx, t, scanBid, `
		SELECT `+bidColumns+` FROM bid WHERE group_id = $1 ORDER BY id DESC LIMIT $2 OFFSET $3`, group, p.limit(), p.offset())
}

// UnansweredBids lists the newest n bids of a community that wait for one person.
func (t *Tx) UnansweredBids(ctx context.Context, group actors.ID, n int) ([]actors.Bid, error) {
	return collect(ctx, t, scanBid, `
		SELECT `+bidColumns+` FROM bid
		WHERE group_id = $1 AND state IN ('pending', 'bounced') AND (email <> '' OR actor_id <> 0)
		ORDER BY id DESC LIMIT $2`, group, n)
}

// BidCounts says how many bids of a community are in each state; those whose time
// is up are counted as pending and, beside that, in over.
func (t *Tx) BidCounts(ctx context.Context, group actors.ID, now time.Time) (counts map[actors.BidState]int, over int, err error) {
	type row struct {
		state   actors.BidState
		n, over int
	}
	rows, err := collect(ctx, t, func(s scanner) (r row, err error) {
		err = s.Scan(&r.state, &r.n, &r.over)
		return r, err
	}, `SELECT state, COUNT(*), SUM(CASE WHEN state = 'pending' AND expires_at <> 0 AND expires_at <= $2 THEN 1 ELSE 0 END)
		FROM bid WHERE group_id = $1 GROUP BY state`, group, micros(now))
	counts = map[actors.BidState]int{}
	for _, r := range rows {
		counts[r.state] = r.n
		over += r.over
	}
	return counts, over, err
}

// CountInvitedFrom says to how many communities of a host somebody is asked.
func (t *Tx) CountInvitedFrom(ctx context.Context, actor actors.ID, host string) (int, error) {
	return one(ctx, t, scanValue[int], `
		SELECT COUNT(*) FROM membership m JOIN actor g ON g.id = m.group_id
		WHERE m.actor_id = $1 AND m.standing = 'invited' AND g.host = $2`, actor, host)
}
