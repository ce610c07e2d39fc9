package remote

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"moothall/actors"
	"moothall/federation/sign"
)

// question is what one kind of read asks for.
type question struct {
	accept    string
	types     func(contentType string) bool
	signed    bool
	redirects int
	limit     int64
	tag       string // of what is held already; the answer may be that it is the same
	token     string // that the signer is a member of what is read; empty for none
}

// answer is a body with the address that it finally came from.
type answer struct {
	at  actors.URI
	raw []byte
	tag string // entity tag; empty for none
}

var (
	errManyRedirects = errors.New("too many redirects")
	errBadRedirect   = errors.New("redirect to an address that is not accepted")
	errMediaType     = errors.New("media type is not accepted")
)

// get reads at, following redirects.
func (c *Client) get(ctx context.Context, at actors.URI, q question) (answer, error) {
	resp, at, err := c.follow(ctx, at, q)
	if err != nil {
		return answer{}, err
	}
	return c.take(resp, at, q)
}

// follow asks for at and goes where redirects lead; the answer and its address are
// the last. Every hop is checked as the first was, and signing stops for good where
// the host changes (security.md S80).
func (c *Client) follow(ctx context.Context, at actors.URI, q question) (*http.Response, actors.URI, error) {
	at = at.WithoutFragment()
	first := at.Host()
	for hop := 0; ; hop++ {
		if err := c.admit(at, actors.ToFetch); err != nil {
			return nil, at, err
		}
		q.signed = q.signed && at.Host() == first
		resp, err := c.ask(ctx, at, q)
		if err != nil {
			return nil, at, err
		}
		if !isRedirect(resp.StatusCode) {
			return resp, at, nil
		}
		resp.Body.Close()
		if hop == q.redirects {
			return nil, at, &Error{Code: CodeRedirect, Host: at.Host(), Status: resp.StatusCode, Err: errManyRedirects}
		}
		if at, err = c.target(at, resp); err != nil {
			return nil, at, err
		}
	}
}

// target is where a redirect leads, in canonical form or not at all.
func (c *Client) target(from actors.URI, resp *http.Response) (actors.URI, error) {
	bad := &Error{Code: CodeRedirect, Host: from.Host(), Status: resp.StatusCode, Err: errBadRedirect}
	base, err := url.Parse(string(from))
	if err != nil {
		return "", bad
	}
	location := resp.Header.Get("Location")
	if location == "" || len(location) > 2048 {
		return "", bad
	}
	ref, err := url.Parse(location)
	if err != nil {
		return "", bad
	}
	to := location
	if !ref.IsAbs() {
		to = base.ResolveReference(ref).String()
	}
	at, err := c.Addresses.Parse(to)
	if err != nil {
		return "", bad
	}
	return at.WithoutFragment(), nil
}

// ask makes one GET, signed in the style that the host reads. Where the answer
// is 401 and the address has a query, it is asked once more with a signature in
// the older style that leaves the query out, which is how several servers verify
// (protocol.md 3.1).
func (c *Client) ask(ctx context.Context, at actors.URI, q question) (*http.Response, error) {
	if !q.signed {
		e := envelope{host: at.Host(), make: func() (*http.Request, error) { return newGet(ctx, at, q) }}
		return c.send(e, func(*http.Request) error { return nil })
	}
	signer, err := c.Signer(ctx)
	if err != nil {
		return nil, refuse(CodeSign, at.Host(), err)
	}
	if !c.showsTokens(at.Host()) {
		return c.askSigned(ctx, at, q, signer)
	}
	return c.askAsMember(ctx, at, q, signer.OnlyRSA())
}

func (c *Client) askSigned(ctx context.Context, at actors.URI, q question, signer sign.Signer) (*http.Response, error) {
	e := envelope{host: at.Host(), signer: signer, make: func() (*http.Request, error) { return newGet(ctx, at, q) }}
	resp, err := c.knock(ctx, e)
	if err != nil || resp.StatusCode != http.StatusUnauthorized || !strings.Contains(string(at), "?") {
		return resp, err
	}
	discard(resp)
	return c.send(e, func(r *http.Request) error {
		bare := r.Clone(ctx)
		bare.URL.RawQuery = ""
		err := e.signer.Sign(bare, nil, c.Now())
		r.Header = bare.Header
		return err
	})
}

func newGet(ctx context.Context, at actors.URI, q question) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, string(at), nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", q.accept)
	if q.tag != "" {
		r.Header.Set("If-None-Match", q.tag)
	}
	if q.token != "" {
		r.Header.Set("Authorization", "Bearer "+q.token)
	}
	return r, err
}

// take reads the last answer of a chain.
func (c *Client) take(resp *http.Response, at actors.URI, q question) (answer, error) {
	defer resp.Body.Close()
	host := at.Host()
	if resp.StatusCode == http.StatusNotModified && q.tag != "" {
		return answer{}, &Error{Code: CodeStatus, Host: host, Status: resp.StatusCode, Err: ErrSame}
	}
	if err := answered(resp, host); err != nil {
		return answer{at: at, raw: tombstoneOf(resp, host, q)}, err
	}
	if len(resp.Header.Values("Content-Type")) != 1 || !q.types(resp.Header.Get("Content-Type")) {
		return answer{}, refuse(CodeType, host, errMediaType)
	}
	raw, err := readAll(resp, host, q.limit)
	return answer{at, raw, entityTag(resp.Header)}, err
}

// answered says what an answer other than 200 means.
func answered(resp *http.Response, host string) error {
	e := &Error{Code: CodeStatus, Host: host, Status: resp.StatusCode}
	switch resp.StatusCode {
	case http.StatusOK:
		return nil
	case http.StatusNotFound:
		e.Err = ErrNotThere
	case http.StatusGone:
		e.Err = ErrGone
	}
	return e
}

const maxTombstone = 64 << 10 // bytes

// tombstoneOf is what an answer that something is gone says of it; nothing where that
// cannot be read.
func tombstoneOf(resp *http.Response, host string, q question) []byte {
	isOne := len(resp.Header.Values("Content-Type")) == 1 && q.types(resp.Header.Get("Content-Type"))
	if resp.StatusCode != http.StatusGone || !isOne {
		return nil
	}
	raw, err := readAll(resp, host, min(q.limit, maxTombstone))
	if err != nil {
		return nil
	}
	return raw
}

const maxTag = 200 // bytes

// entityTag reads the ETag header; one that cannot be sent back as it came is none.
func entityTag(h http.Header) string {
	tag := h.Get("ETag")
	if bare := strings.TrimPrefix(tag, "W/"); len(tag) > maxTag || len(bare) < 2 || bare[0] != '"' || bare[len(bare)-1] != '"' {
		return ""
	}
	return tag
}

func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}
