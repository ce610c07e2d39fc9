package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"
	"time"

	"moothall/federation/proof"
	"moothall/federation/receipt"
	"moothall/federation/sign"
)

func receiptCommands() []command {
	return []command{{
		name: "verify-receipt", form: "RECEIPT-FILE [--key KEY]", prints: true, run: verifyReceipt,
		about: "check the signed receipt of a site that took something away",
		flags: func(fs *flag.FlagSet, k *call) {
			fs.StringVar(&k.opt.key, "key", "", "public key of the site that made the receipt, as its publicKeyMultibase")
		},
	}}
}

// receiptVerdict is what verify-receipt found out.
type receiptVerdict struct {
	Site         string   `json:"site"`
	About        string   `json:"about"`
	Object       string   `json:"object"`
	State        string   `json:"state"`
	FilesRemoved int      `json:"filesRemoved"`
	Kept         int      `json:"kept"`
	PassedOn     []string `json:"passedOnTo"`
	KeyID        string   `json:"keyId"`
	Signature    string   `json:"signature"`
	Words        string   `json:"words"`
}

// verifyReceipt needs no node, no settings and no network. It succeeds only when the
// signature was checked and holds.
func verifyReceipt(_ context.Context, k *call) error {
	if err := k.want("RECEIPT-FILE"); err != nil {
		return err
	}
	raw, err := readRecord(k.args[0])
	if err != nil {
		return err
	}
	r, claim, err := receipt.Read(raw, time.Now())
	if err != nil {
		return fmt.Errorf("%s: %w", k.args[0], err)
	}
	v := receiptVerdict{
		Site: string(r.By), About: string(r.About), Object: string(r.Object), State: string(r.State), FilesRemoved: r.Files, Kept: r.Kept,
		PassedOn: append([]string{}, r.PassedOn...), KeyID: claim.Method, Words: r.Sentence(),
	}
	if v.Signature, err = k.receiptSignature(raw); err != nil {
		return err
	}
	if err := k.say(v, "%s", strings.Join(v.lines(), "\n")); err != nil {
		return err
	}
	switch v.Signature {
	case breaks:
		return errors.New("the signature does not hold")
	case unchecked:
		return errors.New("the signature was not checked")
	}
	return nil
}

func (k *call) receiptSignature(raw []byte) (string, error) {
	if k.opt.key == "" {
		return unchecked, nil
	}
	key, err := sign.ParseMultikey(k.opt.key)
	if err != nil {
		return "", usage("--key %s: %v", k.opt.key, err)
	}
	_, err = receipt.Verify(raw, key, time.Now())
	switch {
	case errors.Is(err, proof.ErrProof):
		return breaks, nil
	case err != nil:
		return "", err
	}
	return holds, nil
}

// lines say the verdict to people.
func (v receiptVerdict) lines() []string {
	list := []string{"About " + oneLine(v.Object), oneLine(v.Words)}
	if len(v.PassedOn) > 0 {
		list = append(list, "Passed on to "+oneLine(strings.Join(v.PassedOn, ", "))+".")
	}
	switch v.Signature {
	case holds:
		return append(list, "The signature holds: this is what "+v.Site+" said of itself.")
	case breaks:
		return append(list, "The signature does not hold. The receipt was changed, or that is not the key of "+v.Site+".")
	}
	return append(list, "The signature was not checked. Give the key with --key: it is the publicKeyMultibase of "+v.KeyID+" at "+v.Site+".")
}
