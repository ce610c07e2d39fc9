package actors

import "strings"

// Aliases are the addresses that an actor had elsewhere (alsoKnownAs, FEP-7628),
// one a line: a text, so that actors can be compared.
type Aliases string

// List is the addresses one by one, in the order in which they were added.
func (a Aliases) List() []URI {
	if a == "" {
		return nil
	}
	var out []URI
	for line := range strings.SplitSeq(string(a), "\n") {
		out = append(out, URI(line))
	}
	return out
}

// Has says whether an address is among them.
func (a Aliases) Has(u URI) bool {
	for _, x := range a.List() {
		if x == u {
			return true
		}
	}
	return false
}

// With adds an address, once.
func (a Aliases) With(u URI) Aliases {
	if u == "" || a.Has(u) {
		return a
	}
	if a == "" {
		return Aliases(u)
	}
	return a + "\n" + Aliases(u)
}

// Without takes an address away.
func (a Aliases) Without(u URI) (rest Aliases) {
	for _, x := range a.List() {
		if x != u {
			rest = rest.With(x)
		}
	}
	return rest
}
