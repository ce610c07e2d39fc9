package actors

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// URI is the canonical address of an actor, object, activity or collection.
// Values that came from outside are made only by Addresses.Parse.
type URI string

// Public is the collection that stands for everyone (ActivityStreams 2).
const Public URI = "https://www.w3.org/ns/activitystreams#Public"

// maxURI bounds an address; longer ones are refused, never cut.
const maxURI = 2048

// ErrAddress says that an address is not one that this node accepts.
var ErrAddress = errors.New("address not accepted")

// Addresses says which addresses a node accepts from others.
type Addresses struct {
	// Development admits plain HTTP, ports, loopback and *.localhost.
	Development bool
}

// Parse returns s as a URI when s is already in canonical form. Other
// spellings are refused, never mended: a mended address is how block lists are
// passed by (security.md S67, S82, S83, S85).
func (a Addresses) Parse(s string) (URI, error) {
	if len(s) > maxURI {
		return "", fmt.Errorf("%w: longer than %d bytes", ErrAddress, maxURI)
	}
	if err := plainBytes(s); err != nil {
		return "", err
	}
	u, err := url.Parse(s)
	if err != nil {
		return "", fmt.Errorf("%w: not a URL", ErrAddress)
	}
	switch {
	case u.Scheme != "https" && (!a.Development || u.Scheme != "http"):
		return "", fmt.Errorf("%w: scheme %q", ErrAddress, u.Scheme)
	case !strings.HasPrefix(s, u.Scheme+"://"+u.Host):
		return "", fmt.Errorf("%w: not in canonical form", ErrAddress)
	case u.User != nil:
		return "", fmt.Errorf("%w: carries a user name", ErrAddress)
	case !isCanonicalPath(u):
		return "", fmt.Errorf("%w: path not in canonical form", ErrAddress)
	case u.ForceQuery, strings.HasSuffix(s, "#"):
		return "", fmt.Errorf("%w: query or fragment not in canonical form", ErrAddress)
	case u.Port() == defaultPort[u.Scheme]:
		return "", fmt.Errorf("%w: names the usual port", ErrAddress)
	}
	if _, err := a.ParseHost(u.Host); err != nil {
		return "", err
	}
	return URI(s), nil
}

var defaultPort = map[string]string{"http": "80", "https": "443"}

// isCanonicalPath says whether the path of u is written in the one way that
// every server and browser reads alike: it has no dot segments, however
// they are written, and escapes no character without need. WordPress has ids
// without a path, such as https://peer.example?c=1; there must be one of both.
func isCanonicalPath(u *url.URL) bool {
	if u.Path == "" {
		return u.RawQuery != ""
	}
	if u.Path[0] != '/' || escapesPlainCharacter(u.EscapedPath()) {
		return false
	}
	for i := range len(u.Path) {
		if c := u.Path[i]; c < ' ' || c == 0x7f {
			return false
		}
	}
	segment := func(r rune) bool { return r == '/' || r == '\\' }
	for _, s := range strings.FieldsFunc(u.Path, segment) {
		if s == "." || s == ".." {
			return false
		}
	}
	return true
}

// escapesPlainCharacter says whether a letter, a digit or one of "-._~" is
// percent-encoded (RFC 3986 2.3: the same address in another spelling).
func escapesPlainCharacter(path string) bool {
	for i := 0; i+2 < len(path); i++ {
		if path[i] != '%' {
			continue
		}
		c, err := strconv.ParseUint(path[i+1:i+3], 16, 8)
		if err != nil || isPlain(byte(c)) {
			return true
		}
		i += 2
	}
	return false
}

func isPlain(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
		c == '-' || c == '.' || c == '_' || c == '~'
}

// ParseHost returns a host name, with its port where one is allowed, when it
// is in canonical form: lower-case ASCII labels, no trailing dot, no IP address.
func (a Addresses) ParseHost(host string) (string, error) {
	name, port, hasPort := strings.Cut(host, ":")
	if hasPort && (!a.Development || !isPort(port)) {
		return "", fmt.Errorf("%w: port in %q", ErrAddress, host)
	}
	if _, err := netip.ParseAddr(name); err == nil {
		if a.Development {
			return host, nil
		}
		return "", fmt.Errorf("%w: %q is an IP address", ErrAddress, host)
	}
	labels := strings.Split(name, ".")
	if len(name) > 253 || (len(labels) < 2 && !a.Development) {
		return "", fmt.Errorf("%w: %q is not a full host name", ErrAddress, host)
	}
	for _, l := range labels {
		if !isLabel(l) {
			return "", fmt.Errorf("%w: host %q is not in canonical form", ErrAddress, host)
		}
	}
	last := labels[len(labels)-1]
	if last[0] >= '0' && last[0] <= '9' || !a.Development && last == "localhost" {
		return "", fmt.Errorf("%w: %q is not a public host name", ErrAddress, host)
	}
	return host, nil
}

func plainBytes(s string) error {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= 0x7f || strings.IndexByte("\\\"<>^`{|}", c) >= 0 {
			return fmt.Errorf("%w: character %#x", ErrAddress, c)
		}
	}
	return nil
}

func isPort(s string) bool {
	n, err := strconv.ParseUint(s, 10, 16)
	return err == nil && n > 0 && s[0] != '0' && s[0] != '+'
}

func isLabel(l string) bool {
	if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
		return false
	}
	for i := range len(l) {
		c := l[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// Host returns the host of u, with its port if it has one.
func (u URI) Host() string {
	_, rest, ok := strings.Cut(string(u), "://")
	if !ok {
		return ""
	}
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	return rest
}

// Origin returns scheme and host: two addresses with one origin are spoken for
// by the same server (FEP-fe34).
func (u URI) Origin() string {
	scheme, _, ok := strings.Cut(string(u), "://")
	if !ok {
		return ""
	}
	return scheme + "://" + u.Host()
}

// SameOrigin says whether one server speaks for both addresses.
func (u URI) SameOrigin(v URI) bool { return u.Origin() != "" && u.Origin() == v.Origin() }

// WithoutFragment cuts a fragment: a key id becomes the address of its document.
func (u URI) WithoutFragment() URI {
	s, _, _ := strings.Cut(string(u), "#")
	return URI(s)
}
