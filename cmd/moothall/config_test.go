package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/configuration.md")

func TestSettingsCountInOrder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "moothall.conf")
	write(t, file, "# ours\nname = \"From the file\"\nlisten = 127.0.0.1:1\ndata = file-data\n")
	secret := filepath.Join(t.TempDir(), "url")
	write(t, secret, "postgres://somewhere/else\n")
	env := []string{"MOOTHALL_LISTEN=127.0.0.1:2", "MOOTHALL_DATA=", "MOOTHALL_CONFIG=" + file, "MOOTHALL_DATABASE_FILE=" + secret, "HOME=/"}
	c, err := load("", env, map[string]string{"listen": "127.0.0.1:3"})
	if err != nil {
		t.Fatal(err)
	}
	if c.Name != "From the file" || c.Listen != "127.0.0.1:3" || c.Data != "file-data" || c.Database != "postgres://somewhere/else" {
		t.Errorf("settings are %+v", c)
	}
	code, out, _ := run1(t, "", "check-config", "--database", "postgres://u:secret@h/d")
	if code != 0 || strings.Contains(out, "secret") || !strings.Contains(out, "(hidden)") {
		t.Errorf("check-config printed\n%s", out)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestUnknownSettingsAreRefusedByName(t *testing.T) {
	file := filepath.Join(t.TempDir(), "moothall.conf")
	write(t, file, "listen = 127.0.0.1:1\nlisten_on = 127.0.0.1:2\n")
	twice := filepath.Join(t.TempDir(), "twice.conf")
	write(t, twice, "name = a\nname = b\n")
	tests := []struct {
		name  string
		env   []string
		args  []string
		wants string
	}{
		{"file", nil, []string{"version", "--config", file}, "listen_on"},
		{"twice", nil, []string{"version", "--config", twice}, "twice"},
		{"no file", nil, []string{"version", "--config", file + "x"}, "no settings file"},
		{"environment", []string{"MOOTHALL_HOTS=x"}, []string{"version"}, "MOOTHALL_HOTS"},
		{"file of no secret", []string{"MOOTHALL_NAME_FILE=x"}, []string{"version"}, "MOOTHALL_NAME_FILE"},
		{"flag", nil, []string{"version", "--hots", "x"}, "hots"},
		{"command", nil, []string{"sevre"}, "sevre"},
		{"neither", []string{"MOOTHALL_DEVELOPMENT=perhaps"}, []string{"version"}, "development"},
		{"policy", nil, []string{"version", "--policy", "closed"}, "policy"},
		{"storage", nil, []string{"version", "--storage", "/srv/files"}, "setting storage: must be file:PATH"},
		{"proxies", nil, []string{"version", "--proxies", "everyone"}, "everyone"},
		{"public development", nil, []string{"serve", "--development", "--host", "north.example"}, "development"},
		{"public port", nil, []string{"serve", "--host", "north.example:8080"}, "port"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var o, e strings.Builder
			p := program{Env: tt.env, In: strings.NewReader(""), Out: &o, Err: &e}
			if code := p.Run(t.Context(), tt.args); code == 0 {
				t.Errorf("it was taken: %s", o.String())
			}
			if !strings.Contains(e.String(), tt.wants) || strings.Count(e.String(), "\n") != 1 {
				t.Errorf("it said %q, want one line with %q", e.String(), tt.wants)
			}
		})
	}
}

func TestDryRunChangesNothing(t *testing.T) {
	data := t.TempDir()
	at := []string{"--data", data, "--host", "north.example"}
	with := func(args ...string) []string { return append(args, at...) }
	good(t, with("user", "create", "alice", "--email", "alice@north.example")...)
	for _, args := range [][]string{
		with("user", "create", "bob", "--email", "bob@north.example", "--dry-run"),
		with("community", "create", "parks", "--title", "Parks", "--facilitator", "alice", "--dry-run"),
		with("policy", "allow", "south.example", "--dry-run"),
		with("policy", "mode", "open", "--dry-run"),
		with("user", "token", "alice", "--dry-run"),
	} {
		if out := good(t, args...); !strings.Contains(out, "Nothing was changed") {
			t.Errorf("%v said %q", args, out)
		}
	}
	if code, _, _ := run1(t, "", with("user", "token", "bob")...); code != 1 {
		t.Error("the dry run made bob")
	}
	if out := good(t, with("policy", "list")...); out != "mode list\n" {
		t.Errorf("the rules are now %q", out)
	}
	if code, _, words := run1(t, "", with("user", "create", "alice", "--email", "a@north.example", "--dry-run")...); code != 1 || !strings.Contains(words, "taken") {
		t.Errorf("a dry run that would fail: %d %q", code, words)
	}
}

func TestPolicyIsKeptAndForgotten(t *testing.T) {
	at := []string{"--data", t.TempDir(), "--host", "north.example"}
	with := func(args ...string) []string { return append(args, at...) }
	good(t, with("policy", "allow", "south.example", "--reason", "agreed in March")...)
	good(t, with("policy", "block", "evil.example")...)
	good(t, with("policy", "mode", "public")...)
	want := "mode public\nrefuse evil.example\naccept south.example  agreed in March\n"
	if out := good(t, with("policy", "list")...); out != want {
		t.Errorf("the rules are\n%swant\n%s", out, want)
	}
	good(t, with("policy", "forget", "evil.example")...)
	for _, args := range [][]string{
		with("policy", "forget", "evil.example"), with("policy", "block", "NORTH.example"), with("policy", "block", "north.example"),
		with("policy", "mode", "shut"), with("policy", "allow"),
	} {
		if code, out, _ := run1(t, "", args...); code == 0 {
			t.Errorf("%v was done: %s", args, out)
		}
	}
}

func TestPasswordComesFromStandardInput(t *testing.T) {
	at := []string{"--data", t.TempDir(), "--host", "north.example", "--email", "alice@north.example", "--password-stdin"}
	for _, weak := range []string{"", "short", "password12345"} {
		if code, _, words := run1(t, weak+"\n", append([]string{"user", "create", "alice"}, at...)...); code != 1 {
			t.Errorf("%q was taken: %s", weak, words)
		}
	}
	code, out, words := run1(t, "correct horse battery\n", append([]string{"user", "create", "alice", "--json"}, at...)...)
	if code != 0 || strings.Contains(out, "link") || !strings.Contains(out, `"handle": "@alice@north.example"`) {
		t.Errorf("exit %d, %s%s", code, out, words)
	}
}

// TestConfigurationPageIsCurrent compares docs/configuration.md with the struct
// that it is made from.
func TestConfigurationPageIsCurrent(t *testing.T) {
	path, page := filepath.Join("..", "..", "docs", "configuration.md"), configurationPage()
	if *update {
		write(t, path, page)
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != page {
		t.Errorf("%s is not what the settings say: run go test ./cmd/moothall -run Configuration -update", path)
	}
}

func configurationPage() string {
	var b strings.Builder
	b.WriteString(`# Settings

Every setting is a line of the file that ` + "`--config`" + ` or ` + "`MOOTHALL_CONFIG`" + ` names, a variable of the environment, and a
flag. The environment counts more than the file, a flag more than both. A name that is not a setting is refused, so that
a slip of the pen does not pass. An empty variable is one that is not set. ` + "`moothall check-config`" + ` prints what is in
force, with secrets hidden.

The file has lines of the form ` + "`key = value`" + `; a line that begins with ` + "`#`" + ` is a remark.

| Key | Variable | Meaning | When unset |
| --- | --- | --- | --- |
`)
	for _, s := range settings() {
		unset := s.unset
		if s.fallback != "" {
			unset = "`" + s.fallback + "`"
		}
		if s.yesNo {
			unset = "no"
		}
		variable := "`" + s.variable() + "`"
		if s.secret {
			variable += ", or `" + s.variable() + "_FILE`, which names a file that holds it"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", s.key, variable, s.help, unset)
	}
	b.WriteString("\nThis page is made from the program (`cmd/moothall/config.go`).\n")
	return b.String()
}
