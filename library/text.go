package library

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"moothall/actors"
	"moothall/extract"
	"moothall/store"
)

const (
	textTime  = 10 * time.Minute // after which another process takes it
	textApart = time.Hour        // between two tries at a host that fails
	textTries = 3
	textPoll  = 5 * time.Second
	maxText   = 200 << 10 // bytes (users.md 3.9)
)

var errText = errors.New("what was handed out is not the text of a file")

// RunTexts fetches texts of documents elsewhere, one after the other, until ctx ends. It
// is apart from Run: a slow site keeps nobody's file waiting.
func (l *Library) RunTexts(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		moved, _, err := l.StepText(ctx)
		if err != nil && ctx.Err() == nil {
			l.Log.ErrorContext(ctx, "texts of documents elsewhere", "err", err)
		}
		wait := textPoll
		if moved {
			wait = 0
		}
		timer.Reset(wait)
	}
}

// StepText fetches the text of one document elsewhere, if one is due, and says when
// another will be; zero for never.
func (l *Library) StepText(ctx context.Context) (moved bool, next time.Time, err error) {
	now := l.Now()
	err = l.DB.Read(ctx, func(tx *store.Tx) error {
		next, err = tx.NextText(ctx)
		return err
	})
	if err != nil || next.IsZero() || next.After(now) {
		return false, next, err
	}
	var x store.ToldText
	err = l.DB.Write(ctx, func(tx *store.Tx) (err error) {
		x, err = tx.ClaimText(ctx, now, now.Add(textTime))
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return false, time.Time{}, nil // another process has it
	}
	if err != nil {
		return false, next, fmt.Errorf("find a text to fetch: %w", err)
	}
	body, why := l.fetchText(ctx, x)
	if ctx.Err() != nil {
		return false, next, ctx.Err()
	}
	if err := l.DB.Write(ctx, func(tx *store.Tx) error { return l.settleText(ctx, tx, x, body, why) }); err != nil {
		return false, next, fmt.Errorf("store a text from elsewhere: %w", err)
	}
	return true, next, nil
}

func (l *Library) settleText(ctx context.Context, tx *store.Tx, x store.ToldText, body []byte, why error) error {
	if why == nil {
		return tx.KeepText(ctx, x, body)
	}
	l.Log.InfoContext(ctx, "text of a document elsewhere not taken", "document", x.Document, "host", x.Host, "err", why)
	if x.Tries >= textTries || errors.Is(why, store.ErrNotFound) || errors.Is(why, errText) {
		if err := tx.GiveUpText(ctx, x); err != nil {
			return err
		}
	}
	if errors.Is(why, store.ErrNotFound) || errors.Is(why, errText) {
		return nil // it is nothing against the site's other documents
	}
	return tx.PutOffTexts(ctx, x.Host, l.Now().Add(textApart))
}

// fetchText fetches a text in the name of this node. ErrNotFound is for a document that
// is not to be found here any more.
func (l *Library) fetchText(ctx context.Context, x store.ToldText) ([]byte, error) {
	var from string
	err := l.DB.Read(ctx, func(tx *store.Tx) error {
		p, err := tx.PostForRules(ctx, x.Document)
		if err != nil {
			return err
		}
		if p.IsGone() || p.Local || p.Audience != actors.AudiencePublic {
			return store.ErrNotFound
		}
		v, err := tx.Version(ctx, x.Document, x.Number)
		from = v.File.Text
		return err
	})
	if err != nil {
		return nil, err
	}
	client, err := l.As(ctx, 0, 0)
	if err != nil {
		return nil, err
	}
	raw, err := client.Text(ctx, actors.URI(from), maxText)
	if err != nil {
		return nil, err
	}
	return toldReading(raw)
}

// toldReading makes of what a site says is in a file a reading with a paragraph for each line.
func toldReading(raw []byte) ([]byte, error) {
	if !utf8.Valid(raw) {
		return nil, fmt.Errorf("%w: it is not UTF-8", errText)
	}
	var r extract.Reading
	for line := range strings.Lines(string(raw)) {
		if text := plain(line); text != "" {
			r.Blocks = append(r.Blocks, extract.Block{Kind: extract.Paragraph, Text: text})
		}
	}
	if len(r.Blocks) == 0 {
		return nil, fmt.Errorf("%w: there is nothing in it", errText)
	}
	body, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("write a text from elsewhere: %w", err)
	}
	return body, nil
}

// plain is a text on one line, without what is not shown.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}
