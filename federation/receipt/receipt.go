package receipt

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"moothall/actors"
	"moothall/federation/proof"
)

// Type is the type of a receipt on the wire.
const Type = "moothall:Receipt"

// State is what became of what was asked.
type State string

// The states. Unknown is what others are shown as that never answer; it is not sent.
const (
	Applied   State = "applied"   // rows, files and search index are gone
	Partly    State = "partly"    // as Applied, but for copies that somebody there keeps on purpose
	Refused   State = "refused"   // the site does not do it, for Reason
	NeverHeld State = "neverHeld" // the site never had it
	Unknown   State = "unknown"
)

// Valid says whether a state may be in a receipt.
func (s State) Valid() bool {
	switch s {
	case Applied, Partly, Refused, NeverHeld, Unknown:
		return true
	}
	return false
}

// Better says whether a receipt of state s takes the place of one of state than, from the
// same site about the same thing: a site may do later what it did not do at first.
func (s State) Better(than State) bool { return rank[s] > rank[than] }

var rank = map[State]int{Unknown: 1, Refused: 2, NeverHeld: 3, Partly: 4, Applied: 5}

// ErrReceipt says that a text is no receipt, or one that names nothing. proof.ErrProof and
// proof.ErrNone say that its signature does not hold.
var ErrReceipt = errors.New("not a receipt")

// maxPassedOn bounds the list of hosts in a receipt.
const maxPassedOn = 2000

// Receipt is what a site says that it did.
type Receipt struct {
	ID       actors.URI
	By       actors.URI // the site's own actor, which signs
	About    actors.URI // the activity that asked
	Object   actors.URI // what that was about: a post, a version, or a person who was removed
	State    State
	Files    int       // whose bytes were deleted
	Kept     int       // copies that people of the site keep on purpose
	PassedOn []string  // hosts to which the site sent the object, and passed the request on
	Reason   string    // of Refused, as a short code
	Backups  time.Time // until when backups of the site may hold it; zero where it does not say
	At       time.Time // written to the second, in UTC
}

type document struct {
	ID       actors.URI `json:"id"`
	Type     string     `json:"type"`
	By       actors.URI `json:"attributedTo"`
	Object   actors.URI `json:"object"`
	At       string     `json:"published"`
	About    actors.URI `json:"moothall:about"`
	State    State      `json:"moothall:state"`
	Files    int        `json:"moothall:filesRemoved"`
	Kept     int        `json:"moothall:kept,omitempty"`
	PassedOn []string   `json:"moothall:passedOnTo,omitempty"`
	Reason   string     `json:"moothall:reason,omitempty"`
	Backups  string     `json:"moothall:backupsUntil,omitempty"`
}

// Write writes a receipt and signs it with the key of the actor in Receipt.By.
func Write(r Receipt, key proof.Signer) ([]byte, error) {
	if err := r.check(); err != nil {
		return nil, fmt.Errorf("write a receipt: %w", err)
	}
	d := document{
		ID: r.ID, Type: Type, By: r.By, Object: r.Object, At: stamp(r.At), About: r.About, State: r.State,
		Files: r.Files, Kept: r.Kept, PassedOn: r.PassedOn, Reason: r.Reason, Backups: stamp(r.Backups),
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(d); err != nil {
		return nil, fmt.Errorf("write a receipt: %w", err)
	}
	signed, err := key.Attach(bytes.TrimSpace(b.Bytes()), r.At)
	if err != nil {
		return nil, fmt.Errorf("sign a receipt: %w", err)
	}
	return proof.Canonical(signed)
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// check says whether the receipt hangs together. A site speaks for itself only.
func (r Receipt) check() error {
	switch {
	case r.ID == "" || r.By == "" || r.About == "" || r.Object == "" || r.At.IsZero():
		return fmt.Errorf("%w: it does not say what it is about", ErrReceipt)
	case !r.ID.SameOrigin(r.By):
		return fmt.Errorf("%w: it has the address of another site", ErrReceipt)
	case !r.State.Valid():
		return fmt.Errorf("%w: its state is not known", ErrReceipt)
	case r.Files < 0 || r.Kept < 0 || len(r.PassedOn) > maxPassedOn || len(r.Reason) > 500:
		return fmt.Errorf("%w: it is out of bounds", ErrReceipt)
	}
	return nil
}

// Read reads a receipt and looks at everything but its signature. The claim has the id of
// the key that is said to have made it, and proves nothing until Claim.Prove.
func Read(raw []byte, now time.Time) (Receipt, proof.Claim, error) {
	var d document
	if err := json.Unmarshal(raw, &d); err != nil {
		return Receipt{}, proof.Claim{}, fmt.Errorf("%w: %w", ErrReceipt, err)
	}
	if d.Type != Type {
		return Receipt{}, proof.Claim{}, fmt.Errorf("%w: type is not %s", ErrReceipt, Type)
	}
	r := Receipt{
		ID: d.ID, By: d.By, About: d.About, Object: d.Object, State: d.State,
		Files: d.Files, Kept: d.Kept, PassedOn: d.PassedOn, Reason: d.Reason,
	}
	var err error
	if r.At, err = time.Parse(time.RFC3339, d.At); err != nil {
		return Receipt{}, proof.Claim{}, fmt.Errorf("%w: published is no time", ErrReceipt)
	}
	if d.Backups != "" {
		if r.Backups, err = time.Parse(time.RFC3339, d.Backups); err != nil {
			return Receipt{}, proof.Claim{}, fmt.Errorf("%w: backupsUntil is no time", ErrReceipt)
		}
	}
	if err := r.check(); err != nil {
		return Receipt{}, proof.Claim{}, err
	}
	claim, err := proof.Read(raw, r.By, now)
	if err != nil {
		return Receipt{}, proof.Claim{}, fmt.Errorf("read the proof of a receipt: %w", err)
	}
	if !claim.MayBeBy(r.By) {
		return Receipt{}, proof.Claim{}, fmt.Errorf("%w: the key is on another host", proof.ErrProof)
	}
	return r, claim, nil
}

// Verify reads a receipt and checks that this key signed it. Whether it is the key of
// Receipt.By is what the caller knows.
func Verify(raw []byte, public ed25519.PublicKey, now time.Time) (Receipt, error) {
	r, claim, err := Read(raw, now)
	if err != nil {
		return Receipt{}, err
	}
	if err := claim.Prove(proof.Key{ID: claim.Method, Owner: r.By, Public: public}); err != nil {
		return Receipt{}, fmt.Errorf("verify a receipt: %w", err)
	}
	return r, nil
}

// Sentence says a receipt in words.
func (r Receipt) Sentence() string {
	on := r.At.UTC().Format("2 January 2006 at 15:04")
	switch r.State {
	case Applied:
		return fmt.Sprintf("Confirmed on %s: taken away, with %s.", on, files(r.Files))
	case Partly:
		return fmt.Sprintf("Confirmed on %s: taken away, with %s; %d kept on purpose as copies.", on, files(r.Files), r.Kept)
	case NeverHeld:
		return fmt.Sprintf("Confirmed on %s: it never had it.", on)
	case Refused:
		return fmt.Sprintf("Refused on %s: %s.", on, r.Reason)
	}
	return fmt.Sprintf("On %s it did not know.", on)
}

func files(n int) string {
	switch n {
	case 0:
		return "no files"
	case 1:
		return "1 file"
	}
	return fmt.Sprintf("%d files", n)
}
