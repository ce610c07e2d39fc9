package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"moothall/actors"
	"moothall/federation/sign"
)

const (
	defaultTimeout = 10 * time.Second // one read or send from first to last byte (security.md S97)
	maxDocument    = 1 << 20          // bytes after decompression (security.md S93)
	maxRedirects   = 3
)

// Client reads from other hosts and sends to them. All fields but Timeout and
// Styles must be set; without Decide every host is refused. It is safe for use by several
// goroutines.
type Client struct {
	HTTP      http.RoundTripper // NewTransport, or in tests the handlers of a town
	Addresses actors.Addresses
	Decide    func(host string, p actors.Purpose) actors.Decision
	// Signer gives the key with which reads are signed: that of the instance actor
	// (protocol.md 3.1), unless As names another.
	Signer    func(ctx context.Context) (sign.Signer, error)
	Styles    *Styles
	OwnHost   string // never asked: what is here is in the database
	UserAgent string // protocol.md 10.4
	Now       func() time.Time
	Timeout   time.Duration // zero is ten seconds

	// Tokens keeps member tokens; nil asks for none.
	Tokens *Tokens

	budget *atomic.Int64     // requests left; nil is without limit
	member *actors.Community // in which the signer reads as a member; nil for none
}

// Limited returns a client that shares everything with c and makes at most n
// requests, redirects included; then it answers ErrBudget. Each activity from
// elsewhere is worked on with one of its own (protocol.md 4.2(3)).
func (c *Client) Limited(n int) *Client {
	limited := *c
	limited.budget = new(atomic.Int64)
	limited.budget.Store(int64(n))
	return &limited
}

// As returns a client that shares everything with c, its limit too, and reads in
// the name of a local person: what a closed community elsewhere holds is shown to
// its members and not to servers (design.md section 4).
func (c *Client) As(s sign.Signer) *Client {
	as := *c
	as.Signer = func(context.Context) (sign.Signer, error) { return s, nil }
	return &as
}

// For returns a client that shares everything with c and reads what belongs to a
// community elsewhere: on hosts other than that community's home it shows that the
// one who signs is a member (decision 0033), where the home says so.
func (c *Client) For(group actors.Community) *Client {
	reads := *c
	reads.member = &group
	return &reads
}

// within bounds a whole exchange.
func (c *Client) within(ctx context.Context) (context.Context, context.CancelFunc) {
	d := c.Timeout
	if d <= 0 {
		d = defaultTimeout
	}
	return context.WithTimeout(ctx, d)
}

// admit says whether at may be asked at all.
func (c *Client) admit(at actors.URI, p actors.Purpose) error {
	if _, err := c.Addresses.Parse(string(at)); err != nil {
		return refuse(CodeAddress, "", err)
	}
	host := at.Host()
	if host == c.OwnHost {
		return refuse(CodeOwnHost, host, ErrOwnHost)
	}
	return c.mayAsk(host, p)
}

// mayAsk asks the policy. A host whose activities are held is read, since an
// admin must see what is held and from whom; it is sent nothing.
func (c *Client) mayAsk(host string, p actors.Purpose) error {
	if c.Decide == nil {
		return refuse(CodePolicy, host, ErrForbidden)
	}
	d := c.Decide(host, p)
	if d.OK() || d.Verdict == actors.Hold && p == actors.ToFetch {
		return nil
	}
	return refuse(CodePolicy, host, fmt.Errorf("%w: %s", ErrForbidden, d.Rule))
}

// roundTrip sends one request and follows nothing. The caller closes the body.
func (c *Client) roundTrip(r *http.Request) (*http.Response, error) {
	if c.budget != nil && c.budget.Add(-1) < 0 {
		return nil, refuse(CodeBudget, r.URL.Host, ErrBudget)
	}
	r.Header.Set("User-Agent", c.UserAgent)
	resp, err := c.HTTP.RoundTrip(r)
	if err != nil {
		return nil, refuse(networkCode(err), r.URL.Host, err)
	}
	return resp, nil
}

// readAll reads at most limit bytes and refuses more.
func readAll(resp *http.Response, host string, limit int64) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err != nil {
		return nil, refuse(networkCode(err), host, err)
	}
	if int64(len(raw)) > limit {
		return nil, refuse(CodeTooLarge, host, errTooLarge)
	}
	return raw, nil
}

var errTooLarge = errors.New("answer is too large")
