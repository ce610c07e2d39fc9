package provenance

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"moothall/federation/proof"
)

// ErrRecord says that a text is no record, or not one that this program reads.
// proof.ErrProof and proof.ErrNone say that its signature does not hold.
var ErrRecord = errors.New("not a record of a document")

// check says whether the record hangs together: without these it names nothing,
// and a site speaks for its own addresses only.
func (r Record) check() error {
	switch {
	case r.ID == "" || r.By == "" || r.Title == "" || r.Version < 1 || r.Size < 0 || r.Digest.IsZero() || r.SharedAt.IsZero():
		return fmt.Errorf("%w: it does not say which version of what it is about", ErrRecord)
	case !r.ID.SameOrigin(r.By) || !r.Document.SameOrigin(r.By):
		return fmt.Errorf("%w: it is about another site's document", ErrRecord)
	}
	return nil
}

// Read reads a record and looks at everything but its signature. The claim has the
// id of the key that is said to have made it, and proves nothing until Claim.Prove.
//
// The text need not be in canonical form, but may say nothing that a Record does
// not hold: what is shown of it is then all that was signed.
func Read(raw []byte, now time.Time) (Record, proof.Claim, error) {
	r, err := parse(proof.Detach(raw))
	if err != nil {
		return Record{}, proof.Claim{}, err
	}
	claim, err := proof.Read(raw, r.By, now)
	if err != nil {
		return Record{}, proof.Claim{}, fmt.Errorf("read the proof of a record: %w", err)
	}
	if !claim.MayBeBy(r.By) {
		return Record{}, proof.Claim{}, fmt.Errorf("%w: the key is on another host", proof.ErrProof)
	}
	return r, claim, nil
}

func parse(plain []byte) (Record, error) {
	var kind struct {
		Type   string `json:"type"`
		Format int    `json:"format"`
	}
	if err := json.Unmarshal(plain, &kind); err != nil || kind.Type != recordType {
		return Record{}, fmt.Errorf("%w: type is not %s", ErrRecord, recordType)
	}
	if kind.Format != format {
		return Record{}, fmt.Errorf("%w: it has format %d, this program reads format %d", ErrRecord, kind.Format, format)
	}
	var d document
	if err := json.Unmarshal(plain, &d); err != nil {
		return Record{}, fmt.Errorf("%w: %w", ErrRecord, err)
	}
	r, err := d.record()
	if err != nil {
		return Record{}, err
	}
	again, err := r.unsigned()
	if err != nil {
		return Record{}, err
	}
	if canonical, err := proof.Canonical(plain); err != nil || !bytes.Equal(canonical, again) {
		return Record{}, fmt.Errorf("%w: it has fields of another kind", ErrRecord)
	}
	return r, nil
}

// Verify reads a record and checks that this key signed it. Whether it is the key
// of Record.By is what the caller knows.
func Verify(raw []byte, public ed25519.PublicKey, now time.Time) (Record, error) {
	r, claim, err := Read(raw, now)
	if err != nil {
		return Record{}, err
	}
	if err := claim.Prove(proof.Key{ID: claim.Method, Owner: r.By, Public: public}); err != nil {
		return Record{}, fmt.Errorf("verify a record: %w", err)
	}
	return r, nil
}
