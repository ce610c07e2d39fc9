package remote

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
)

// The kinds of failure that callers tell apart.
var (
	// ErrNotThere says that the origin answered 404: there may be something later.
	ErrNotThere = errors.New("not there")
	// ErrGone says that the origin answered 410 or with a Tombstone.
	ErrGone = errors.New("gone")
	// ErrSame says that what is held is still what the origin has: 304.
	ErrSame = errors.New("not changed")
	// ErrForbidden says that this node's policy does not deal with the host.
	ErrForbidden = errors.New("host refused by policy")
	// ErrOwnHost says that an address is on this node: it reads its own database instead.
	ErrOwnHost = errors.New("address is on this node")
	// ErrBudget says that a limit on the number of requests is used up.
	ErrBudget = errors.New("too many requests to others")
	// ErrKeyUnreachable says that the host of a key cannot be reached now; whoever
	// signed with it should be told 503 with Retry-After (protocol.md 3.2(9)).
	ErrKeyUnreachable = errors.New("host of the key cannot be reached")
)

// Code names a failure in logs, counters and on pages for admins.
type Code string

// The codes.
const (
	CodeAddress  Code = "address_refused"  // not a canonical address
	CodePolicy   Code = "policy_refused"   // wraps ErrForbidden
	CodeOwnHost  Code = "own_host"         // wraps ErrOwnHost
	CodeBudget   Code = "budget_used_up"   // wraps ErrBudget
	CodeSign     Code = "cannot_sign"      // our own key is missing
	CodeBlocked  Code = "address_blocked"  // name leads to a private address; wraps ErrBlockedAddress
	CodeDNS      Code = "name_not_found"   // name has no address
	CodeTLS      Code = "tls_failed"       // certificate or handshake
	CodeTimeout  Code = "timed_out"        // within ten seconds
	CodeNetwork  Code = "network_failed"   // anything else between the two hosts
	CodeStatus   Code = "status"           // answer with another status; see Error.Status
	CodeRedirect Code = "redirect_refused" // too many, or leads where none may
	CodeType     Code = "media_type"       // not an ActivityPub media type
	CodeTooLarge Code = "too_large"        // more than the limit after decompression
	CodeDocument Code = "document_refused" // not readable as what was asked for
	CodeIdentity Code = "id_mismatch"      // speaks for another address than its own
	CodeActor    Code = "actor_refused"    // parts of an actor on other hosts, or missing
	CodeKey      Code = "key_refused"      // key does not belong to its owner, or is too weak
	CodeHandle   Code = "handle_refused"   // WebFinger does not lead back
)

// Error is why something could not be read or sent. Its text consists of words
// and hosts that this node chose or checked, never of what a remote server wrote.
type Error struct {
	Code   Code
	Host   string // host that was asked, in canonical form
	Status int    // HTTP status, when there was an answer
	Err    error  // cause; may quote remote bytes, so it is not part of Error()
}

// Error gives code, host and status.
func (e *Error) Error() string {
	switch {
	case e.Status != 0:
		return fmt.Sprintf("%s: %s %d", e.Host, e.Code, e.Status)
	case e.Host != "":
		return fmt.Sprintf("%s: %s", e.Host, e.Code)
	default:
		return string(e.Code)
	}
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Temporary says whether the same request may succeed later without anyone
// changing anything: the network, a server's fault or a limit stood in the way.
func (e *Error) Temporary() bool {
	switch e.Code {
	case CodeDNS, CodeTLS, CodeTimeout, CodeNetwork, CodeBudget, CodeSign:
		return true
	case CodeStatus:
		return e.Status >= 500 || e.Status == http.StatusTooManyRequests || e.Status == http.StatusRequestTimeout
	}
	return false
}

// IsTemporary says whether err is an Error that is Temporary.
func IsTemporary(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Temporary()
}

// CodeOf is the code of err; of something else it is empty.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}

func refuse(code Code, host string, cause error) error {
	return &Error{Code: code, Host: host, Err: cause}
}

// networkCode says which step between two hosts failed.
func networkCode(err error) Code {
	if errors.Is(err, ErrBlockedAddress) {
		return CodeBlocked
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return CodeDNS
	}
	if isTLS(err) {
		return CodeTLS
	}
	if ne, ok := errors.AsType[net.Error](err); errors.Is(err, context.DeadlineExceeded) || ok && ne.Timeout() {
		return CodeTimeout
	}
	return CodeNetwork
}

func isTLS(err error) bool {
	_, verify := errors.AsType[*tls.CertificateVerificationError](err)
	_, record := errors.AsType[tls.RecordHeaderError](err)
	op, _ := errors.AsType[*net.OpError](err)
	alert := op != nil && op.Op == "remote error" // the peer broke off the handshake
	_, name := errors.AsType[x509.HostnameError](err)
	_, issuer := errors.AsType[x509.UnknownAuthorityError](err)
	_, invalid := errors.AsType[x509.CertificateInvalidError](err)
	return verify || record || alert || name || issuer || invalid
}
