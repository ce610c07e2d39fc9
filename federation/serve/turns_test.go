package serve

import (
	"context"
	"testing"
)

// HoldTexts takes all turns of texts, and all places in the queue for them.
func (s *Serve) HoldTexts(t *testing.T) (release func()) {
	t.Helper()
	var ends []func()
	for range textsAtOnce {
		done, err := s.texts.take(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		ends = append(ends, done)
	}
	for range textsWaiting {
		s.texts.all <- struct{}{}
		ends = append(ends, func() { <-s.texts.all })
	}
	return func() {
		for _, end := range ends {
			end()
		}
	}
}
