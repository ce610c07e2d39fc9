package remote

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// drips is a body that gives so many bytes each second, up to an end.
type drips struct {
	ctx  context.Context
	each int
	left int
}

func (d *drips) Read(b []byte) (int, error) {
	if d.left <= 0 {
		return 0, io.EOF
	}
	select {
	case <-d.ctx.Done():
		return 0, d.ctx.Err()
	case <-time.After(time.Second):
	}
	n := min(d.each, d.left, len(b))
	d.left -= n
	return n, nil
}

func (d *drips) Close() error { return nil }

// dripping is a host that hands out a file like that, or with size 0 never answers.
type dripping struct{ each, size int }

func (d dripping) RoundTrip(r *http.Request) (*http.Response, error) {
	if d.size == 0 {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: &drips{r.Context(), d.each, d.size}, Request: r}, nil
}

// TestS97_AFileThatDripsIsGivenUp: long before its ten minutes are over. One that comes
// slowly and honestly is taken whole.
func TestS97_AFileThatDripsIsGivenUp(t *testing.T) {
	for name, x := range map[string]struct {
		host dripping
		ok   bool
		took time.Duration
	}{
		"a byte a second":   {dripping{1, 1 << 20}, false, paceSpan},
		"nothing":           {dripping{0, 1 << 20}, false, paceSpan},
		"no answer":         {dripping{}, false, paceSpan},
		"half of the least": {dripping{5 << 10, 10 << 20}, false, paceSpan},
		"a little more":     {dripping{11 << 10, 1100 << 10}, true, 100 * time.Second},
		"a small file":      {dripping{1, 20}, true, 20 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newClient(newTown())
				c.HTTP = x.host
				begun, size := time.Now(), int64(0)
				err := c.File(t.Context(), "https://"+peer+"/d/1/v/1/file", func(r io.Reader) (err error) {
					size, err = io.Copy(struct{ io.Writer }{io.Discard}, r)
					return err
				})
				if x.ok != (err == nil) || x.ok && size != int64(x.host.size) || !x.ok && x.host.size > 0 && (CodeOf(err) != CodeTimeout || !errors.Is(err, errSlow)) {
					t.Errorf("%d bytes: %v", size, err)
				}
				if took := time.Since(begun).Round(time.Second); took != x.took {
					t.Errorf("took %s, want %s", took, x.took)
				}
			})
		})
	}
}
