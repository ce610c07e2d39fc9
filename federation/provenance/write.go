package provenance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/proof"
)

const (
	recordType = "ProvenanceRecord"
	format     = 1 // of the fields below; another number for any other set of them
)

// document is a Record as it is written.
type document struct {
	Type           string        `json:"type"`
	Format         int           `json:"format"`
	ID             actors.URI    `json:"id"`
	Document       actors.URI    `json:"document"`
	By             actors.URI    `json:"attributedTo"`
	Version        int           `json:"version"`
	Title          string        `json:"title"`
	Digest         string        `json:"sha256"`
	Size           int64         `json:"size"`
	MediaType      string        `json:"mediaType,omitempty"`
	FileName       string        `json:"fileName,omitempty"`
	Issuer         *organisation `json:"issuingOrganisation,omitempty"`
	SharedBy       *sharer       `json:"sharedBy,omitempty"`
	SharedAt       string        `json:"sharedAt"`
	Stage          *stage        `json:"stage,omitempty"`
	ReceivedFrom   actors.URI    `json:"receivedFrom,omitempty"`
	DerivedFrom    []actors.URI  `json:"derivedFrom,omitempty"`
	Licence        string        `json:"licence,omitempty"`
	Classification string        `json:"classification,omitempty"`
	Check          string        `json:"checkResult,omitempty"`
	Software       string        `json:"software,omitempty"`
}

type organisation struct {
	Name   string `json:"name,omitempty"`
	Domain string `json:"domain,omitempty"`
	Code   string `json:"orgId,omitempty"`
	Status string `json:"statusAtTime,omitempty"`
}

type sharer struct {
	Role string `json:"role,omitempty"`
	Name string `json:"name,omitempty"`
}

type stage struct {
	Name string `json:"name,omitempty"`
	By   string `json:"adoptedBy,omitempty"`
	On   string `json:"date,omitempty"`
}

// Write writes a record and signs it, as made at that time. The key must be that of
// the actor in Record.By.
func Write(r Record, key proof.Signer, at time.Time) ([]byte, error) {
	if err := r.check(); err != nil {
		return nil, fmt.Errorf("write a record: %w", err)
	}
	plain, err := r.unsigned()
	if err != nil {
		return nil, err
	}
	signed, err := key.Attach(plain, at)
	if err != nil {
		return nil, fmt.Errorf("sign a record: %w", err)
	}
	return proof.Canonical(signed)
}

// unsigned is the record without a proof, in its canonical form.
func (r Record) unsigned() ([]byte, error) {
	d := document{
		Type: recordType, Format: format, ID: r.ID, Document: r.Document, By: r.By, Version: r.Version, Title: r.Title,
		Digest: r.Digest.String(), Size: r.Size, MediaType: r.MediaType, FileName: r.FileName,
		Issuer: orNone(organisation(r.Issuer)), SharedBy: orNone(sharer(r.SharedBy)), SharedAt: r.SharedAt.UTC().Format(time.RFC3339),
		Stage:        orNone(stage{string(r.Stage), r.Adopted.Body, r.Adopted.On}),
		ReceivedFrom: r.ReceivedFrom, DerivedFrom: r.DerivedFrom, Licence: r.Licence, Classification: string(r.Classification),
		Check: r.Check, Software: r.Software,
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(d); err != nil {
		return nil, fmt.Errorf("write a record: %w", err)
	}
	return proof.Canonical(b.Bytes())
}

// orNone is nil for a group of fields that are all empty.
func orNone[T comparable](v T) *T {
	var none T
	if v == none {
		return nil
	}
	return &v
}

func orZero[T any](v *T) (zero T) {
	if v == nil {
		return zero
	}
	return *v
}

func (d document) record() (r Record, err error) {
	s := orZero(d.Stage)
	r = Record{
		ID: d.ID, Document: d.Document, By: d.By, Version: d.Version, Title: d.Title, Size: d.Size, MediaType: d.MediaType, FileName: d.FileName,
		Issuer: Organisation(orZero(d.Issuer)), SharedBy: Sharer(orZero(d.SharedBy)),
		Stage: content.Stage(s.Name), Adopted: content.Adoption{Body: s.By, On: s.On},
		ReceivedFrom: d.ReceivedFrom, DerivedFrom: d.DerivedFrom, Licence: d.Licence, Classification: content.Classification(d.Classification),
		Check: d.Check, Software: d.Software,
	}
	if r.Digest, err = content.ParseDigest(d.Digest); err != nil {
		return Record{}, fmt.Errorf("%w: sha256: %w", ErrRecord, err)
	}
	if r.SharedAt, err = time.Parse(time.RFC3339, d.SharedAt); err != nil {
		return Record{}, fmt.Errorf("%w: sharedAt is no time", ErrRecord)
	}
	return r, r.check()
}
