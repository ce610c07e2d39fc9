package delivery

import (
	"container/heap"
	"slices"
	"strings"
	"sync"
	"time"
)

// A lane is the one sender that serves a partner. Lanes exist while there is
// something to do for them; an idle partner costs nothing.
type lane struct {
	host  string
	state laneState
	again bool      // the log has grown while the lane was running
	asked bool      // somebody wants it served at once
	asks  bool      // this turn is for them
	slow  bool      // has failed or kept us waiting
	next  time.Time // while waiting
}

type laneState uint8

const (
	isReady laneState = iota
	isRunning
	isWaiting
)

// turn is what came of serving a lane for a while.
type turn struct {
	moved bool      // something was sent or decided
	more  bool      // there is more to do at once
	next  time.Time // there is more to do then
	slow  bool      // the partner fails or keeps us waiting
}

// board decides which lane is served next. Partners that fail or dawdle share
// a small number of places of their own. A request that lasts gives its place
// back, so that partners who do not answer delay nobody (invariant I6).
type board struct {
	nudge func()

	mu      sync.Mutex
	lanes   map[string]*lane
	waiting waiting
	ready   [2][]*lane // steady, slow
	free    [2]int
	overdue int // lanes that run without a place
	most    int // bound on overdue
}

const (
	steady = iota
	slow

	slowShare    = 8 // one place for the slow on this many for the steady
	overdueShare = 8 // requests that last, for each place
	patience     = time.Second
)

func newBoard(lanes int, nudge func()) *board {
	return &board{
		nudge: nudge, lanes: make(map[string]*lane),
		free: [2]int{lanes, max(1, lanes/slowShare)}, most: overdueShare * lanes,
	}
}

// due says that the log owes partners something new.
func (b *board) due(hosts ...string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, h := range hosts {
		b.add(h, time.Time{}, false)
	}
}

// resume is due for a partner that is not to be tried before a time.
func (b *board) resume(host string, next time.Time, slow bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.add(host, next, slow)
}

// ask is due for partners whom somebody wants tried at once, whatever they wait for.
func (b *board) ask(hosts ...string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, h := range hosts {
		b.add(h, time.Time{}, false)
		l := b.lanes[h]
		l.asked = true
		if l.state != isWaiting {
			continue
		}
		heap.Remove(&b.waiting, slices.Index(b.waiting, l))
		b.put(l, time.Time{})
	}
}

func (b *board) add(host string, next time.Time, slow bool) {
	if l, ok := b.lanes[host]; ok {
		l.again = l.state == isRunning
		return
	}
	l := &lane{host: host, slow: slow}
	b.lanes[host] = l
	b.put(l, next)
}

// put queues a lane, or lets it wait for its time.
func (b *board) put(l *lane, next time.Time) {
	if !next.IsZero() {
		l.state, l.next = isWaiting, next
		heap.Push(&b.waiting, l)
		return
	}
	l.state = isReady
	k := kind(l)
	b.ready[k] = append(b.ready[k], l)
}

func kind(l *lane) int {
	if l.slow {
		return slow
	}
	return steady
}

// take returns the lanes to be served now. Each holds a place.
func (b *board) take(now time.Time) []*lane {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.wakeWaiting(now)
	var out []*lane
	for k := range b.ready {
		n := min(b.free[k], len(b.ready[k]))
		for _, l := range b.ready[k][:n] {
			b.run(l)
			out = append(out, l)
		}
		b.ready[k] = slices.Delete(b.ready[k], 0, n)
		b.free[k] -= n
	}
	return out
}

// first is take for one lane at a time, by name; nil when none is ready.
func (b *board) first(now time.Time) *lane {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.wakeWaiting(now)
	b.ready[steady] = append(b.ready[steady], b.ready[slow]...)
	b.ready[slow] = nil
	q := b.ready[steady]
	if len(q) == 0 {
		return nil
	}
	slices.SortFunc(q, func(x, y *lane) int { return strings.Compare(x.host, y.host) })
	l := q[0]
	b.ready[steady] = slices.Delete(q, 0, 1)
	b.run(l)
	return l
}

func (b *board) run(l *lane) {
	l.state, l.asks, l.asked = isRunning, l.asked, false
}

func (b *board) wakeWaiting(now time.Time) {
	for len(b.waiting) > 0 && !now.Before(b.waiting[0].next) {
		l := heap.Pop(&b.waiting).(*lane)
		b.put(l, time.Time{})
	}
}

// finish puts a lane that has had its turn where it belongs.
func (b *board) finish(l *lane, t turn) {
	b.mu.Lock()
	again := l.again
	l.again, l.slow = false, t.slow
	switch {
	case !t.next.IsZero() && !l.asked:
		b.put(l, t.next)
	case t.more || again || l.asked:
		b.put(l, time.Time{})
	default:
		delete(b.lanes, l.host)
	}
	b.mu.Unlock()
	b.nudge()
}

// nextTime is when a waiting lane is to be served; zero for never.
func (b *board) nextTime() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.waiting) == 0 {
		return time.Time{}
	}
	return b.waiting[0].next
}

// slot is the place that a running lane holds.
type slot struct {
	b     *board
	kind  int
	timer *time.Timer
	lent  bool // given back while a request lasts
	ended bool
}

// slot is to be called before the lane runs; the lane's speed is settled until
// it is finished.
func (b *board) slot(l *lane) *slot { return &slot{b: b, kind: kind(l)} }

// begin is called before each request, done after it. A nil slot, that of Step,
// does nothing.
func (s *slot) begin() {
	switch {
	case s == nil:
	case s.timer == nil:
		s.timer = time.AfterFunc(patience, s.lend)
	default:
		s.timer.Reset(patience)
	}
}

func (s *slot) done() {
	if s != nil {
		s.timer.Stop()
	}
}

func (s *slot) lend() {
	b := s.b
	b.mu.Lock()
	if !s.lent && !s.ended && b.overdue < b.most {
		s.lent = true
		b.overdue++
		b.free[s.kind]++
	}
	b.mu.Unlock()
	b.nudge()
}

// isLent says whether the lane must end its turn, since others have its place.
func (s *slot) isLent() bool {
	if s == nil {
		return false
	}
	s.b.mu.Lock()
	defer s.b.mu.Unlock()
	return s.lent
}

func (s *slot) end() {
	s.b.mu.Lock()
	defer s.b.mu.Unlock()
	s.ended = true
	if s.lent {
		s.b.overdue--
	} else {
		s.b.free[s.kind]++
	}
}

// waiting is a heap of lanes by time, and by name where the time is the same.
type waiting []*lane

func (w waiting) Len() int { return len(w) }

func (w waiting) Less(i, j int) bool {
	if !w[i].next.Equal(w[j].next) {
		return w[i].next.Before(w[j].next)
	}
	return w[i].host < w[j].host
}

func (w waiting) Swap(i, j int) {
	w[i], w[j] = w[j], w[i]
}

// Push is for container/heap.
func (w *waiting) Push(x any) { *w = append(*w, x.(*lane)) }

// Pop is for container/heap.
func (w *waiting) Pop() any {
	old := *w
	l := old[len(old)-1]
	*w = old[:len(old)-1]
	return l
}
