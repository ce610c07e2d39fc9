package token

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

type request struct {
	Audience string `json:"audience"`
}

// WriteRequest writes what a member's node sends to ask for a token: the host to
// which it will be shown.
func WriteRequest(audience string) ([]byte, error) { return json.Marshal(request{audience}) }

// ReadRequest reads the host for which a token is asked for.
func ReadRequest(raw []byte) (audience string, err error) {
	var r request
	if err := read(raw, &r); err != nil {
		return "", fmt.Errorf("read a request for a token: %w", err)
	}
	return r.Audience, nil
}

type answer struct {
	Token   string    `json:"token"`
	Expires time.Time `json:"expires"`
}

// WriteAnswer writes what the home answers.
func WriteAnswer(text string, expires time.Time) ([]byte, error) {
	return json.Marshal(answer{text, expires.UTC().Truncate(time.Second)})
}

// ReadAnswer reads the token out of the home's answer. When it ends is read from
// the token, which is signed.
func ReadAnswer(raw []byte) (string, error) {
	var a answer
	if err := read(raw, &a); err != nil {
		return "", fmt.Errorf("read a token: %w", err)
	}
	return a.Token, nil
}

func read(raw []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("more than one value")
	}
	return nil
}
