package fedtest

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"moothall/actors"
	"moothall/content"
	"moothall/store"
)

// View is all that a person's node shows them of a community, in words that
// are the same wherever the same is shown: oldest discussion first, replies
// below what they answer, with authors, counts and marks. What was withdrawn,
// and what hangs below it, is left out.
func (p *Person) View(c Community) string {
	p.town.T.Helper()
	var out strings.Builder
	p.town.must(p.hall().read(func(ctx context.Context, tx *store.Tx) error {
		me, err := tx.ActorByURI(ctx, p.URI)
		if err != nil {
			return err
		}
		v := actors.Viewer{Actor: me.ID, Local: true}
		group, err := tx.CommunityByURI(ctx, c.URI)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		return viewCommunity(ctx, tx, v, group, &out)
	}))
	return out.String()
}

func viewCommunity(ctx context.Context, tx *store.Tx, v actors.Viewer, group actors.Community, out *strings.Builder) error {
	threads := map[actors.URI]string{}
	for page := 1; ; page++ {
		list, err := tx.Discussions(ctx, v, group.ID, store.Page{Number: page, Size: 100})
		if err != nil {
			return err
		}
		for _, d := range list {
			text, err := viewThread(ctx, tx, v, d)
			if err != nil {
				return err
			}
			threads[d.URI] = text
		}
		if len(list) < 100 {
			break
		}
	}
	for _, uri := range sortedKeys(threads) {
		out.WriteString(threads[uri])
	}
	return nil
}

// viewThread writes one discussion. Ids differ from node to node, addresses do
// not.
func viewThread(ctx context.Context, tx *store.Tx, v actors.Viewer, root content.Post) (string, error) {
	posts, err := tx.Thread(ctx, v, root.ID)
	if err != nil {
		return "", err
	}
	byID, lines := map[actors.ID]content.Post{}, map[actors.URI]string{}
	for _, p := range posts {
		byID[p.ID] = p
	}
	for _, p := range posts {
		if p.IsGone() {
			continue
		}
		author, err := tx.Actor(ctx, p.Author)
		if err != nil {
			return "", err
		}
		mark := ""
		if p.Standing != content.Accepted {
			mark = " (" + string(p.Standing) + ")"
		}
		if p.Locked {
			mark += " (locked)"
		}
		if p.Answer != 0 {
			mark += " (answered by " + string(byID[p.Answer].URI) + ")"
		}
		lines[p.URI] = fmt.Sprintf("%s %s: %s %s useful=%d below=%s%s\n",
			p.URI, author.Handle(), p.Title, strings.TrimSpace(string(p.HTML)), p.Useful, byID[p.Parent].URI, mark)
	}
	var out strings.Builder
	for _, uri := range sortedKeys(lines) {
		out.WriteString(lines[uri])
	}
	return out.String(), nil
}

// Agree fails the test unless all these people are shown the same.
func (town *Town) Agree(c Community, people ...*Person) {
	town.T.Helper()
	for _, p := range people[1:] {
		if first, view := people[0].View(c), p.View(c); view != first {
			town.T.Errorf("%s (-) and %s (+) do not see the same in %s:\n%s", people[0].URI, p.URI, c.Name, difference(first, view))
		}
	}
}
