package library

import (
	"context"
	"errors"
	"fmt"
	"time"

	"moothall/content"
	"moothall/store"
)

const (
	sweepEvery  = time.Hour
	listEvery   = 24 * time.Hour
	sweepBatch  = 100
	idleFor     = time.Hour // a file that was just kept may be about to be named
	keepUploads = 7 * 24 * time.Hour
	keepSpools  = 24 * time.Hour
	// keepReceipts is how long it is known that something was confirmed, so that it is not
	// confirmed again.
	keepReceipts = 90 * 24 * time.Hour
	// keepFormatRequests is for those that were answered: they say what somebody cannot read.
	keepFormatRequests = 90 * 24 * time.Hour
	keepUse            = 13 // months that figures of use are kept
)

// sweepOnce clears away what nobody can reach, if an hour has gone by since the last
// time: files that were sent and never shared, files of what is withdrawn, files
// from elsewhere whose time is over. Once a day it also looks for bytes that no row
// knows, which a crash may leave.
func (l *Library) sweepOnce(ctx context.Context) error {
	now := l.Now()
	if now.Before(l.swept.Add(sweepEvery)) {
		return nil
	}
	if err := l.sweep(ctx, now); err != nil {
		return err
	}
	if !now.Before(l.listed.Add(listEvery)) {
		if err := l.sweepBytes(ctx, now); err != nil {
			return fmt.Errorf("look for bytes that nobody knows: %w", err)
		}
		if _, err := l.Files.Sweep(now.Add(-keepSpools)); err != nil {
			return fmt.Errorf("clear away files that never arrived: %w", err)
		}
		l.listed = now
	}
	l.swept = now
	return nil
}

func (l *Library) sweep(ctx context.Context, now time.Time) error {
	err := l.DB.Write(ctx, func(tx *store.Tx) error {
		if err := tx.ForgetFormatRequests(ctx, now.Add(-keepFormatRequests)); err != nil {
			return err
		}
		if err := tx.PruneReceiptsDue(ctx, now.Add(-keepReceipts)); err != nil {
			return err
		}
		if err := tx.ForgetReaders(ctx, store.MonthOf(now)); err != nil {
			return err
		}
		if err := tx.ForgetUse(ctx, store.MonthOf(now.AddDate(0, -keepUse, 0))); err != nil {
			return err
		}
		return tx.PruneUploads(ctx, now.Add(-keepUploads))
	})
	if err != nil {
		return fmt.Errorf("forget old uploads and requests: %w", err)
	}
	for {
		idle, err := l.forgetSome(ctx, now)
		if err != nil {
			return fmt.Errorf("forget files that nobody can reach: %w", err)
		}
		for _, d := range idle {
			if err := l.Files.DeleteOlder(ctx, d, now.Add(-idleFor)); err != nil {
				return err // found again by sweepBytes
			}
		}
		if len(idle) < sweepBatch {
			return nil
		}
	}
}

// forgetSome forgets rows before their bytes: a row without bytes would promise what
// is not there.
func (l *Library) forgetSome(ctx context.Context, now time.Time) (idle []content.Digest, err error) {
	err = l.DB.Write(ctx, func(tx *store.Tx) (err error) {
		idle, err = tx.IdleFiles(ctx, now, now.Add(-idleFor), sweepBatch)
		for _, d := range idle {
			err = errors.Join(err, tx.ForgetFile(ctx, d))
		}
		return err
	})
	return idle, err
}

// sweepBytes deletes bytes that no row knows.
func (l *Library) sweepBytes(ctx context.Context, now time.Time) error {
	return l.Files.List(ctx, func(d content.Digest, _ int64, modified time.Time) error {
		if modified.After(now.Add(-listEvery)) {
			return nil
		}
		known := false
		err := l.DB.Read(ctx, func(tx *store.Tx) (err error) {
			known, err = tx.HasFile(ctx, d)
			return err
		})
		if err != nil || known {
			return err
		}
		return l.Files.DeleteOlder(ctx, d, now.Add(-listEvery))
	})
}
