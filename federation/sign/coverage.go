package sign

import (
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
)

// The names in a headers parameter that are not headers (draft section 2.3).
const (
	nameTarget  = "(request-target)"
	nameCreated = "(created)"
	nameExpires = "(expires)"
)

// coverage is what a signature covers.
type coverage struct {
	list   [maxCovered]string
	n      int
	digest bool
	date   string // value of the signed Date; empty when it is not signed
}

// names are the covered names in lower case, in the order in which they are signed.
func (c *coverage) names() []string { return c.list[:c.n] }

func (c *coverage) covers(name string) bool { return slices.Contains(c.names(), name) }

// check refuses a list that leaves the request open to being changed: target,
// host and a time are needed, and unless it is a read without a body, the
// digest (security.md S2, S4).
func (c *coverage) check(read bool) error {
	c.digest = c.covers("digest")
	switch {
	case !c.covers(nameTarget), !c.covers("host"):
		return refuse(CodeCoverage, "target or host not signed")
	case !c.covers("date") && !c.covers(nameCreated):
		return refuse(CodeCoverage, "no time signed")
	case !read && !c.digest:
		return refuse(CodeCoverage, "digest not signed")
	}
	return nil
}

// cover reads the list of covered names into c (security.md S16). Where the
// list is absent the draft means "(created)" alone, which is too little anyway.
func (p *parameters) cover(c *coverage) error {
	for rest := p.headers; rest != ""; {
		var name string
		name, rest, _ = strings.Cut(rest, " ")
		if name == "" {
			continue
		}
		name = strings.ToLower(name)
		switch {
		case c.n == maxCovered:
			return refuse(CodeCoverage, "too many names")
		case c.covers(name):
			return refuse(CodeCoverage, name+" twice")
		}
		if err := p.mayCover(name); err != nil {
			return err
		}
		c.list[c.n] = name
		c.n++
	}
	return nil
}

// mayCover admits header names and the three special ones, the latter where
// they mean something: (created) and (expires) are not for the algorithm names
// of older drafts (draft section 2.3), which peers hold us to as well.
func (p *parameters) mayCover(name string) error {
	switch name {
	case nameTarget:
		return nil
	case nameCreated, nameExpires:
		if name == nameCreated && !p.has(sawCreated) || name == nameExpires && !p.has(sawExpires) {
			return refuse(CodeCoverage, name+" signed but not stated")
		}
		if strings.HasPrefix(p.algorithm, "rsa") {
			return refuse(CodeAlgorithm, name+" with "+p.algorithm)
		}
		return nil
	}
	if !isToken(name) {
		return refuse(CodeGrammar, "header name "+name)
	}
	return nil
}

// build writes the signing string, and notes where the query is.
func (q *Request) build(r *http.Request, p *parameters, c *coverage) error {
	b := make([]byte, 0, 512)
	for i, name := range c.names() {
		if i > 0 {
			b = append(b, '\n')
		}
		b = append(append(b, name...), ": "...)
		if name == nameTarget {
			b = q.appendTarget(b, r)
			continue
		}
		value, err := coveredValue(r, p, name)
		if err != nil {
			return err
		}
		if name == "date" {
			if value == "" {
				return refuse(CodeDate, "empty")
			}
			c.date = value
		}
		b = append(b, value...)
	}
	q.signed = b
	return nil
}

func (q *Request) appendTarget(b []byte, r *http.Request) []byte {
	method := r.Method
	if method == "" {
		method = http.MethodGet
	}
	target := requestTarget(r)
	b = append(append(b, strings.ToLower(method)...), ' ')
	if at := strings.IndexByte(target, '?'); at >= 0 && isRead(method) {
		q.query = span{len(b) + at, len(b) + len(target)}
	}
	return append(b, target...)
}

// requestTarget is the target in the request line as it was sent: what a router
// or a proxy's header makes of it is not (security.md S10). A line in absolute
// form has it behind the host; a request handed over within one process has no
// line, only a URL.
func requestTarget(r *http.Request) string {
	line := r.RequestURI
	if strings.HasPrefix(line, "/") {
		return line
	}
	if line == "" {
		return r.URL.RequestURI()
	}
	if u, err := url.ParseRequestURI(line); err == nil {
		return u.RequestURI()
	}
	return line
}

// coveredValue gives the value of a covered name.
func coveredValue(r *http.Request, p *parameters, name string) (string, error) {
	switch name {
	case "host":
		return r.Host, nil
	case nameCreated:
		return p.created, nil
	case nameExpires:
		return p.expires, nil
	}
	return headerValue(r, name)
}

// headerValue gives the value of a header that must be there once: of several,
// readers take the first, the last or all of them joined.
func headerValue(r *http.Request, name string) (string, error) {
	lines := r.Header[headerKey(name)]
	switch {
	case len(lines) == 0:
		return "", refuse(CodeCoverage, name+" signed but not there")
	case len(lines) > 1:
		return "", refuse(CodeDuplicate, name)
	case strings.ContainsAny(lines[0], "\r\n"):
		return "", refuse(CodeGrammar, "line break in "+name)
	}
	return strings.Trim(lines[0], " \t"), nil
}

// headerKey is the canonical form of a header name; those that every request
// signs cost no allocation.
func headerKey(name string) string {
	switch name {
	case "date":
		return "Date"
	case "digest":
		return "Digest"
	case "content-type":
		return "Content-Type"
	case "content-digest":
		return "Content-Digest"
	}
	return textproto.CanonicalMIMEHeaderKey(name)
}
