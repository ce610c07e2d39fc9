package actions

import (
	"context"
	"fmt"
	"strings"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/store"
)

// Words are what facilitators on another server may change of a community.
type Words struct {
	Title   string
	Purpose string         // Markdown
	Posting actors.Posting // empty leaves it
}

// TakeDescribe changes what a community here says of itself for a facilitator on
// another server. Nothing of their document is passed on: the community sends its
// own, in which addresses and keys are ours.
func (a *Actions) TakeDescribe(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, w Words) error {
	if err := a.Facilitates(ctx, tx, by, group); err != nil {
		return err
	}
	if w.Posting == "" {
		w.Posting = group.Posting
	}
	if w.Title == group.Title && w.Purpose == group.Source && w.Posting == group.Posting {
		return nil
	}
	c := Charter{
		Name: group.Name, Title: w.Title, Purpose: w.Purpose, Posting: w.Posting,
		Audience: group.Audience, Joining: group.Joining, Language: group.Language,
	}
	if err := c.Check(); err != nil {
		return err
	}
	_, err := a.Describe(ctx, tx, by, group, c)
	return err
}

// Suggest asks a community elsewhere to take a title and a purpose, in the name of a
// facilitator here (protocol.md 9.2). Who may post there is left as it is.
func (a *Actions) Suggest(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, title, purpose string) (actors.Activity, error) {
	if err := a.Facilitates(ctx, tx, by, group); err != nil {
		return actors.Activity{}, err
	}
	c := Charter{Name: group.Name, Title: strings.TrimSpace(title), Purpose: purpose, Audience: group.Audience, Joining: group.Joining}
	if err := c.Check(); err != nil {
		return actors.Activity{}, err
	}
	raw, err := tx.ActorRaw(ctx, group.ID)
	if err != nil {
		return actors.Activity{}, fmt.Errorf("read the community's document: %w", err)
	}
	act := a.ofCommunity("Update", by, group, group.URI)
	act.Body, err = ap.WriteDescription(within(act, by, group, group.Audience), raw, ap.Description{
		Name: c.Title, Summary: string(content.Markdown(purpose)), Source: purpose,
		Updated: act.At,
	})
	if err != nil {
		return act, err
	}
	if err := a.record(ctx, tx, act); err != nil {
		return act, err
	}
	return act, a.send(ctx, tx, act, by, to(group.Actor)...)
}
