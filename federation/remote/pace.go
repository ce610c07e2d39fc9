package remote

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"time"
)

// A host that hands a file out more slowly than this holds one of few turns and is cut
// off: so many bytes, in each of these spans.
const (
	paceSpan  = 30 * time.Second
	paceLeast = 300 << 10 // ten KiB a second
)

var errSlow = errors.New("the file comes too slowly")

// paced is a body that has to come at some pace.
type paced struct {
	io.Reader
	ctx  context.Context
	host string
	came atomic.Int64 // bytes in this span
}

// atPace gives the body and what ends the watch over it. end is called, with errSlow, when
// it comes too slowly; it has to make a Read that waits return.
func atPace(ctx context.Context, body io.Reader, host string, end context.CancelCauseFunc) (*paced, func()) {
	p := &paced{Reader: body, ctx: ctx, host: host}
	var watch *time.Timer
	watch = time.AfterFunc(paceSpan, func() {
		if p.came.Swap(0) < paceLeast {
			end(errSlow)
			return
		}
		watch.Reset(paceSpan)
	})
	return p, func() { watch.Stop() }
}

// Read says that the body was too slow where that is why it ended.
func (p *paced) Read(b []byte) (int, error) {
	n, err := p.Reader.Read(b)
	p.came.Add(int64(n))
	if err != nil && errors.Is(context.Cause(p.ctx), errSlow) {
		err = refuse(CodeTimeout, p.host, errSlow)
	}
	return n, err
}
