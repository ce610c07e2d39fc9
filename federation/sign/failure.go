package sign

import "errors"

// ErrUnsigned says that a request carries no signature at all. It is wrapped
// in a Failure with the code CodeNoSignature.
var ErrUnsigned = errors.New("request is not signed")

// The codes of a Failure. They say in one word why a signature was refused, for
// logs and counters; the peer is told nothing but 401 (security.md B0, 401G).
const (
	CodeNoSignature   = "no_signature"     // no Signature header
	CodeTwoSignatures = "two_signatures"   // more than one, or two styles at once
	CodeUnsupported   = "unsupported"      // a style this node does not read
	CodeGrammar       = "grammar"          // the Signature header cannot be read
	CodeAlgorithm     = "algorithm"        // not one we accept, or not one for this key
	CodeCoverage      = "coverage"         // signs too little, or what is not there
	CodeDuplicate     = "duplicate_header" // a signed header came more than once
	CodeDate          = "date"             // too old, too new or unreadable
	CodeHost          = "host"             // made for another host
	CodeDigest        = "digest"           // missing, unreadable or not that of the body
	CodeKey           = "key"              // the key cannot be used, or its owner not believed
	CodeBadSignature  = "bad_signature"    // everything fits but the signature itself
)

// Failure is a final refusal: the same request will never be accepted. The
// door answers 401 to every Failure alike, and logs Code and Reason.
type Failure struct {
	Code   string
	Reason string // in words, for the log; may quote the request
	Err    error  // what lies behind it, if anything
}

// Error says why the signature was refused.
func (f *Failure) Error() string {
	s := "signature refused: " + f.Code
	if f.Reason != "" {
		s += ": " + f.Reason
	}
	if f.Err != nil {
		s += ": " + f.Err.Error()
	}
	return s
}

// Unwrap gives what lies behind the failure.
func (f *Failure) Unwrap() error { return f.Err }

func refuse(code, reason string) error { return &Failure{Code: code, Reason: reason} }
