package actions

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"moothall/actors"
	"moothall/content"
	"moothall/extract"
	"moothall/store"
)

const noReasonSetting = "no_reason"

// NoReason are the kinds of findings for which this site takes no reason: a file that
// has them is mended, or not shared (DOC-1). None until an admin has chosen.
func NoReason(ctx context.Context, tx *store.Tx) ([]extract.StopKind, error) {
	stored, err := tx.Setting(ctx, noReasonSetting)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read for what no reason is taken: %w", err)
	}
	var kinds []extract.StopKind
	for _, k := range strings.Fields(stored) {
		kinds = append(kinds, extract.StopKind(k))
	}
	return kinds, nil
}

// SetNoReason says for which kinds of findings no reason is taken from now on. by is
// the admin.
func (a *Actions) SetNoReason(ctx context.Context, tx *store.Tx, by actors.ID, kinds []extract.StopKind) error {
	if err := a.MayRun(ctx, tx, by); err != nil {
		return err
	}
	var chosen []string
	for _, k := range kinds {
		if !slices.Contains(extract.StopKinds(), k) {
			return content.Problems{"kind": "Choose from the list"}
		}
		chosen = append(chosen, string(k))
	}
	value := strings.Join(chosen, " ")
	if err := tx.SetSetting(ctx, noReasonSetting, value); err != nil {
		return fmt.Errorf("say for what no reason is taken: %w", err)
	}
	return a.audit(ctx, tx, by, DidSetNoReason, value, "")
}

// barred refuses a file with something that this site shares for no reason.
func barred(ctx context.Context, tx *store.Tx, r extract.Reading) error {
	without, err := NoReason(ctx, tx)
	if err != nil {
		return err
	}
	for _, f := range r.Findings {
		switch {
		case f.Severity == extract.Refuse:
			return refuse("file_refused", "This file may not be shared here.")
		case f.IsBarred(without):
			return refuse("no_reason", "This site does not share files with what we found in this one, whatever the reason. Mend the file, and choose it again.")
		}
	}
	return nil
}
