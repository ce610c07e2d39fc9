package sign

import (
	"encoding/base64"
	"strings"
)

// input is what a signature after RFC 9421 says of itself: the fields
// Signature-Input and Signature of one label.
type input struct {
	parameters
	coverage
	label    string
	verbatim string // the value of Signature-Input behind the label, which is signed as it is
}

// parseInput reads the two fields. There must be one label, the same in both
// (security.md S12): of several signatures, readers take different ones.
func parseInput(field, signature string) (*input, error) {
	if len(field) > maxSignatureHeader || len(signature) > maxSignatureHeader {
		return nil, refuse(CodeGrammar, "header longer than 8 KiB")
	}
	var in input
	f := fields{field}
	var ok bool
	if in.label, ok = f.key(); !ok || !f.eat("=") {
		return nil, refuse(CodeGrammar, "Signature-Input has no label")
	}
	in.verbatim = f.rest
	if err := f.components(&in.coverage); err != nil {
		return nil, err
	}
	if err := in.read(&f); err != nil {
		return nil, err
	}
	if strings.HasPrefix(skipSpace(f.rest), ",") {
		return nil, refuse(CodeTwoSignatures, "several labels")
	}
	if f.rest != "" {
		return nil, refuse(CodeGrammar, "Signature-Input cannot be read to its end")
	}
	return &in, in.readSignature(signature)
}

// read takes the parameters. Names that are not known are passed over: they are
// signed like the others.
func (in *input) read(f *fields) error {
	var names [maxParameters]string
	for n := 0; strings.HasPrefix(f.rest, ";"); n++ {
		name, value, kind, ok := f.parameter()
		if !ok || n == maxParameters {
			return refuse(CodeGrammar, "parameters cannot be read")
		}
		for _, before := range names[:n] {
			if before == name {
				return refuse(CodeGrammar, "parameter "+name+" twice")
			}
		}
		names[n] = name
		if !in.set(name, value, kind) {
			return refuse(CodeGrammar, "parameter "+name+" of the wrong kind")
		}
	}
	if in.keyID == "" || len(in.keyID) > maxKeyID || strings.IndexByte(in.keyID, ' ') >= 0 {
		return refuse(CodeGrammar, "no usable keyid")
	}
	return nil
}

func (in *input) set(name, value string, kind valueKind) bool {
	want := kindText
	switch name {
	case "keyid":
		in.keyID = value
	case "alg":
		in.algorithm, in.seen = value, in.seen|sawAlgorithm
	case "nonce", "tag":
	case "created":
		in.created, in.seen, want = value, in.seen|sawCreated, kindNumber
	case "expires":
		in.expires, in.seen, want = value, in.seen|sawExpires, kindNumber
	default:
		return true
	}
	return kind == want
}

func (in *input) readSignature(field string) error {
	f := fields{field}
	label, ok := f.key()
	if !ok || !f.eat("=") {
		if _, err := parseHeader(field); err == nil {
			return refuse(CodeTwoSignatures, "Signature-Input with a signature in the older style")
		}
		return refuse(CodeGrammar, "Signature has no label")
	}
	in.signature, ok = f.bytes()
	switch {
	case !ok:
		return refuse(CodeGrammar, "Signature is not a byte sequence")
	case strings.HasPrefix(skipSpace(f.rest), ","):
		return refuse(CodeTwoSignatures, "several signatures")
	case f.rest != "":
		return refuse(CodeGrammar, "Signature cannot be read to its end")
	case label != in.label:
		return refuse(CodeGrammar, "Signature and Signature-Input have different labels")
	case in.signature == "":
		return refuse(CodeGrammar, "empty signature")
	}
	return nil
}

func strictBase64(s string) ([]byte, error) {
	b, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil || strings.ContainsAny(s, "\r\n") { // which the decoder skips
		return nil, refuse(CodeGrammar, "signature is not base64")
	}
	return b, nil
}
