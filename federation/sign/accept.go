package sign

import (
	"slices"
	"strings"

	"moothall/actors"
)

const (
	maxAccept = 1 << 10 // bytes of Accept-Signature
	maxEcho   = 256     // bytes of a nonce or a tag that is sent back
)

// What this node asks for where it refuses a signature (RFC 9421 section 5.1,
// protocol.md 3.3): at an inbox, and of those who read.
const (
	AcceptSignature       = `sig1=("@method" "@target-uri" "content-digest");created;keyid`
	AcceptSignatureOfRead = `sig1=("@method" "@target-uri");created;keyid`
)

// Wish is what a server asks to have signed, as far as this node would sign it.
type Wish struct {
	label   string
	style   actors.Style
	names   []string
	echo    string // nonce and tag, as parameters
	expires bool
}

// Style is the style that was asked for.
func (w Wish) Style() actors.Style { return w.style }

// IsMetBy says whether a request that was signed by itself in a style had all
// that is wished for: then asking again is no reason to try again.
func (w Wish) IsMetBy(style actors.Style, write bool) bool {
	plain := []string{compMethod, compTarget}
	if write {
		plain = append(plain, "content-type", compDigest)
	}
	for _, name := range w.names {
		if !slices.Contains(plain, name) {
			return false
		}
	}
	return w.echo == "" && !w.expires && style != actors.StyleCavage && (style == w.style || w.style == actors.StyleRFC9421)
}

// with is what is wished for, followed by those of needed that it left out.
func (w Wish) with(needed []string) []string {
	out := slices.Clone(w.names)
	for _, name := range needed {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// ParseAccept reads an Accept-Signature field that came in answer to a request
// with this signer. It is false for what cannot be read or would not be signed:
// several signatures, components that say something else than what this one
// request is, another key, an algorithm that the signer does not use.
func (s Signer) ParseAccept(field string) (Wish, bool) {
	if len(field) > maxAccept {
		return Wish{}, false
	}
	w := Wish{style: actors.StyleRFC9421}
	f := fields{field}
	var ok bool
	if w.label, ok = f.key(); !ok || !f.eat("=") {
		return Wish{}, false
	}
	var c coverage
	if f.components(&c) != nil {
		return Wish{}, false
	}
	for _, name := range c.names() {
		if !wouldSign(name) {
			return Wish{}, false
		}
	}
	w.names = slices.Clone(c.names())
	keyID := ""
	for n := 0; f.rest != ""; n++ {
		name, value, kind, ok := f.parameter()
		if !ok || n == maxParameters || !w.ask(name, value, kind, &keyID) {
			return Wish{}, false
		}
	}
	return w, s.has(w.style, keyID)
}

// wouldSign admits components that say what a request is, all of which every
// request of this node has or can be given.
func wouldSign(name string) bool {
	switch name {
	case compMethod, compTarget, compAuthority, compScheme, compLine, compPath, compQuery, compDigest, "content-type", "host", "date":
		return true
	}
	return false
}

func (w *Wish) ask(name, value string, kind valueKind, keyID *string) bool {
	switch {
	case name == "created" && kind == kindFlag:
	case name == "expires" && kind == kindFlag:
		w.expires = true
	case name == "keyid" && kind == kindFlag, name == "alg" && kind == kindFlag:
	case name == "keyid" && kind == kindText:
		*keyID = value
	case name == "alg" && value == algEd25519:
		w.style = actors.StyleEd25519
	case name == "alg" && value == algRSA:
	case (name == "nonce" || name == "tag") && kind == kindText && len(value) <= maxEcho && !strings.Contains(w.echo, ";"+name+"="):
		w.echo += ";" + name + `="` + value + `"`
	default:
		return false
	}
	return true
}

// has says whether the signer has the key for a style, and, where one is named,
// that very key.
func (s Signer) has(style actors.Style, keyID string) bool {
	if s.checkFor(style) != nil {
		return false
	}
	return keyID == "" || style == actors.StyleEd25519 && keyID == s.Ed25519KeyID || style == actors.StyleRFC9421 && keyID == s.KeyID
}
