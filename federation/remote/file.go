package remote

import (
	"context"
	"io"
	"time"

	"moothall/actors"
)

// fileTimeout is for a whole file, from first to last byte.
const fileTimeout = 10 * time.Minute

// File reads a file that a document names, whatever its media type, and gives its
// bytes to take as they come. It is signed as every read is. A file that comes too slowly is
// given up. Errors are those of take as they are, and *Error for the rest.
func (c *Client) File(ctx context.Context, at actors.URI, take func(io.Reader) error) error {
	patient := *c
	patient.Timeout = fileTimeout
	ctx, done := patient.within(ctx)
	defer done()
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	unanswered := time.AfterFunc(paceSpan, func() { end(errSlow) })
	resp, _, err := c.follow(ctx, at, question{accept: "*/*", signed: true, redirects: maxRedirects})
	unanswered.Stop()
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if err := answered(resp, at.Host()); err != nil {
		return err
	}
	body, rest := atPace(ctx, resp.Body, at.Host(), end)
	defer rest()
	return take(body)
}

// Text reads plain text that a document names, of at most so many bytes. It is signed as
// every read is.
func (c *Client) Text(ctx context.Context, at actors.URI, limit int64) ([]byte, error) {
	ctx, done := c.within(ctx)
	defer done()
	got, err := c.get(ctx, at, question{accept: "text/plain", types: isPlain, signed: true, redirects: maxRedirects, limit: limit})
	return got.raw, err
}
