package store

import (
	"context"
	"fmt"
	"strings"

	"moothall/actors"
	"moothall/content"
)

// Who may read what is stored is written with each post, and nothing else is asked.
// So when a community or an item is made narrower, all that is wider is rewritten in
// the same transaction: there is no moment at which the one is closed and the other
// open (security.md S190).

// wider lists, as SQL, the audiences that are wider than one.
func wider(a actors.Audience) string {
	var list []string
	for _, other := range []actors.Audience{actors.AudiencePublic, actors.AudienceNetwork, actors.AudienceMembers} {
		if other.WiderThan(a) {
			list = append(list, "'"+string(other)+"'")
		}
	}
	return strings.Join(list, ", ")
}

// NarrowCommunity makes everything in a community no wider than an audience, hidden
// and withdrawn things too. It says how many posts that changed.
func (t *Tx) NarrowCommunity(ctx context.Context, group actors.ID, a actors.Audience) (int64, error) {
	if wider(a) == "" {
		return 0, nil
	}
	in := `root_id IN (SELECT r.id FROM post r WHERE r.group_id = $1 AND r.parent_id = 0) AND audience IN (` + wider(a) + `)`
	if _, err := t.exec(ctx, `
		INSERT INTO search_due (post_id, times) SELECT id, 1 FROM post WHERE `+in+` AND deleted_at = 0
		ON CONFLICT (post_id) DO UPDATE SET times = search_due.times + 1`, group); err != nil {
		return 0, fmt.Errorf("note what is to be indexed anew: %w", err)
	}
	n, err := t.exec(ctx, `UPDATE post SET audience = $2, revision = revision + 1 WHERE `+in, group, a)
	if err != nil {
		return 0, fmt.Errorf("narrow posts: %w", err)
	}
	if err := t.narrowCounts(ctx, group, a); err != nil {
		return n, fmt.Errorf("count discussions: %w", err)
	}
	roots, err := collect(ctx, t, scanValue[actors.ID],
		`SELECT DISTINCT s.root_id FROM aside s JOIN post r ON r.id = s.root_id WHERE r.group_id = $1`, group)
	if err != nil {
		return n, err
	}
	return n, t.recount(ctx, roots...)
}

// narrowCounts moves what a community counts of wider discussions to an audience.
func (t *Tx) narrowCounts(ctx context.Context, group actors.ID, a actors.Audience) error {
	var sum, zero []string
	for _, other := range []actors.Audience{actors.AudiencePublic, actors.AudienceNetwork, actors.AudienceMembers} {
		if other.WiderThan(a) {
			sum = append(sum, "discussions_"+string(other))
			zero = append(zero, "discussions_"+string(other)+" = 0")
		}
	}
	_, err := t.exec(ctx, `
		UPDATE community SET discussions_`+string(a)+` = discussions_`+string(a)+` + `+strings.Join(sum, " + ")+`, `+strings.Join(zero, ", ")+`
		WHERE actor_id = $1`, group)
	return err
}

// SetAudience says who may read a post from now on. What answers it is made no wider;
// nothing but the post itself becomes wider (security.md S191).
func (t *Tx) SetAudience(ctx context.Context, p content.Post, a actors.Audience) error {
	now, err := t.lockPost(ctx, p.ID)
	if err != nil || now.Audience == a {
		return err
	}
	if err := t.execOne(ctx, `UPDATE post SET audience = $2 WHERE id = $1`, now.ID, a); err != nil {
		return err
	}
	if err := t.searchDue(ctx, now.ID); err != nil {
		return err
	}
	if now.Audience.WiderThan(a) {
		if err := t.narrowBelow(ctx, now, a); err != nil {
			return err
		}
	}
	if !now.IsComment() && now.Standing == content.Accepted && !now.IsGone() {
		if err := t.touchCommunity(ctx, now.Group, now.Audience, now.Published, -1); err != nil {
			return err
		}
		if err := t.touchCommunity(ctx, now.Group, a, now.Published, 1); err != nil {
			return err
		}
	}
	return t.recount(ctx, now.Root)
}

// narrowBelow makes all that answers a post, and what answers that, no wider than it.
func (t *Tx) narrowBelow(ctx context.Context, p content.Post, a actors.Audience) error {
	const below = `WITH RECURSIVE below (id) AS (
			SELECT c.id FROM post c WHERE c.root_id = $1 AND c.parent_id = $2
			UNION ALL SELECT c.id FROM below b JOIN post c ON c.root_id = $1 AND c.parent_id = b.id) `
	ids, err := collect(ctx, t, scanValue[actors.ID], below+`
		SELECT c.id FROM below b JOIN post c ON c.id = b.id WHERE c.audience IN (`+wider(a)+`)`, p.Root, p.ID)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := t.execOne(ctx, `UPDATE post SET audience = $2 WHERE id = $1`, id, a); err != nil {
			return err
		}
		if err := t.searchDue(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// recount counts the replies of some discussions anew, after it has changed for whom
// they are or their starts are.
func (t *Tx) recount(ctx context.Context, roots ...actors.ID) error {
	const counted = `c.parent_id <> 0 AND c.deleted_at = 0 AND c.standing = 'accepted'`
	for _, root := range roots {
		for _, text := range []string{
			`UPDATE post SET revision = revision + 1,
				replies = (SELECT COUNT(*) FROM post c WHERE c.root_id = $1 AND ` + counted + ` AND ` + asWide("c.audience", "post.audience") + `),
				last_reply_at = COALESCE((SELECT MAX(c.published_at) FROM post c WHERE c.root_id = $1
					AND (c.id = $1 OR (` + counted + ` AND ` + asWide("c.audience", "post.audience") + `))), published_at)
				WHERE id = $1`,
			`DELETE FROM aside WHERE root_id = $1`,
			`INSERT INTO aside (root_id, audience, replies)
				SELECT r.id, c.audience, COUNT(*) FROM post r JOIN post c ON c.root_id = r.id
				WHERE r.id = $1 AND ` + counted + ` AND NOT ` + asWide("c.audience", "r.audience") + ` GROUP BY r.id, c.audience`,
		} {
			if _, err := t.exec(ctx, text, root); err != nil {
				return fmt.Errorf("count the replies of %s: %w", root, err)
			}
		}
	}
	return nil
}
