package proof

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// tree is an object with its members in canonical form and order.
type tree struct {
	raw, out []byte
	parts    []part
}

// open reads an object.
func open(raw []byte) (tree, error) {
	c, err := start(raw)
	if err != nil {
		return tree{}, err
	}
	if c.peek() != '{' {
		return tree{}, fmt.Errorf("%w: not an object", ErrDocument)
	}
	if err := c.members(1); err != nil {
		return tree{}, err
	}
	if err := c.ended(); err != nil {
		return tree{}, err
	}
	slices.SortFunc(c.parts, byName)
	return tree{raw, c.out, c.parts}, distinct(c.parts)
}

// get is the canonical value of a member; nil when there is none.
func (t tree) get(name string) []byte {
	for _, p := range t.parts {
		if string(p.name) == name {
			return t.out[p.value:p.to]
		}
	}
	return nil
}

// text is the value of a member that is a string; otherwise empty.
func (t tree) text(name string) string {
	v := t.get(name)
	if len(v) < 2 || v[0] != '"' {
		return ""
	}
	if bytes.IndexByte(v, '\\') < 0 {
		return string(v[1 : len(v)-1])
	}
	var s string
	if json.Unmarshal(v, &s) != nil {
		return ""
	}
	return s
}

// without is the canonical form of the object but for one member.
func (t tree) without(name string) []byte {
	return join(make([]byte, 0, len(t.out)), t.out, t.but(name))
}

func (t tree) but(names ...string) []part {
	return slices.DeleteFunc(slices.Clone(t.parts), func(p part) bool { return slices.Contains(names, string(p.name)) })
}

// unproved is the canonical form of a document as it was before its proof, and an
// LD signature, were added; context is what its @context was then.
func (t tree) unproved(context []byte) []byte {
	out, parts := t.out, t.but("proof", "signature")
	for i, p := range parts {
		if string(p.name) == "@context" && len(context) != p.to-p.value {
			out = append(slices.Clip(out), `"@context":`...)
			parts[i].from = len(out) - len(`"@context":`)
			out = append(out, context...)
			parts[i].to = len(out)
		}
	}
	return join(make([]byte, 0, len(out)), out, parts)
}
