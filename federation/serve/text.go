package serve

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"moothall/actors"
	"moothall/extract"
	"moothall/store"
)

const (
	maxText   = 200 << 10 // bytes of a file's text that others get for their index (users.md 3.9)
	plainText = "text/plain; charset=utf-8"
)

// text gives what was read in the file of a version to those who sign, for the index
// of their node: of what everyone may read and pass on, and of nothing else.
func (s *Serve) text(q question) (reply, error) {
	p, err := s.localPost(q)
	if err != nil {
		return reply{}, err
	}
	if p.IsGone() {
		return q.gone(p)
	}
	v, err := q.tx.Version(q.ctx, p.ID, q.number)
	if err != nil {
		return reply{}, err
	}
	d, err := q.tx.DocumentForRules(q.ctx, p.ID)
	if err != nil {
		return reply{}, err
	}
	if v.File.Text == "" || v.IsWithdrawn() || p.Audience != actors.AudiencePublic || !d.Licence.IsOpen() {
		return reply{}, store.ErrNotFound
	}
	stored, err := q.tx.Reading(q.ctx, v.File.Digest)
	if errors.Is(err, store.ErrNotFound) {
		err = nil // nothing could be read
	}
	return reply{kind: plainText, reading: stored}, err
}

// decode makes the text of a stored reading the body, with no transaction open.
func (r *reply) decode() error {
	if len(r.reading) == 0 {
		return nil
	}
	var read extract.Reading
	if err := json.Unmarshal(r.reading, &read); err != nil {
		return fmt.Errorf("stored reading: %w", err)
	}
	r.body, r.reading = []byte(textOf(read)), nil
	return nil
}

// A reading takes many megabytes for as long as it is whole.
const textsAtOnce, textsWaiting = 2, 40

var errManyTexts = refusal{http.StatusServiceUnavailable, "too many texts at once, try again later"}

// turns let few read texts at once, and bound how many wait to. The zero value is ready.
type turns struct {
	once  sync.Once
	all   chan struct{} // those who read or wait
	slots chan struct{}
}

// take waits for a turn, and gives what ends it.
func (t *turns) take(ctx context.Context) (done func(), err error) {
	t.once.Do(func() {
		t.all, t.slots = make(chan struct{}, textsAtOnce+textsWaiting), make(chan struct{}, textsAtOnce)
	})
	select {
	case t.all <- struct{}{}:
	default:
		return nil, errManyTexts
	}
	select {
	case t.slots <- struct{}{}:
		return func() { <-t.slots; <-t.all }, nil
	case <-ctx.Done():
		<-t.all
		return nil, ctx.Err()
	}
}

// textOf is what was read in a file as plain text, a line for each block.
func textOf(r extract.Reading) string {
	var b strings.Builder
	for _, block := range r.Blocks {
		line := block.Text
		if len(block.Cells) > 0 {
			line = strings.Join(block.Cells, "\t")
		}
		if b.Len()+len(line) >= maxText {
			break
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}
