package templates

import (
	"strconv"
	"strings"
)

// Trouble puts into words why something did not arrive or was not taken in.
type Trouble struct {
	Says string // completes "Nothing has reached them: …"
	Do   string // what an administrator can do about it; one sentence
}

// Sentence is what happened, as a sentence of its own.
func (t Trouble) Sentence() string { return strings.ToUpper(t.Says[:1]) + t.Says[1:] + "." }

const (
	nothingToDo = "You need do nothing: we try again by ourselves."
	askThem     = "Ask whoever looks after their site, and show them the technical line."
	tellUs      = "This is a fault on our side: show the technical line to whoever looks after this program."
)

// sendingStatus is what the answers mean with which others do not take what is
// sent to them (protocol.md 10.2).
var sendingStatus = map[int]Trouble{
	400: {"their site answers “bad request”", "Their software may not read what ours writes. " + askThem},
	401: {"their site answers “not authorised”", "They could not check our signature. Ask them whether their site can read ours, and whether its clock is right."},
	403: {"their site answers “forbidden”", "They may have stopped sharing with us. Ask whoever looks after their site."},
	404: {"their site answers “not found”", "Whom it was for may have left. When you try again we look whether they are still there."},
	405: {"their site does not take anything at this address", askThem},
	406: {"their site does not take this form", askThem},
	408: {"their site gave up waiting", nothingToDo},
	410: {"their site says that whom it was for has been deleted", "You need do nothing: those who have left are sent nothing more."},
	413: {"it was too large for their site", askThem},
	415: {"their site does not take this form", askThem},
	422: {"their site could not make sense of it", "Their software may not know this kind of news. " + askThem},
	425: {"their site asks us to come again later", nothingToDo},
	429: {"their site asks us to slow down", "You need do nothing: we wait as long as they ask."},
	451: {"their site does not take it for legal reasons", "Ask whoever looks after their site."},
	500: {"their site has a fault", "We try again by ourselves. If it lasts, tell whoever looks after their site."},
	501: {"their site does not know how to take this", askThem},
	502: {"something in front of their site cannot reach it", "We try again by ourselves. If it lasts, tell whoever looks after their site."},
	503: {"their site is closed for a while", nothingToDo},
	504: {"something in front of their site waited for it in vain", "We try again by ourselves. If it lasts, tell whoever looks after their site."},
}

// sendingCause is what kept us from asking at all, or from making sense of an
// answer. The causes are the codes of federation/remote, and a few of ours.
var sendingCause = map[string]Trouble{
	"address_refused":  {"the address is not one that we go to", askThem},
	"policy_refused":   {"our rules refuse their site", "Decide about their site first."},
	"policy":           {"our rules refused their site at that time", "Decide about their site if that is not what you want."},
	"own_host":         {"the address is our own", tellUs},
	"budget_used_up":   {"we asked too many others at once", nothingToDo},
	"cannot_sign":      {"the sender has no key of ours to sign with", tellUs},
	"address_blocked":  {"their name leads to a private network", "Their name in the DNS is wrong, or ours is answered from inside. Ask whoever looks after our network."},
	"name_not_found":   {"their name cannot be found", "Check the spelling. If it is right, their name in the DNS is missing."},
	"tls_failed":       {"their certificate is not accepted", "It may have run out, or be for another name. Tell whoever looks after their site."},
	"timed_out":        {"their site did not answer in time", nothingToDo},
	"network_failed":   {"their site cannot be reached", "We try again by ourselves. If it lasts, ask whether they are there."},
	"status":           {"their site gave an answer that we did not expect", askThem},
	"redirect_refused": {"their site sends us somewhere else", "Their address may have changed. Ask them for the new one."},
	"media_type":       {"their site answered with something that is not meant for programs", "What stands in front of their site may keep programs out. " + askThem},
	"too_large":        {"their answer was too large", askThem},
	"document_refused": {"their answer cannot be read", askThem},
	"id_mismatch":      {"their answer speaks for another address", "Their address may have changed. " + askThem},
	"actor_refused":    {"what they say of themselves does not fit together", askThem},
	"key_refused":      {"their key is not one that we accept", askThem},
	"handle_refused":   {"their name does not lead back to them", askThem},
	"key_changed":      {"their key has changed without proof", "Ask them whether their site was set up anew. If it was not, somebody may pretend to be them."},
	"kind_changed":     {"what was a person or a community is now something else", askThem},
	"actor_gone":       {"whom we asked about has been deleted", "You need do nothing."},
	"silent":           {"they had not answered for a week, so we stopped", "What they missed they can still read here. Nothing of it is sent again."},
}

// receivingCause is why something from there was turned away at the door. The
// codes are those of federation/inbox and federation/sign.
var receivingCause = map[string]Trouble{
	"policy":           {"Our rules refuse them", "Decide about their site if that is not what you want."},
	"rate":             {"They sent more than we take at once", "You need do nothing: they try again."},
	"too_large":        {"It was larger than we take", askThem},
	"media_type":       {"It was not in a form that we read", askThem},
	"encoding":         {"It was compressed, which we do not take", askThem},
	"document":         {"It could not be read", askThem},
	"body":             {"It broke off on the way", "You need do nothing: they try again."},
	"method":           {"It was not sent the way news is sent", askThem},
	"query":            {"The address had something behind it", askThem},
	"id":               {"Its address is not one that we accept", askThem},
	"id_origin":        {"It speaks for another site than the one that sent it", "If it comes often, decide whether to go on sharing with them."},
	"no_such_inbox":    {"It was for somebody who is not here", "You need do nothing."},
	"actor_not_signer": {"Somebody sent it in another one’s name", "If it comes often, decide whether to go on sharing with them."},
	"unknown_actor":    {"It says that somebody has left whom nobody here knows", "You need do nothing."},
	"key_unreachable":  {"We could not reach them to check the signature", "Try again now, which reads what they say of themselves again."},
	"key_budget":       {"They had us look up too many signatures at once", "You need do nothing: they try again."},
	"key_changed":      {"A key changed without proof", "Ask them whether their site was set up anew. If it was not, somebody may pretend to be them."},
	"database":         {"We could not write it down", "Look at our own disk and database: they try again."},
	"signature":        {"The signature was not believed", askThem},
	"no_signature":     {"It was not signed", askThem},
	"two_signatures":   {"It was signed twice", askThem},
	"unsupported":      {"It was signed in a way that we do not read", askThem},
	"grammar":          {"The signature could not be read", askThem},
	"algorithm":        {"It was signed in a way that we do not accept", askThem},
	"coverage":         {"The signature left out what it must cover", askThem},
	"duplicate_header": {"Something that was signed came twice", askThem},
	"date":             {"It was signed too long ago, or in the future", "One of the two clocks is wrong: check ours, then ask about theirs."},
	"host":             {"It was signed for another site", "What stands in front of our site may change its name on the way."},
	"digest":           {"The text is not the one that was signed", askThem},
	"key":              {"The key cannot be used", askThem},
	"bad_signature":    {"The signature does not fit", "Their key may have changed. Try again now, which reads what they say of themselves again."},
}

// stillLives ends the reason of what a partner that takes other things was
// given up for.
const stillLives = ", again and again, while the host lives"

// WhyNotSent explains the reason of a cursor, a setback or a dead letter.
func WhyNotSent(reason string) Trouble {
	reason, often := strings.CutSuffix(reason, stillLives)
	t := whyNotSent(reason)
	if often {
		t.Says += ", each time we tried this one"
	}
	return t
}

func whyNotSent(reason string) Trouble {
	code, rest, _ := strings.Cut(strings.ReplaceAll(reason, ":", " "), " ")
	if code == "status" {
		if n, err := strconv.Atoi(strings.TrimSpace(rest)); err == nil {
			return answered(n)
		}
	}
	if t, ok := sendingCause[code]; ok {
		return t
	}
	return Trouble{"something went wrong that we have no words for", tellUs}
}

func answered(status int) Trouble {
	if t, ok := sendingStatus[status]; ok {
		return t
	}
	switch {
	case status >= 500:
		return Trouble{"their site has a fault", sendingStatus[500].Do}
	case status >= 400:
		return Trouble{"their site does not take it", askThem}
	case status >= 300:
		return sendingCause["redirect_refused"]
	}
	return sendingCause["status"]
}

// WhyTurnedAway explains a code under which something was turned away at the door.
func WhyTurnedAway(code string) Trouble {
	if t, ok := receivingCause[code]; ok {
		return t
	}
	return Trouble{"It was not accepted", "Look the code up in the guide for those who look after this site."}
}

// whyUnapplied is why something was held or rejected after it was proved: the
// words behind the code, where there are any.
func whyUnapplied(reason string) string {
	code, words, found := strings.Cut(reason, ": ")
	if found && code == "policy" || !found && receivingCause[code] != (Trouble{}) {
		return receivingCause[code].Says + "."
	}
	if found && words != "" {
		return strings.ToUpper(words[:1]) + words[1:]
	}
	switch host, ruled := strings.CutPrefix(reason, "rule for "); {
	case ruled:
		return "It waits because of what was decided about " + host + "."
	case reason == "":
		return "No reason was noted."
	}
	return reason
}
