package ap

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// deep makes an object whose innermost array is at the given depth.
func deep(n int) string {
	return `{"x":` + strings.Repeat("[", n-1) + strings.Repeat("]", n-1) + `}`
}

// manyKeys makes an object with n different names.
func manyKeys(n int) string {
	var b strings.Builder
	b.WriteByte('{')
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `"k%d":1`, i)
	}
	return b.String() + "}"
}

func TestCheckAccepts(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string]string{
		"an empty object":                   `{}`,
		"space anywhere":                    " \t\r\n{ \"a\" : [ 1 , { } , [ ] ] } \n",
		"32 deep":                           deep(32),
		"pairs of surrogates":               `{"a":"\ud83d\ude00 \u00e9"}`,
		"all kinds of number":               `{"a":[0,-0,1,-1.5,1e10,1E-7,2.5e+3,12345678901234567890]}`,
		"aliases inside a context":          `{"@context":["https://x",{"@id":"a","Type":"as:type","id":"@id","type":"@type","as:actor":"x"}],"id":"x"}`,
		"languages that look like names":    `{"contentMap":{"id":"halo","to":"malo","en":"hello"}}`,
		"the same name in different places": `{"id":"a","object":{"id":"b","object":{"id":"c"}}}`,
		"names of extensions":               `{"toot:votersCount":1,"_misskey_quote":"x","as:unknown":1,"moothall:version":"3"}`,
		"many names":                        manyKeys(9_000),
		"long text":                         `{"a":"` + strings.Repeat("x", 400_000) + `"}`,
	} {
		if err := Check([]byte(raw)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !json.Valid([]byte(raw)) {
			t.Errorf("%s: the standard library does not take it", name)
		}
	}
}

func TestS95_CheckRefusesWhatIsNotOneSmallObject(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ raw, words string }{
		"nothing":                {"", "not a JSON object"},
		"an array":               {`[]`, "not a JSON object"},
		"text":                   {`"x"`, "not a JSON object"},
		"33 deep":                {deep(33), "32 deep"},
		"9999 deep":              {deep(9_999), "32 deep"},
		"10001 deep":             {deep(10_001), "32 deep"},
		"a mebibyte of brackets": {strings.Repeat("[", 1<<20), "not a JSON object"},
		"brackets in a field":    {`{"a":` + strings.Repeat("[", 1<<20), "32 deep"},
		"300000 names":           {manyKeys(60_000), "20000 names"},
		"many values":            {`{"a":[` + strings.Repeat("1,", 30_000) + `1]}`, "20000 names"},
		"a megabyte of text":     {`{"a":"` + strings.Repeat("x", 1_000_000) + `"}`, "512 KiB"},
		"1e400":                  {`{"a":1e400}`, "out of range"},
		"309 digits":             {`{"a":` + strings.Repeat("9", 310) + `}`, "out of range"},
		"a lone high surrogate":  {`{"a":"\ud800"}`, "surrogate"},
		"a lone low surrogate":   {`{"a":"\udc00"}`, "surrogate"},
		"two high surrogates":    {`{"a":"\ud800\ud800"}`, "surrogate"},
		"invalid UTF-8":          {"{\"a\":\"\xff\"}", "UTF-8"},
		"a raw surrogate":        {"{\"a\":\"\xed\xa0\x80\"}", "UTF-8"},
		"a second value":         {`{} {}`, "follows"},
		"a control character":    {"{\"a\":\"\n\"}", "control character"},
		"an unknown escape":      {`{"a":"\x"}`, "escape"},
		"half an escape":         {`{"a":"\u12`, "escape"},
		"a leading zero":         {`{"a":01}`, "not a JSON value"},
		"a leading plus":         {`{"a":+1}`, "not a JSON value"},
		"a bare point":           {`{"a":1.}`, "not a number"},
		"a bare exponent":        {`{"a":1e}`, "not a number"},
		"NaN":                    {`{"a":NaN}`, "not a JSON value"},
		"a comma at the end":     {`{"a":1,}`, "expected a name"},
		"a comma in an array":    {`{"a":[1,]}`, "not a JSON value"},
		"no colon":               {`{"a" 1}`, "colon"},
		"no end":                 {`{"a":1`, "end of an object"},
		"no end of an array":     {`{"a":[1`, "end of an array"},
		"no end of text":         {`{"a`, "does not end"},
		"a name that is none":    {`{a:1}`, "expected a name"},
		"a byte order mark":      {"\ufeff{}", "not a JSON object"},
	} {
		err := Check([]byte(c.raw))
		if !errors.Is(err, ErrDocument) || !strings.Contains(err.Error(), c.words) {
			t.Errorf("%s: got %v, want %q", name, err, c.words)
		}
	}
}

func TestS74_CheckRefusesNamesThatCanBeReadTwice(t *testing.T) {
	t.Parallel()
	many := strings.TrimSuffix(manyKeys(40), "}")
	for name, raw := range map[string]string{
		"twice":                             `{"a":1,"a":1}`,
		"twice by escape":                   `{"actor":1,"\u0061ctor":2}`,
		"twice in case":                     `{"foo":1,"FOO":2}`,
		"twice by the long s":               `{"custom":1,"cuſtom":2}`,
		"twice among many":                  many + `,"k7":2}`,
		"twice in case among many":          many + `,"K7":2}`,
		"twice inside":                      `{"object":{"id":"a","id":"b"}}`,
		"twice in a context":                `{"@context":{"a":1,"a":2}}`,
		"two contexts":                      `{"@context":1,"@context":2}`,
		"Actor beside actor":                `{"actor":"a","Actor":"b"}`,
		"Actor alone":                       `{"Actor":"b"}`,
		"Type beside type":                  `{"type":"Note","Type":"Delete"}`,
		"an escaped Type":                   `{"\u0054ype":"Note"}`,
		"inreplyto":                         `{"inreplyto":"a"}`,
		"the long s":                        `{"ſummary":"a"}`,
		"the Kelvin sign":                   `{"publicKey":{"publicKeyPem":"a"},"publicKey":"b"}`,
		"@id":                               `{"@id":"a"}`,
		"@id beside id":                     `{"id":"a","@id":"b"}`,
		"@type":                             `{"object":{"@type":"Note"}}`,
		"@ID":                               `{"@ID":"x"}`,
		"@graph":                            `{"@graph":[{"id":"a"}]}`,
		"as:actor":                          `{"as:actor":"a"}`,
		"AS:Actor":                          `{"AS:Actor":"a"}`,
		"the whole address of actor":        `{"https://www.w3.org/ns/activitystreams#actor":"a"}`,
		"a context after the document":      `{"@Context":{}}`,
		"a name in another spelling inside": `{"object":{"attributedto":"a"}}`,
	} {
		if err := Check([]byte(raw)); !errors.Is(err, ErrDocument) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestCheckNeedsNoMemory(t *testing.T) {
	raw := announceCreatePage()
	if n := testing.AllocsPerRun(100, func() {
		if err := Check(raw); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestX7_NamesThatAreReadAreGuarded keeps the list of exact names and the
// readers in step.
func TestX7_NamesThatAreReadAreGuarded(t *testing.T) {
	t.Parallel()
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	guarded := slices.Collect(maps.Values(exactNames))
	names := regexp.MustCompile(`"([a-zA-Z:]+)"`)
	reads := regexp.MustCompile(`case ("[a-zA-Z:]+"(, )?)+:\n\t+(?:a|o|c|k|t|h|p|return &|one|attributed|names|contents|if|s)|\.get\("[a-zA-Z:]+"\)`)
	found := 0
	for _, f := range files {
		if strings.HasSuffix(f.Name(), "_test.go") || !strings.HasSuffix(f.Name(), ".go") || strings.HasPrefix(f.Name(), "write") {
			continue
		}
		text, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range reads.FindAllString(string(text), -1) {
			for _, n := range names.FindAllStringSubmatch(m, -1) {
				found++
				if !slices.Contains(guarded, n[1]) {
					t.Errorf("%s reads %q, which names.go does not guard", f.Name(), n[1])
				}
			}
		}
	}
	if found < 80 {
		t.Errorf("found only %d names: does the pattern still fit the readers?", found)
	}
}
