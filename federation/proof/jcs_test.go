package proof

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
)

func TestC20_CanonicalForm(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, raw, want string }{
		{"empty", `{}`, `{}`},
		{"empty inside", `{"b":[],"a":{}}`, `{"a":{},"b":[]}`},
		{"space", " {\n\t\"a\" : [ 1 , 2 ] ,\r\"b\":{ \"c\" : null } } ", `{"a":[1,2],"b":{"c":null}}`},
		{"order at every level", `{"b":{"z":1,"y":2},"a":[{"d":true,"c":false}]}`, `{"a":[{"c":false,"d":true}],"b":{"y":2,"z":1}}`},
		{"a name that begins another", `{"ab":1,"a":2,"":3}`, `{"":3,"a":2,"ab":1}`},
		{"capitals first", `{"a":1,"B":2,"@c":3,"_":4}`, `{"@c":3,"B":2,"_":4,"a":1}`},
		{"UTF-16 order", "{\"\ufb33\":1,\"\U0001f600\":2,\"\u20ac\":3,\"\u00f6\":4,\"1\":5,\"\ue000\":6,\"\ud7ff\":7}",
			"{\"1\":5,\"\u00f6\":4,\"\u20ac\":3,\"\ud7ff\":7,\"\U0001f600\":2,\"\ue000\":6,\"\ufb33\":1}"},
		{"order by what is said, not by escapes", `{"\u0062":1,"a":2}`, `{"a":2,"b":1}`},
		{"needless escapes", `{"a":"\u0041\/\u00e9\ud83d\ude00"}`, "{\"a\":\"A/\u00e9\U0001f600\"}"},
		{"needed escapes", `{"a":"\u0022\u005c\u0008\u0009\u000a\u000c\u000d\u0000\u001F"}`, `{"a":"\"\\\b\t\n\f\r\u0000\u001f"}`},
		{"not for HTML", "{\"a\":\"<b>&\u2028\u007f\"}", "{\"a\":\"<b>&\u2028\u007f\"}"},
		{"numbers", `{"a":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001,-0,-0.0,0e9,1.0,10e-1]}`,
			`{"a":[333333333.3333333,1e+30,4.5,0.002,1e-27,0,0,0,1,1]}`},
		{"a place", `{"longitude":-71.184902,"latitude":25.273962}`, `{"latitude":25.273962,"longitude":-71.184902}`},
		{"the last integers", `[9007199254740992,-9007199254740992]`, `[9007199254740992,-9007199254740992]`},
		{"where the exponent begins", `[1e20,123456789012345680000.0,1e21,0.000001,0.0000001,1.5e-7,-1.5e300]`,
			`[100000000000000000000,123456789012345680000,1e+21,0.000001,1e-7,1.5e-7,-1.5e+300]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Canonical([]byte(tt.raw))
			if err != nil || string(got) != tt.want {
				t.Errorf("got  %s, %v\nwant %s", got, err, tt.want)
			}
		})
	}
}

func TestC20_NoCanonicalForm(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"nothing":                  ``,
		"no JSON":                  `hello`,
		"something follows":        `{} {}`,
		"a name twice":             `{"a":1,"a":1}`,
		"a name twice, in escapes": `{"a":1,"\u0061":1}`,
		"a name twice, below":      `{"x":[{"b":1,"a":2,"b":3}]}`,
		"an integer beyond 2^53":   `{"a":9007199254740993}`,
		"below -2^53":              `{"a":-9007199254740993}`,
		"far beyond":               `{"a":100000000000000000000}`,
		"no number":                `{"a":01}`,
		"no digits after a point":  `{"a":1.}`,
		"no digits of an exponent": `{"a":1e}`,
		"plus":                     `{"a":+1}`,
		"out of range":             `{"a":1e400}`,
		"not a number":             `{"a":NaN}`,
		"half a pair":              `{"a":"\ud83d"}`,
		"the other half":           `{"a":"\ude00"}`,
		"two first halves":         `{"a":"\ud83d\ud83d"}`,
		"half a pair and a letter": `{"a":"\ud83dx"}`,
		"unknown escape":           `{"a":"\x41"}`,
		"short escape":             `{"a":"\u41"}`,
		"control character":        "{\"a\":\"\n\"}",
		"not UTF-8":                "{\"a\":\"\xff\"}",
		"a string without an end":  `{"a":"b`,
		"an escape at the end":     `{"a":"\`,
		"no end":                   `{"a":1`,
		"no colon":                 `{"a" 1}`,
		"no name":                  `{1:1}`,
		"two commas":               `{"a":1,,"b":2}`,
		"a comma at the end":       `{"a":1,}`,
		"a comma at a list's end":  `[1,]`,
		"a comma first":            `[,1]`,
		"other space":              "{\"a\":\u00a01}",
		"too deep":                 strings.Repeat("[", 41) + strings.Repeat("]", 41),
		"too long":                 `{"a":"` + strings.Repeat("a", maxSize) + `"}`,
	}
	for name, raw := range tests {
		t.Run(name, func(t *testing.T) {
			if got, err := Canonical([]byte(raw)); err == nil {
				t.Errorf("got %s", got)
			}
		})
	}
}

// TestC20_Numbers are the samples of RFC 8785, appendix B.
func TestC20_Numbers(t *testing.T) {
	t.Parallel()
	tests := map[uint64]string{
		0x0000000000000000: "0", 0x8000000000000000: "0",
		0x0000000000000001: "5e-324", 0x8000000000000001: "-5e-324",
		0x7fefffffffffffff: "1.7976931348623157e+308", 0xffefffffffffffff: "-1.7976931348623157e+308",
		0x4340000000000000: "9007199254740992", 0xc340000000000000: "-9007199254740992",
		0x4430000000000000: "295147905179352830000",
		0x44b52d02c7e14af5: "9.999999999999997e+22", 0x44b52d02c7e14af6: "1e+23", 0x44b52d02c7e14af7: "1.0000000000000001e+23",
		0x444b1ae4d6e2ef4e: "999999999999999700000", 0x444b1ae4d6e2ef4f: "999999999999999900000", 0x444b1ae4d6e2ef50: "1e+21",
		0x3eb0c6f7a0b5ed8c: "9.999999999999997e-7", 0x3eb0c6f7a0b5ed8d: "0.000001",
		0x41b3de4355555553: "333333333.3333332", 0x41b3de4355555554: "333333333.33333325", 0x41b3de4355555555: "333333333.3333333",
		0x41b3de4355555556: "333333333.3333334", 0x41b3de4355555557: "333333333.33333343",
		0xbecbf647612f3696: "-0.0000033333333333333333", 0x43143ff3c1cb0959: "1424953923781206.2",
	}
	for bits, want := range tests {
		if got := string(appendNumber(nil, math.Float64frombits(bits))); got != want {
			t.Errorf("%x: got %s, want %s", bits, got, want)
		}
	}
}

// FuzzCanonical: a canonical form says what the text says, is its own canonical
// form, and whatever is refused is refused without a panic.
func FuzzCanonical(f *testing.F) {
	for _, seed := range []string{
		`{"b":[1,-0.5e-7,{"\ud83d\ude00":"\u0041"}],"a":null}`, `[[],{},"",true]`, `{"a":1,"a":2}`, `9007199254740993`,
		"{\"\ufb33\":1,\"\U0001f600\":2}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := Canonical(raw)
		if err != nil {
			return
		}
		again, err := Canonical(got)
		if err != nil || !bytes.Equal(got, again) {
			t.Fatalf("%s becomes %s, %v", got, again, err)
		}
		var before, after any
		if err := json.Unmarshal(raw, &before); err != nil {
			t.Fatalf("%q is no JSON: %v", raw, err)
		}
		if err := json.Unmarshal(got, &after); err != nil || !reflect.DeepEqual(before, after) {
			t.Fatalf("%q becomes %q", raw, got)
		}
	})
}
