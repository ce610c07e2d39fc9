package ap

import "fmt"

// LogHead is what the home of a community says about its log with each Announce
// to a node of ours: the entry that this is, and the hash of the chain up to it
// (design.md 4).
type LogHead struct {
	Audience  string `json:"audience"`       // which chain: public or members
	Seq       int64  `json:"seq"`            // number of this entry, from 1
	Hash      string `json:"hash"`           // of this entry
	Prev      string `json:"prev,omitempty"` // of the entry before; empty for the first
	Salt      string `json:"salt"`           // of the digest of what the Announce carries
	Epoch     int64  `json:"epoch"`          // membership epoch of the community
	Signature string `json:"signature"`      // by the community, over all of the above
}

func readLogHead(v value) (*LogHead, error) {
	if v.isNull() {
		return nil, nil
	}
	if !v.isObject() {
		return nil, errShape
	}
	var h LogHead
	for key, m := range v.members() {
		var err error
		switch string(key) {
		case "audience":
			h.Audience, err = m.words(maxShort)
		case "seq":
			h.Seq, err = m.int()
		case "hash":
			h.Hash, err = m.words(maxAddress)
		case "prev":
			h.Prev, err = m.words(maxAddress)
		case "salt":
			h.Salt, err = m.words(maxAddress)
		case "epoch":
			h.Epoch, err = m.int()
		case "signature":
			h.Signature, err = m.words(maxAddress)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
	}
	return &h, nil
}
