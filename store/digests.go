package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"

	"moothall/actors"
)

// FollowerDigest stands for the followers of an actor on one host (FEP-8fcf).
type FollowerDigest struct {
	Followers int
	Digest    string // exclusive or of the SHA-256 of their addresses, in hexadecimal
}

// MostSynchronized is how many followers of one host are listed and compared:
// what fits into a document that peers read. Where there are more, the digest is
// kept and not sent.
const MostSynchronized = 10_000

const noFollowers = "0000000000000000000000000000000000000000000000000000000000000000"

// FollowerDigest reads the followers of an actor on one host, as a number and a
// digest, at the same cost however many they are.
func (t *Tx) FollowerDigest(ctx context.Context, actor actors.ID, host string) (FollowerDigest, error) {
	d, err := one(ctx, t, scanFollowerDigest,
		`SELECT followers, digest FROM follower_digest WHERE group_id = $1 AND host = $2`, actor, host)
	if errors.Is(err, ErrNotFound) {
		return FollowerDigest{Digest: noFollowers}, nil
	}
	return d, err
}

func scanFollowerDigest(s scanner) (d FollowerDigest, err error) {
	err = s.Scan(&d.Followers, &d.Digest)
	return d, err
}

// FollowersFrom lists the addresses of an actor's followers on one host.
func (t *Tx) FollowersFrom(ctx context.Context, actor actors.ID, host string, n int) ([]actors.URI, error) {
	return collect(ctx, t, scanValue[actors.URI], `
		SELECT a.uri FROM membership m JOIN actor a ON a.id = m.actor_id
		WHERE m.group_id = $1 AND m.standing = 'joined' AND a.host = $2
		ORDER BY a.id LIMIT $3`, actor, host, n)
}

// DigestOf is the digest of these followers.
func DigestOf(followers []actors.URI) string {
	digest := noFollowers
	for _, uri := range followers {
		digest = toggled(digest, uri)
	}
	return digest
}

// toggled is a digest with one follower more, or with one less: the same sum.
func toggled(digest string, uri actors.URI) string {
	var out [sha256.Size]byte
	if _, err := hex.Decode(out[:], []byte(digest)); err != nil {
		out = [sha256.Size]byte{} // nothing but this file writes digests
	}
	for i, b := range sha256.Sum256([]byte(uri)) {
		out[i] ^= b
	}
	return hex.EncodeToString(out[:])
}

// countFollower keeps the digest in step when a follower comes (by 1) or goes
// (by -1).
func (t *Tx) countFollower(ctx context.Context, actor actors.ID, who actors.Actor, by int) error {
	// The row is there, and locked, before anyone asks what it says.
	if _, err := t.exec(ctx, `
		INSERT INTO follower_digest (group_id, host, followers, digest) VALUES ($1, $2, 0, $3)
		ON CONFLICT (group_id, host) DO NOTHING`, actor, who.Host, noFollowers); err != nil {
		return err
	}
	d, err := one(ctx, t, scanFollowerDigest, `
		SELECT followers, digest FROM follower_digest WHERE group_id = $1 AND host = $2`+t.dialect.lock, actor, who.Host)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `UPDATE follower_digest SET followers = $3, digest = $4 WHERE group_id = $1 AND host = $2`,
		actor, who.Host, d.Followers+by, toggled(d.Digest, who.URI))
	return err
}

// digestsFilled is the setting that says that memberships from before there were
// digests have been counted.
const digestsFilled = "follower_digests"

// FillFollowerDigests counts the followers that were there before this node kept
// digests. It does nothing the second time.
func (t *Tx) FillFollowerDigests(ctx context.Context) error {
	if _, err := t.Setting(ctx, digestsFilled); !errors.Is(err, ErrNotFound) {
		return err
	}
	type pair struct {
		actor actors.ID
		host  string
		uri   actors.URI
	}
	all, err := collect(ctx, t, func(s scanner) (p pair, err error) {
		err = s.Scan(&p.actor, &p.host, &p.uri)
		return p, err
	}, `SELECT m.group_id, a.host, a.uri FROM membership m JOIN actor a ON a.id = m.actor_id WHERE m.standing = 'joined'`)
	if err != nil {
		return err
	}
	digests := map[pair]FollowerDigest{}
	for _, p := range all {
		key := pair{actor: p.actor, host: p.host}
		d := digests[key]
		digests[key] = FollowerDigest{d.Followers + 1, toggled(d.Digest, p.uri)}
	}
	for key, d := range digests {
		if _, err := t.exec(ctx, `
			INSERT INTO follower_digest (group_id, host, followers, digest) VALUES ($1, $2, $3, $4)
			ON CONFLICT (group_id, host) DO UPDATE SET followers = excluded.followers, digest = excluded.digest`,
			key.actor, key.host, d.Followers, d.Digest); err != nil {
			return err
		}
	}
	return t.SetSetting(ctx, digestsFilled, "yes")
}
