package delivery

import (
	"context"
	"testing"
	"time"
)

// What it costs to find those whom a post concerns grows with their number. A
// stream of posts must not pay for that each time (invariant I6).
func TestI6_LogThatIsSlowToReadIsLeftInPeace(t *testing.T) {
	h := newHall(t)
	h.partners(3)
	h.d.init()
	h.d.Now = func() time.Time {
		h.at = h.at.Add(10 * time.Millisecond) // so long does everything take
		return h.at
	}
	h.d.Wake()
	if !h.d.isTimeToRead() {
		t.Error("the first post has to wait")
	}
	h.d.refresh(context.Background())
	h.d.Wake()
	if h.d.isTimeToRead() {
		t.Error("the log is read again at once")
	}
	if next := h.d.nextTime(); next.IsZero() || next.Sub(h.at) > mostRest {
		t.Errorf("it is read again at %s, now is %s", next, h.at)
	}
	h.at = h.at.Add(mostRest)
	if !h.d.isTimeToRead() {
		t.Error("the log is not read after a rest")
	}
}
