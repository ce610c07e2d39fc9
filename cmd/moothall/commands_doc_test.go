package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestEveryCommandIsOnThePage compares docs/admin/commands.md with the commands:
// each has a section with an example, and says which of --json and --dry-run it
// knows.
func TestEveryCommandIsOnThePage(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("../../docs/admin/commands.md")
	if err != nil {
		t.Fatal(err)
	}
	sections := strings.Split(string(b), "\n## moothall ")[1:]
	var named []string
	for _, s := range sections {
		name, text, _ := strings.Cut(s, "\n")
		text, _, _ = strings.Cut(text, "\n## ")
		named = append(named, name)
		i := slices.IndexFunc(commands(), func(c command) bool { return c.name == name })
		if i < 0 {
			t.Errorf("commands.md explains %q, which is no command", name)
			continue
		}
		c := commands()[i]
		if !strings.Contains(text, "    moothall "+name) {
			t.Errorf("%s has no example", name)
		}
		if strings.Contains(text, "`--json`") != c.prints || strings.Contains(text, "`--dry-run`") != c.changes {
			t.Errorf("%s: what the page says of --json and --dry-run is not so", name)
		}
		for _, flag := range regexp.MustCompile(`--[a-z-]+`).FindAllString(c.form, -1) {
			if name != "serve" && !strings.Contains(text, flag) {
				t.Errorf("%s: %s is not mentioned", name, flag)
			}
		}
	}
	for _, c := range commands() {
		if !slices.Contains(named, c.name) {
			t.Errorf("commands.md does not explain %q", c.name)
		}
	}
}
