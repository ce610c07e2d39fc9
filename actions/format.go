package actions

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/store"
)

const (
	// MaxFormatWords is how long a request for another format, or its answer, may be, in characters.
	MaxFormatWords = 1000
	maxContact     = 200
	// mostFormatRequests is how many one person may make in a day, and
	// mostFormatRequestsFromHost how many the people of one host may bring.
	mostFormatRequests         = 10
	mostFormatRequestsFromHost = 50
	formatDay                  = 24 * time.Hour
)

// AskFormat asks whoever looks after a document for it in a format that by can read
// (DOC-8). by can read the document. The owner of one elsewhere is asked at its own site, by a
// message to its author; who looks after it now, that site knows.
func (a *Actions) AskFormat(ctx context.Context, tx *store.Tx, by actors.Actor, p content.Post, words, contact string) error {
	words, contact = strings.TrimSpace(words), strings.TrimSpace(contact)
	if err := checkFormatWords(words, contact); err != nil {
		return err
	}
	if contact != "" {
		words += "\n\nHow to reach me: " + contact
	}
	f := store.FormatRequest{ID: a.IDs.Next(), Document: p.ID, By: by.ID, Words: words, At: a.Now()}
	if err := a.mayAskFormat(ctx, tx, by, p); err != nil {
		return err
	}
	if p.Local {
		return a.addFormatRequest(ctx, tx, by, p, f)
	}
	author, err := tx.Actor(ctx, p.Author)
	if err != nil {
		return err
	}
	f.URI, err = a.message(ctx, tx, ap.Message{Kind: ap.FormatRequest, By: by, To: author, InReplyTo: p.URI, Words: words, Document: p.URI, Title: p.Title})
	if err != nil {
		return err
	}
	return tx.AddFormatRequest(ctx, f)
}

func checkFormatWords(words, contact string) error {
	problems := content.Problems{}
	switch n := utf8.RuneCountInString(words); {
	case n == 0:
		problems.Add("words", "Say which format you need")
	case n > MaxFormatWords:
		problems.Add("words", "What you need must be 1,000 characters or less")
	}
	if utf8.RuneCountInString(contact) > maxContact {
		problems.Add("contact", "How to reach you must be 200 characters or less")
	}
	return problems.Err()
}

func (a *Actions) mayAskFormat(ctx context.Context, tx *store.Tx, by actors.Actor, p content.Post) error {
	if !p.IsDocument() || p.IsGone() || p.Standing != content.Accepted {
		return refuse("gone", "This document is not here any more.")
	}
	asked, err := tx.FormatRequests(ctx, p.ID, by.ID)
	if err != nil {
		return err
	}
	if len(asked) > 0 && asked[0].Answered.IsZero() {
		return refuse("asked_already", "You have asked for this document in another format already. We tell you when somebody answers.")
	}
	own, host, err := tx.CountFormatRequests(ctx, by, a.Now().Add(-formatDay))
	if err == nil && (own >= mostFormatRequests || !by.Local && host >= mostFormatRequestsFromHost) {
		err = refuse("too_many_requests", "You have asked for many documents today. Try again tomorrow.")
	}
	return err
}

// addFormatRequest stores a request for a document of this node, and tells its owner,
// or the facilitators here of a document that nobody looks after.
func (a *Actions) addFormatRequest(ctx context.Context, tx *store.Tx, by actors.Actor, p content.Post, f store.FormatRequest) error {
	if err := tx.AddFormatRequest(ctx, f); err != nil {
		return fmt.Errorf("add a request for a format: %w", err)
	}
	d, err := tx.DocumentForRules(ctx, p.ID)
	if err != nil {
		return err
	}
	if d.Owner != 0 {
		return a.notifyAll(ctx, tx, []actors.ID{d.Owner}, p, NoticeFormatAsked, by.ID)
	}
	mods, err := tx.Moderators(ctx, p.Group)
	if err != nil {
		return err
	}
	var here []actors.ID
	for _, m := range mods {
		if m.Local {
			here = append(here, m.ID)
		}
	}
	return a.notifyAll(ctx, tx, here, p, NoticeFormatAsked, by.ID)
}

// TakeFormatRequest takes in what somebody elsewhere asks about a document of this node
// that they can read. uri is that of their message.
func (a *Actions) TakeFormatRequest(ctx context.Context, tx *store.Tx, from actors.Actor, p content.Post, uri actors.URI, words string) error {
	if words = strings.TrimSpace(words); words == "" {
		return refuse("no_words", "It does not say which format is needed.")
	}
	if err := a.mayAskFormat(ctx, tx, from, p); err != nil {
		return err
	}
	return a.addFormatRequest(ctx, tx, from, p, store.FormatRequest{
		ID: a.IDs.Next(), URI: uri, Document: p.ID, By: from.ID, Words: content.FirstRunes(words, MaxFormatWords+2*maxContact), At: a.Now(),
	})
}

// MayAnswerFormat says whether by may read and answer what was asked about a document of
// this node: whoever looks after it, who shared it, and the facilitators of its
// community. What it returns is a Refusal.
func (a *Actions) MayAnswerFormat(ctx context.Context, tx *store.Tx, by actors.Actor, p content.Post, d content.Document) error {
	if MayChangeDocument(by, p, d) == nil {
		return nil
	}
	group, err := tx.Community(ctx, p.Group)
	if err != nil {
		return err
	}
	if !p.Local || p.IsGone() || !group.Local {
		return refuse("not_owner", "Only the person who looks after this document can do this.")
	}
	return a.Facilitates(ctx, tx, by, group)
}

// AnswerFormat answers a request for another format, at the site of whoever asked.
func (a *Actions) AnswerFormat(ctx context.Context, tx *store.Tx, by actors.Actor, p content.Post, f store.FormatRequest, answer string) error {
	answer = strings.TrimSpace(answer)
	switch n := utf8.RuneCountInString(answer); {
	case n == 0:
		return content.Problems{"answer": "Enter your answer"}
	case n > MaxFormatWords:
		return content.Problems{"answer": "Your answer must be 1,000 characters or less"}
	}
	d, err := tx.DocumentForRules(ctx, p.ID)
	if err != nil {
		return err
	}
	if err := a.MayAnswerFormat(ctx, tx, by, p, d); err != nil {
		return err
	}
	asker, err := tx.Actor(ctx, f.By)
	if err != nil {
		return err
	}
	if !asker.Local {
		m := ap.Message{Kind: ap.FormatAnswer, By: by, To: asker, InReplyTo: f.URI, Words: answer, Document: p.URI, Title: p.Title}
		if f.AnswerURI, err = a.message(ctx, tx, m); err != nil {
			return err
		}
	}
	return a.answered(ctx, tx, by, p, f, answer)
}

// TakeFormatAnswer takes in what the site of a document answers somebody here. uri is
// that of the message.
func (a *Actions) TakeFormatAnswer(ctx context.Context, tx *store.Tx, from actors.Actor, p content.Post, f store.FormatRequest, uri actors.URI, answer string) error {
	f.AnswerURI = uri
	return a.answered(ctx, tx, from, p, f, content.FirstRunes(strings.TrimSpace(answer), MaxFormatWords))
}

// answered notes an answer, and tells whoever asked, if they are of this node.
func (a *Actions) answered(ctx context.Context, tx *store.Tx, by actors.Actor, p content.Post, f store.FormatRequest, answer string) error {
	f.Answer, f.Answered, f.AnsweredBy = answer, a.Now(), by.ID
	err := tx.AnswerFormatRequest(ctx, f)
	if errors.Is(err, store.ErrNotFound) {
		return refuse("answered_already", "Somebody has answered this already.")
	}
	if err != nil {
		return fmt.Errorf("answer a request for a format: %w", err)
	}
	asker, err := tx.Actor(ctx, f.By)
	if err != nil || !asker.Local {
		return err
	}
	return a.notifyAll(ctx, tx, []actors.ID{asker.ID}, p, NoticeFormatAnswered, by.ID)
}

// message sends one person elsewhere a message, and returns its address.
func (a *Actions) message(ctx context.Context, tx *store.Tx, m ap.Message) (actors.URI, error) {
	act := a.own("Create", m.By, "", "")
	m.Activity, m.At = act.URI, act.At
	act.Object = m.ID()
	var err error
	if act.Body, err = ap.WriteMessage(m); err != nil {
		return "", err
	}
	if err := a.record(ctx, tx, act); err != nil {
		return "", err
	}
	return m.ID(), a.send(ctx, tx, act, m.By, to(m.To)...)
}
