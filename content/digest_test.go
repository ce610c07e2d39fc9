package content_test

import (
	"encoding/json"
	"strings"
	"testing"

	"moothall/content"
)

const (
	helloHex       = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"
	helloMultibase = "zQmUJPTFZnR2CPGAzmfdYPghgrFtYFB6pf1BqMvqfiPDam8"
)

func TestDigestOfHello(t *testing.T) {
	t.Parallel()
	d := content.DigestOf([]byte("hello\n"))
	if d.String() != helloHex || d.Multibase() != helloMultibase {
		t.Errorf("%s %s", d, d.Multibase())
	}
	if got, err := content.ParseDigest(helloHex); err != nil || got != d {
		t.Errorf("parsed %s, %v", got, err)
	}
	if got, err := content.ParseDigestMultibase(helloMultibase); err != nil || got != d {
		t.Errorf("parsed %s, %v", got, err)
	}
}

func TestS136_OnlyOneTextNamesADigest(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"", helloHex[1:], helloHex + "0", strings.ToUpper(helloHex), " " + helloHex[1:], "g" + helloHex[1:],
		"..%2f" + helloHex[5:], "../" + helloHex[3:], helloHex[:63] + "\x00", helloHex[:62] + "é", "0x" + helloHex[2:],
	} {
		if d, err := content.ParseDigest(s); err == nil || !d.IsZero() {
			t.Errorf("%q is read as %s", s, d)
		}
	}
	for _, s := range []string{
		"", helloMultibase[1:], "m" + helloMultibase[1:], helloMultibase + "1", "z1" + helloMultibase[1:], "z", helloHex,
		"z8Vy5Ck4bKGVXKjzAz1X6sNLKKnTGHnQJ4RrYyzkLZ5x", // not a multihash
	} {
		if d, err := content.ParseDigestMultibase(s); err == nil || !d.IsZero() {
			t.Errorf("%q is read as %s", s, d)
		}
	}
}

func TestDigestInJSONAndColumns(t *testing.T) {
	t.Parallel()
	type row struct{ Digest content.Digest }
	for _, want := range []content.Digest{content.DigestOf([]byte("hello\n")), {}} {
		text, err := json.Marshal(row{want})
		var got row
		if err != nil || json.Unmarshal(text, &got) != nil || got.Digest != want {
			t.Errorf("%s is read as %s, %v", text, got.Digest, err)
		}
		v, err := want.Value()
		var scanned content.Digest
		if err != nil || scanned.Scan(v) != nil || scanned != want {
			t.Errorf("column %v is read as %s, %v", v, scanned, err)
		}
	}
	d := content.DigestOf(nil)
	for _, src := range []any{"x", []byte("x"), 7} {
		if d.Scan(src) == nil {
			t.Errorf("%v is scanned", src)
		}
	}
	if d.Scan(nil) != nil || !d.IsZero() {
		t.Errorf("NULL is %s", d)
	}
}
