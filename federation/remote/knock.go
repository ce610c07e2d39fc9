package remote

import (
	"context"
	"io"
	"net/http"

	"moothall/actors"
	"moothall/federation/sign"
)

// envelope is a request that is made anew, and signed, for each attempt: no
// request ever carries two styles.
type envelope struct {
	host   string
	signer sign.Signer
	body   []byte
	make   func() (*http.Request, error)
}

// knock sends a request in the style that its host is known to read. Where the
// answer is that the signature was not accepted, it knocks once more: in the
// form that the host asks for, or else in the one that everyone reads. What the
// second answer teaches is remembered. No other answer is a reason to try again
// (protocol.md 3.3, C19).
func (c *Client) knock(ctx context.Context, e envelope) (*http.Response, error) {
	style := e.signer.Best(c.Styles.Of(ctx, e.host))
	first, err := c.send(e, func(r *http.Request) error { return e.signer.SignAs(style, r, e.body, c.Now()) })
	if err != nil || !isUnaccepted(first.StatusCode) {
		return first, err
	}
	wish, asked := e.signer.ParseAccept(acceptSignature(first.Header))
	asked = asked && first.StatusCode == http.StatusUnauthorized && !wish.IsMetBy(style, e.body != nil)
	again := func(r *http.Request) error { return e.signer.Sign(r, e.body, c.Now()) }
	switch {
	case asked:
		again = func(r *http.Request) error { return e.signer.SignAsked(wish, r, e.body, c.Now()) }
	case style == actors.StyleCavage:
		return first, nil
	}
	second, err := c.send(e, again)
	if code := CodeOf(err); code == CodeSign || code == CodeBudget {
		return first, nil // nothing was sent: what was asked for does not fit, or was too much
	}
	discard(first)
	if err != nil || !isAccepted(second.StatusCode) {
		return second, err
	}
	if asked {
		c.Styles.raise(ctx, e.host, wish.Style(), actors.StyleAsked)
	} else {
		c.Styles.refused(ctx, e.host)
	}
	return second, nil
}

// isUnaccepted says whether a status may be about the form of a signature.
func isUnaccepted(status int) bool {
	return status == http.StatusBadRequest || status == http.StatusUnauthorized
}

// isAccepted says whether a status shows that a signature was accepted: a
// failing or busy server says nothing about it.
func isAccepted(status int) bool {
	return !isUnaccepted(status) && status != http.StatusTooManyRequests && status != http.StatusRequestTimeout && status < 500
}

func (c *Client) send(e envelope, signed func(*http.Request) error) (*http.Response, error) {
	r, err := e.make()
	if err != nil {
		return nil, refuse(CodeAddress, e.host, err)
	}
	if err := signed(r); err != nil {
		return nil, refuse(CodeSign, e.host, err)
	}
	return c.roundTrip(r)
}

// discard ends an answer that nobody reads. A short one is read, to keep the
// connection.
func discard(resp *http.Response) {
	_, _ = io.CopyN(io.Discard, resp.Body, maxReply)
	resp.Body.Close()
}

func acceptSignature(h http.Header) string {
	if v := h.Values("Accept-Signature"); len(v) == 1 {
		return v[0]
	}
	return ""
}
