package ap

import "encoding/json"

// Activity says who did what. Kinds that are not known are read like the others:
// the next release may know them.
type Activity struct {
	ID     string
	Type   string
	Actor  string
	Object Inner

	Target   Link
	Origin   Link
	Result   Link // Accept of a QuoteRequest
	To, Cc   Links
	Audience Link // FEP-1b12: the community

	Published, Updated Time
	EndTime            Time // Block; Mbin writes expires
	Summary, Content   string
	Reasoned           bool // summary is there, be it empty: of a Delete, Lemmy's mark of a moderator
	RemoveData         bool // Block, Delete: the actor's posts go too

	ReceiptTo string          // who wants to be told when it is carried out; empty for nobody
	Receipt   json.RawMessage // Accept: a receipt, as it came; nil for none

	Log *LogHead // Announce between nodes of ours; nil elsewhere
	Raw json.RawMessage
}

// ParseActivity reads an activity that came over the wire: id, type and actor
// must be there (protocol.md 4.1).
func ParseActivity(raw []byte) (Activity, error) {
	if err := Check(raw); err != nil {
		return Activity{}, err
	}
	a, err := readActivity(trimmed(raw))
	if err != nil {
		return Activity{}, err
	}
	if a.ID == "" {
		return Activity{}, missing("activity", "id")
	}
	if a.Actor == "" {
		return Activity{}, missing("activity", "actor")
	}
	return a, nil
}

// ParseDraft reads what a program of the author's sends to an outbox: an
// activity that may still lack an id and an actor (ActivityPub 6).
func ParseDraft(raw []byte) (Activity, error) {
	if err := Check(raw); err != nil {
		return Activity{}, err
	}
	return readActivity(trimmed(raw))
}

func readActivity(v value) (Activity, error) {
	a := Activity{Raw: v.raw()}
	for key, m := range v.members() {
		if m.isNull() {
			continue // the same as not being there
		}
		var err error
		switch string(key) {
		case "id":
			a.ID, err = m.optionalID()
		case "type":
			a.Type, err = m.oneType()
		case "actor":
			a.Actor, err = m.id()
		case "object":
			a.Object, err = readInner(m)
		case "to":
			a.To, err = m.links()
		case "cc":
			a.Cc, err = m.links()
		case "audience":
			a.Audience, err = m.link()
		case "moothall:log":
			a.Log, err = readLogHead(m)
		default:
			err = a.readDetail(key, m)
		}
		if err != nil {
			return Activity{}, wrong("activity", key, err)
		}
	}
	if a.Type == "" {
		return Activity{}, missing("activity", "type")
	}
	return a, nil
}

func (a *Activity) readDetail(key []byte, m value) (err error) {
	switch string(key) {
	case "target":
		a.Target, err = m.link()
	case "origin":
		a.Origin, err = m.link()
	case "result":
		if isReceipt(m) {
			a.Receipt = m.raw()
			return nil
		}
		a.Result, err = m.link()
	case "moothall:receiptTo":
		// What cannot be read asks for nothing, and spoils nothing.
		a.ReceiptTo, _ = m.oneAddress()
	case "published":
		a.Published, err = m.time()
	case "updated":
		a.Updated, err = m.time()
	case "endTime":
		a.EndTime, err = m.time()
	case "expires":
		if a.EndTime.IsZero() {
			a.EndTime, err = m.time()
		}
	case "summary":
		a.Reasoned = true
		a.Summary, err = m.words(maxSummary)
	case "content":
		a.Content, err = m.words(maxContent)
	case "removeData":
		a.RemoveData, err = m.bool()
	}
	return err
}

// isReceipt says whether a value is a receipt, as package receipt writes it.
func isReceipt(v value) bool {
	if !v.isObject() || !v.get("type").isText() {
		return false
	}
	typ, err := v.get("type").text()
	return err == nil && typ == "moothall:Receipt"
}
