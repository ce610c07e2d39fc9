package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"moothall/content"
	"moothall/federation/proof"
	"moothall/federation/provenance"
	"moothall/federation/sign"
)

func recordCommands() []command {
	return []command{{
		name: "verify-record", form: "RECORD-FILE [DOCUMENT-FILE] [--key KEY]", prints: true, run: verifyRecord,
		about: "check the signed record of a document, and whether a file is that document",
		flags: func(fs *flag.FlagSet, k *call) {
			fs.StringVar(&k.opt.key, "key", "", "public key of the site that made the record, as its publicKeyMultibase")
		},
	}}
}

// verdict is what verify-record found out.
type verdict struct {
	Site      string `json:"site"`
	ID        string `json:"id"`
	Title     string `json:"title"`
	Version   int    `json:"version"`
	SHA256    string `json:"sha256"`
	KeyID     string `json:"keyId"`
	Signature string `json:"signature"`
	File      string `json:"file"`
	Words     string `json:"words"`
}

// What can be said of a signature and of a file.
const (
	holds     = "holds"
	breaks    = "does not hold"
	unchecked = "not checked"
	matches   = "matches"
	differs   = "differs"
	notGiven  = "not given"
)

// maxRecord is more than any record has, in bytes.
const maxRecord = 1 << 20

// verifyRecord needs no node, no settings and no network. It succeeds only when
// everything that it was given was checked and holds.
func verifyRecord(_ context.Context, k *call) error {
	if names := []string{"RECORD-FILE", "DOCUMENT-FILE"}; len(k.args) != 1 {
		if err := k.want(names[:max(1, min(len(k.args), 2))]...); err != nil {
			return err
		}
	}
	raw, err := readRecord(k.args[0])
	if err != nil {
		return err
	}
	r, claim, err := provenance.Read(raw, time.Now())
	if err != nil {
		return fmt.Errorf("%s: %w", k.args[0], err)
	}
	v := verdict{
		Site: string(r.By), ID: string(r.ID), Title: r.Title, Version: r.Version, SHA256: r.Digest.String(), KeyID: claim.Method,
		Words: r.Sentence(),
	}
	if v.Signature, err = k.signature(raw); err != nil {
		return err
	}
	if v.File, err = k.fileOf(r); err != nil {
		return err
	}
	if err := k.say(v, "%s", strings.Join(v.lines(r), "\n")); err != nil {
		return err
	}
	return v.err()
}

func readRecord(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(io.LimitReader(f, maxRecord+1))
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if len(raw) > maxRecord {
		return nil, fmt.Errorf("%s is too long for a record", path)
	}
	return raw, nil
}

func (k *call) signature(raw []byte) (string, error) {
	if k.opt.key == "" {
		return unchecked, nil
	}
	key, err := sign.ParseMultikey(k.opt.key)
	if err != nil {
		return "", usage("--key %s: %v", k.opt.key, err)
	}
	_, err = provenance.Verify(raw, key, time.Now())
	switch {
	case errors.Is(err, proof.ErrProof):
		return breaks, nil
	case err != nil:
		return "", err
	}
	return holds, nil
}

// fileOf compares the file, if one was named, with the record.
func (k *call) fileOf(r provenance.Record) (string, error) {
	if len(k.args) < 2 {
		return notGiven, nil
	}
	f, err := os.Open(k.args[1])
	if err != nil {
		return "", err
	}
	h := sha256.New()
	size, err := io.Copy(h, f)
	if err := errors.Join(err, f.Close()); err != nil {
		return "", fmt.Errorf("read %s: %w", k.args[1], err)
	}
	if r.Matches(content.Digest(h.Sum(nil)), size) {
		return matches, nil
	}
	return differs, nil
}

// lines say the verdict to people. A record that was not proved is called what it is
// before it is repeated.
func (v verdict) lines(r provenance.Record) []string {
	about := fmt.Sprintf("“%s”, %s", oneLine(r.Title), v.ID)
	var list []string
	switch v.Signature {
	case holds:
		list = []string{about, oneLine(v.Words), "The signature holds: this is what " + v.Site + " said."}
	case breaks:
		list = []string{about, "The signature does not hold. The record was changed, or that is not the key of " + v.Site + "."}
	default:
		list = []string{
			about, "The record says: " + oneLine(v.Words),
			"The signature was not checked. Give the key with --key: it is the publicKeyMultibase of " + v.KeyID + " at " + v.Site + ".",
		}
	}
	switch v.File {
	case matches:
		list = append(list, "The file is the one that the record is about.")
	case differs:
		list = append(list, "The file is not the one that the record is about: it was changed, or is another version.")
	}
	return list
}

// oneLine is text of a record that can do nothing to a terminal.
func oneLine(s string) string { return content.PlainName(s, 2000) }

func (v verdict) err() error {
	switch {
	case v.Signature == breaks:
		return errors.New("the signature does not hold")
	case v.File == differs:
		return errors.New("the file is not the one that the record is about")
	case v.Signature == unchecked:
		return errors.New("the signature was not checked")
	}
	return nil
}
