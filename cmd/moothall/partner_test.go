package main

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestPartnersAreListedShownAndTried(t *testing.T) {
	at := []string{"--data", t.TempDir(), "--host", "north.example"}
	with := func(args ...string) []string { return append(args, at...) }
	if out := good(t, with("partner", "list")...); out != "There are none.\n" {
		t.Errorf("at first: %q", out)
	}
	good(t, with("policy", "allow", "south.example", "--reason", "agreed in March")...)
	good(t, with("policy", "block", "evil.example")...)
	want := "fine     south.example  Nothing has been sent to them yet.\nrefused  evil.example  Nothing is exchanged: it was decided about evil.example.\n"
	if out := good(t, with("partner", "list")...); out != want {
		t.Errorf("listed\n%swant\n%s", out, want)
	}
	if out := good(t, with("partner", "list", "refused")...); strings.Contains(out, "south.example") {
		t.Errorf("only those refused: %s", out)
	}
	if out := good(t, with("partner", "retry", "south.example", "--dry-run")...); !strings.Contains(out, "Nothing was changed") {
		t.Errorf("a dry run said %q", out)
	}
	if out := good(t, with("partner", "show", "south.example")...); strings.Contains(out, "retry") || !strings.Contains(out, "rule for south.example") {
		t.Errorf("shown: %s", out)
	}
	good(t, with("partner", "retry", "south.example")...)
	var shown struct {
		State string
		Retry struct{ Asked string } `json:"last_retry"`
	}
	if err := json.Unmarshal([]byte(good(t, with("partner", "show", "south.example", "--json")...)), &shown); err != nil {
		t.Fatal(err)
	}
	if shown.State != "fine" || shown.Retry.Asked == "" {
		t.Errorf("after a retry: %+v", shown)
	}
	for _, args := range [][]string{
		with("partner", "retry", "evil.example"), with("partner", "retry", "nobody.example"), with("partner", "show", "nobody.example"),
		with("partner", "list", "lost"), with("partner", "retry"),
	} {
		if code, out, _ := run1(t, "", args...); code == 0 {
			t.Errorf("%v was done: %s", args, out)
		}
	}
}
