package remote

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"moothall/actors"
)

// question is what one kind of read asks for.
type question struct {
	accept    string
	types     func(contentType string) bool
	signed    bool
	redirects int
	limit     int64
}

// answer is a body with the address that it finally came from.
type answer struct {
	at  actors.URI
	raw []byte
}

var (
	errManyRedirects = errors.New("too many redirects")
	errBadRedirect   = errors.New("redirect to an address that is not accepted")
	errMediaType     = errors.New("media type is not accepted")
)

// get reads at, following redirects. Every hop is checked as the first was, and
// signing stops for good where the host changes (security.md S80).
func (c *Client) get(ctx context.Context, at actors.URI, q question) (answer, error) {
	at = at.WithoutFragment()
	first := at.Host()
	for hop := 0; ; hop++ {
		if err := c.admit(at, actors.ToFetch); err != nil {
			return answer{}, err
		}
		q.signed = q.signed && at.Host() == first
		resp, err := c.ask(ctx, at, q)
		if err != nil {
			return answer{}, err
		}
		if !isRedirect(resp.StatusCode) {
			return c.take(resp, at, q)
		}
		resp.Body.Close()
		if hop == q.redirects {
			return answer{}, &Error{Code: CodeRedirect, Host: at.Host(), Status: resp.StatusCode, Err: errManyRedirects}
		}
		if at, err = c.target(at, resp); err != nil {
			return answer{}, err
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

// ask makes one GET. Where the answer to a signed one is 401 and the address
// has a query, it is asked once more with a signature that leaves the query
// out, which is how several servers verify (protocol.md 3.1).
func (c *Client) ask(ctx context.Context, at actors.URI, q question) (*http.Response, error) {
	r, err := c.request(ctx, at, q, false)
	if err != nil {
		return nil, err
	}
	resp, err := c.roundTrip(r)
	if err != nil || resp.StatusCode != http.StatusUnauthorized || !q.signed || r.URL.RawQuery == "" {
		return resp, err
	}
	resp.Body.Close()
	if r, err = c.request(ctx, at, q, true); err != nil {
		return nil, err
	}
	return c.roundTrip(r)
}

func (c *Client) request(ctx context.Context, at actors.URI, q question, withoutQuery bool) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, string(at), nil)
	if err != nil {
		return nil, refuse(CodeAddress, at.Host(), err)
	}
	r.Header.Set("Accept", q.accept)
	if !q.signed {
		return r, nil
	}
	signer, err := c.Signer(ctx)
	if err != nil {
		return nil, refuse(CodeSign, at.Host(), err)
	}
	signed := r
	if withoutQuery {
		signed = r.Clone(ctx)
		signed.URL.RawQuery = ""
	}
	if err := signer.Sign(signed, nil, c.Now()); err != nil {
		return nil, refuse(CodeSign, at.Host(), err)
	}
	r.Header = signed.Header
	return r, nil
}

// take reads the last answer of a chain.
func (c *Client) take(resp *http.Response, at actors.URI, q question) (answer, error) {
	defer resp.Body.Close()
	host := at.Host()
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound:
		return answer{}, &Error{Code: CodeStatus, Host: host, Status: resp.StatusCode, Err: ErrNotThere}
	case http.StatusGone:
		return answer{}, &Error{Code: CodeStatus, Host: host, Status: resp.StatusCode, Err: ErrGone}
	default:
		return answer{}, &Error{Code: CodeStatus, Host: host, Status: resp.StatusCode}
	}
	if len(resp.Header.Values("Content-Type")) != 1 || !q.types(resp.Header.Get("Content-Type")) {
		return answer{}, refuse(CodeType, host, errMediaType)
	}
	raw, err := readAll(resp, host, q.limit)
	return answer{at, raw}, err
}

func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}
