package remote

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"moothall/actors"
	"moothall/federation/ap"
	"moothall/federation/sign"
)

const (
	maxReply      = 4 << 10 // bytes of an inbox's answer that are read, to keep the connection
	maxRetryAfter = 24 * time.Hour
)

// Response is what an inbox answered. What a status means is for delivery to decide.
type Response struct {
	Status int
	// RetryAfter is what the header of that name asks for, between a second and
	// a day (protocol.md 10.2); zero when there is none that can be read.
	RetryAfter time.Duration
}

var errInboxRedirects = errors.New("an inbox may not redirect")

// Post sends body to an inbox with a signed request, and perhaps once more in
// another style, when the signature was not accepted. A redirect is not
// followed, since it would carry body and signature to another host (security.md
// S90, X4): the status is returned together with an Error with CodeRedirect.
// For every other answer the error is nil, whatever the status. sync is sent beside
// what is signed, as the header that compares followers (FEP-8fcf), unless it is empty.
func (c *Client) Post(ctx context.Context, inbox actors.URI, body []byte, s sign.Signer, sync string) (Response, error) {
	resp, err := c.post(ctx, inbox, body, s, sync)
	if err != nil {
		return resp, fmt.Errorf("post: %w", err)
	}
	return resp, nil
}

func (c *Client) post(ctx context.Context, inbox actors.URI, body []byte, s sign.Signer, sync string) (Response, error) {
	if err := c.admit(inbox, actors.ToDeliver); err != nil {
		return Response{}, err
	}
	ctx, cancel := c.within(ctx)
	defer cancel()
	host := inbox.Host()
	if body == nil {
		body = []byte{}
	}
	resp, err := c.knock(ctx, envelope{host, s, body, func() (*http.Request, error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, string(inbox.WithoutFragment()), bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		r.Header.Set("Content-Type", activityType)
		if sync != "" {
			r.Header.Set(ap.SynchronizationHeader, sync)
		}
		return r, nil
	}})
	if err != nil {
		return Response{}, err
	}
	defer discard(resp) // the status stands even if the rest of the answer never arrives
	out := Response{Status: resp.StatusCode, RetryAfter: c.retryAfter(resp.Header)}
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		return out, &Error{Code: CodeRedirect, Host: host, Status: resp.StatusCode, Err: errInboxRedirects}
	}
	return out, nil
}

// retryAfter reads seconds or a date (RFC 9110 10.2.3).
func (c *Client) retryAfter(h http.Header) time.Duration {
	text := strings.TrimSpace(h.Get("Retry-After"))
	var d time.Duration
	if n, err := strconv.ParseUint(text, 10, 64); err == nil {
		d = time.Duration(min(n, uint64(maxRetryAfter/time.Second))) * time.Second
	} else if at, err := http.ParseTime(text); err == nil {
		d = at.Sub(c.Now())
	} else {
		return 0
	}
	return min(max(d, time.Second), maxRetryAfter)
}
