package actions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"moothall/actors"
	"moothall/content"
	"moothall/extract"
	"moothall/store"
)

// mayGoOn says whether an upload may be shared, in the light of what the check found
// in it (users.md 3.5), and sums up what was found and why it is shared all the
// same, for the log: counts, never values.
func mayGoOn(ctx context.Context, tx *store.Tx, from store.Upload, r extract.Reading, reason string) (string, error) {
	switch from.State {
	case store.UploadWaiting:
		return "", refuse("not_read", "We are still checking this file. Try again in a moment.")
	case store.UploadRefused:
		return "", refuse("file_refused", from.Why)
	}
	if err := barred(ctx, tx, r); err != nil {
		return "", err
	}
	var stops []string
	for _, f := range r.Findings {
		if f.Severity == extract.Stop {
			stops = append(stops, fmt.Sprintf("%s (%d)", f.Code, f.Count))
		}
	}
	if len(stops) == 0 {
		return "", nil
	}
	if err := checkReason(reason, "Say why this file can be shared as it is"); err != nil {
		return "", err
	}
	return strings.Join(stops, ", ") + ": " + strings.TrimSpace(reason), nil
}

// ReadingOf is what was read in a file; nothing where nothing could be read. The
// caller knows that its viewer may read a version with this file.
func ReadingOf(ctx context.Context, tx *store.Tx, d content.Digest) (r extract.Reading, err error) {
	body, err := tx.Reading(ctx, d)
	if errors.Is(err, store.ErrNotFound) {
		return r, nil
	}
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(body, &r); err != nil {
		return r, fmt.Errorf("stored reading of %s: %w", d, err)
	}
	return r, nil
}

// The limits on what is sent, in bytes (security.md S138).
const (
	MaxFile       = 100 << 20
	usualOfPerson = 5 << 30
	usualOfGroup  = 50 << 30
)

// Space bounds all files that are kept of what a person sent, and all in a community, in
// bytes. Zero is what is usual.
type Space struct{ Person, Group int64 }

func (s Space) orUsual() Space {
	if s.Person == 0 {
		s.Person = usualOfPerson
	}
	if s.Group == 0 {
		s.Group = usualOfGroup
	}
	return s
}

// takeSpace is MayUpload in the write that takes the space: nobody else takes it meanwhile.
func (a *Actions) takeSpace(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, size int64) error {
	if err := tx.LockSpace(ctx, by.ID, group.ID); err != nil {
		return fmt.Errorf("take space for a file: %w", err)
	}
	return a.MayUpload(ctx, tx, by, group, size)
}

// MayUpload says whether by may send a file of this size, for a document in group.
// A size that is not known yet is zero.
func (a *Actions) MayUpload(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, size int64) error {
	m, err := a.membership(ctx, tx, group.ID, by.ID)
	if err != nil {
		return err
	}
	if err := mayPost(group, m); err != nil {
		return err
	}
	if size > MaxFile {
		return content.Problems{"file": fmt.Sprintf("The selected file must be smaller than %d MB", MaxFile>>20)}
	}
	mine, err := tx.SharedBy(ctx, by.ID)
	if err != nil {
		return err
	}
	ours, err := tx.SharedIn(ctx, group.ID)
	if err != nil {
		return err
	}
	space := a.Space.orUsual()
	switch {
	case mine+size > space.Person:
		return content.Problems{"file": "You have used all the space that you have here. Withdraw documents that you do not need, or ask the people who run this site"}
	case ours+size > space.Group:
		return content.Problems{"file": "This community has used all its space. Ask a facilitator"}
	}
	return nil
}

// Receive notes a file that by sent: its bytes are kept already. It waits to be read.
func (a *Actions) Receive(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, u store.Upload) (store.Upload, error) {
	if err := a.takeSpace(ctx, tx, by, group, u.Size); err != nil {
		return u, err
	}
	u.ID, u.Actor, u.Group, u.State, u.At = a.IDs.Next(), by.ID, group.ID, store.UploadWaiting, a.Now()
	if err := tx.KeepFile(ctx, u.Digest, u.Size, u.At, u.At); err != nil {
		return u, fmt.Errorf("keep file: %w", err)
	}
	if err := tx.AddUpload(ctx, u); err != nil {
		return u, fmt.Errorf("add upload: %w", err)
	}
	if a.Wake.Library != nil {
		tx.After(a.Wake.Library)
	}
	return u, nil
}

// Clean asks for what a file says of the people who made it to be taken out. It
// waits to be read anew.
func (a *Actions) Clean(ctx context.Context, tx *store.Tx, by actors.Actor, u store.Upload) error {
	err := tx.CleanUpload(ctx, by.ID, u.ID, a.Now())
	if errors.Is(err, store.ErrNotFound) {
		return refuse("not_ready", "This file is being checked, or has been cleaned already.")
	}
	if err != nil {
		return fmt.Errorf("ask to clean an upload: %w", err)
	}
	if a.Wake.Library != nil {
		tx.After(a.Wake.Library)
	}
	return nil
}
