package proof

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"moothall/federation/multibase"
)

// Signer makes proofs in the name of one actor.
type Signer struct {
	Method string // the id of the key, as the actor lists it under assertionMethod
	Key    ed25519.PrivateKey
}

type options struct {
	Context json.RawMessage `json:"@context,omitempty"`
	Type    string          `json:"type"`
	Suite   string          `json:"cryptosuite"`
	Created string          `json:"created"`
	Method  string          `json:"verificationMethod"`
	Purpose string          `json:"proofPurpose"`
	Value   string          `json:"proofValue,omitempty"`
}

// Attach returns a document with a proof at its end; everything else in it stays
// byte for byte. Whoever may read the document can show it to others as proof of
// who said it: never attach one to what is not for everyone (protocol.md 8).
func (s Signer) Attach(document []byte, at time.Time) ([]byte, error) {
	doc, err := open(document)
	if err != nil {
		return nil, fmt.Errorf("prove a document: %w", err)
	}
	if doc.get("proof") != nil || len(doc.parts) == 0 {
		return nil, fmt.Errorf("prove a document: %w: it is empty or has a proof", ErrProof)
	}
	p := options{
		Context: doc.get("@context"), Type: proofType, Suite: suite,
		Created: at.UTC().Format(time.RFC3339), Method: s.Method, Purpose: purpose,
	}
	unsigned, err := write(p)
	if err != nil {
		return nil, err
	}
	canonical, err := Canonical(unsigned)
	if err != nil {
		return nil, fmt.Errorf("prove a document: %w", err)
	}
	h := hashOf(canonical, doc.unproved(p.Context))
	p.Value = multibase.Encode(ed25519.Sign(s.Key, h[:]))
	signed, err := write(p)
	if err != nil {
		return nil, err
	}
	text := bytes.TrimRight(document, " \t\r\n")
	return slices.Concat(text[:len(text)-1], []byte(`,"proof":`), signed, []byte{'}'}), nil
}

func write(p options) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(p); err != nil {
		return nil, fmt.Errorf("write a proof: %w", err)
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// Detach returns a document without its proof; everything else stays byte for
// byte. A document without one, or that has no canonical form, is returned as it is.
func Detach(document []byte) []byte {
	doc, err := open(document)
	if err != nil || doc.get("proof") == nil {
		return document
	}
	kept := doc.but("proof")
	slices.SortFunc(kept, func(a, b part) int { return a.rawFrom - b.rawFrom })
	out := []byte{'{'}
	for i, p := range kept {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, document[p.rawFrom:p.end]...)
	}
	return append(out, '}')
}
