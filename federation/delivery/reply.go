package delivery

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"moothall/federation/remote"
)

// fate is what an answer means for the delivery it answers (protocol.md 10.2).
type fate uint8

const (
	again     fate = iota // the partner cannot take it now
	delivered             // it is there
	dropped               // it will never be taken
	unknown               // 401: the partner may not have been able to read our key
	missing               // 404
	gone                  // 410
)

// reply is an answer, judged.
type reply struct {
	fate   fate
	status int           // zero when there was no answer
	reason string        // for dead letters and cursors; words that this node chose
	wait   time.Duration // what the partner asks for; zero when it does not
	fault  bool          // 5xx: the partner's answer to this item, perhaps not to others
}

func judge(r remote.Response, err error) reply {
	if err != nil && r.Status == 0 {
		return judgeError(err)
	}
	out := reply{status: r.Status, reason: fmt.Sprintf("status %d", r.Status), wait: r.RetryAfter}
	switch s := r.Status; {
	case s >= 200 && s < 300:
		out.fate = delivered
	case s == http.StatusUnauthorized:
		out.fate = unknown
	case s == http.StatusNotFound:
		out.fate = missing
	case s == http.StatusGone:
		out.fate = gone
	case s == http.StatusRequestTimeout, s == http.StatusTooEarly, s == http.StatusTooManyRequests:
		out.fate = again
	case s >= 400 && s < 500:
		out.fate = dropped
	case s >= 300 && s < 400:
		out.fate, out.reason = again, fmt.Sprintf("%s %d", remote.CodeRedirect, s)
	default:
		out.fate, out.fault = again, s >= 500
	}
	return out
}

// judgeError tells what the network may mend from what only people can. Our
// own missing key counts to the latter: the lane goes on, and admins see why.
func judgeError(err error) reply {
	code := remote.CodeOf(err)
	switch code {
	case remote.CodeAddress, remote.CodeOwnHost, remote.CodePolicy, remote.CodeSign:
		return reply{fate: dropped, reason: string(code)}
	case "":
		code = remote.CodeNetwork
	}
	if e, ok := errors.AsType[*remote.Error](err); ok {
		return reply{fate: again, status: e.Status, reason: string(code)}
	}
	return reply{fate: again, reason: string(code)}
}
