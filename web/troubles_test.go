package web

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"moothall/templates"
)

// inSources lists what the first group of an expression matches in files.
func inSources(t *testing.T, pattern, expression string) (found []string) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	e := regexp.MustCompile(expression)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range e.FindAllStringSubmatch(string(raw), -1) {
			found = append(found, m[1])
		}
	}
	if len(found) < 10 {
		t.Fatalf("only %d codes in %s: %v", len(found), pattern, found)
	}
	return found
}

// Whatever code the program writes down, an admin reads it in words.
func TestI5_EveryCodeHasWords(t *testing.T) {
	t.Parallel()
	for _, code := range inSources(t, "../federation/remote/errors.go", `Code\w+\s+Code = "(\w+)"`) {
		if got, none := templates.WhyNotSent(code), templates.WhyNotSent("no such code"); got == none {
			t.Errorf("sending: %s has no words", code)
		}
	}
	door := inSources(t, "../federation/inbox/*.go", `[cC]ode: "(\w+)"`)
	door = append(door, inSources(t, "../federation/sign/*.go", `Code\w+\s+= "(\w+)"`)...)
	for _, code := range door {
		if got, none := templates.WhyTurnedAway(code), templates.WhyTurnedAway("no such code"); got == none {
			t.Errorf("at the door: %s has no words", code)
		}
	}
}

func TestReasonsOfDeliveryInWords(t *testing.T) {
	t.Parallel()
	for reason, want := range map[string]string{
		"status 401":             "their site answers “not authorised”",
		"status 418":             "their site does not take it",
		"status 521":             "their site has a fault",
		"redirect_refused 302":   "their site sends us somewhere else",
		"policy: rule for x.org": "our rules refused their site at that time",
		"status 500, again and again, while the host lives":              "their site has a fault, each time we tried this one",
		"silent since 2026-01-02, 12 deliveries not made (rows 3 to 14)": "they had not answered for a week, so we stopped",
		"status": "their site gave an answer that we did not expect",
		"":       "something went wrong that we have no words for",
	} {
		if got := templates.WhyNotSent(reason); got.Says != want || got.Do == "" {
			t.Errorf("%q: %+v", reason, got)
		}
	}
}
