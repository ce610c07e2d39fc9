package actions

import (
	"context"
	"errors"

	"moothall/actors"
	"moothall/content"
	"moothall/store"
)

// The kinds of notification, as stored.
const (
	NoticeReply   = "reply"
	NoticeMention = "mention"
	NoticeAsked   = "asked"
	NoticeJoined  = "joined"
	NoticeRefused = "refused"

	NoticeInvited   = "invited"
	NoticeAppointed = "appointed"
	NoticeStoodDown = "stood_down"
	NoticeRemoved   = "removed"
	NoticeLetBack   = "let_back"

	NoticeReported = "reported"
	NoticeMoved    = "moved"

	NoticeHidden   = "hidden"
	NoticeRestored = "restored"
	NoticeLocked   = "locked"
	NoticeUnlocked = "unlocked"

	NoticeVersion    = "version"   // a document that was saved has a new one
	NoticeWithdrawn  = "withdrawn" // a document that was saved
	NoticeReview     = "review"
	NoticeHandedOver = "handed_over"
	NoticeCopied     = "copied"

	NoticeFacilitatorLeft = "facilitator_left" // of a community that one facilitates too

	NoticeFormatAsked    = "format_asked"    // somebody needs a document in another format
	NoticeFormatAnswered = "format_answered" // whoever asked is answered
)

// TellAuthor tells a local author what a facilitator, or a community elsewhere, did
// about a post of theirs.
func (a *Actions) TellAuthor(ctx context.Context, tx *store.Tx, p content.Post, notice string, by actors.ID) error {
	if !p.Local || p.Author == by {
		return nil
	}
	return tx.Notify(ctx, store.Notification{
		ID: a.IDs.Next(), Actor: p.Author, Kind: notice, Post: p.ID, Group: p.Group, By: by, At: a.Now(),
	})
}

// TellParent tells a local author that somebody answered.
func (a *Actions) TellParent(ctx context.Context, tx *store.Tx, p content.Post) error {
	if !p.IsComment() {
		return nil
	}
	parent, err := tx.PostForRules(ctx, p.Parent)
	if err != nil {
		return err
	}
	if parent.Author == p.Author {
		return nil
	}
	author, err := tx.Actor(ctx, parent.Author)
	if err != nil || !author.Local {
		return err
	}
	return tx.Notify(ctx, store.Notification{
		ID: a.IDs.Next(), Actor: author.ID, Kind: NoticeReply, Post: p.ID, Group: p.Group, By: p.Author, At: a.Now(),
	})
}

// tellMentioned tells local people that a local person's post names them.
func (a *Actions) tellMentioned(ctx context.Context, tx *store.Tx, act actors.Activity, w wording) error {
	for _, who := range w.people {
		if err := a.tellNamed(ctx, tx, who, act, w.by); err != nil {
			return err
		}
	}
	return nil
}

func (a *Actions) tellNamed(ctx context.Context, tx *store.Tx, who actors.Actor, act actors.Activity, by actors.Actor) error {
	if !who.Local || who.Kind != actors.Person || who.ID == by.ID {
		return nil
	}
	p, err := tx.PostByURI(ctx, act.Object)
	if err != nil {
		return err
	}
	if err := tx.Address(ctx, who.ID, act.ID); err != nil {
		return err
	}
	if p.IsComment() {
		parent, err := tx.PostForRules(ctx, p.Parent)
		if err != nil || parent.Author == who.ID {
			return err // told that somebody answered; a reply names whom it answers
		}
	}
	return tx.Notify(ctx, store.Notification{
		ID: a.IDs.Next(), Actor: who.ID, Kind: NoticeMention, Post: p.ID, Group: p.Group, By: by.ID, At: a.Now(),
	})
}

// TellNamed tells local people whom a remote post names.
func (a *Actions) TellNamed(ctx context.Context, tx *store.Tx, act actors.Activity, by actors.Actor, named []actors.URI) error {
	told := map[actors.URI]bool{}
	for _, uri := range named {
		if !a.Site.Owns(uri) || told[uri] {
			continue
		}
		told[uri] = true
		who, err := tx.ActorByURI(ctx, uri)
		if errors.Is(err, store.ErrNotFound) {
			continue // names nobody here
		}
		if err != nil {
			return err
		}
		if err := a.tellNamed(ctx, tx, who, act, by); err != nil {
			return err
		}
	}
	return nil
}
