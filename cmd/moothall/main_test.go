package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"moothall/actors"
	"moothall/extract/apart"
	"moothall/federation/node"
	"moothall/store"
	"moothall/templates"
)

// TestMain lets the test binary be moothall, so that whole processes are tested.
func TestMain(m *testing.M) {
	if os.Getenv("TEST_BE_MOOTHALL") == "yes" || slices.Equal(os.Args[1:], []string{apart.Command}) {
		main()
		return
	}
	os.Exit(m.Run())
}

// process is a moothall that runs.
type process struct {
	t     *testing.T
	cmd   *exec.Cmd
	lines *bufio.Scanner
}

// environment is what a process of the tests is given: none of our settings.
func environment(extra ...string) []string {
	env := []string{"TEST_BE_MOOTHALL=yes"}
	for _, line := range os.Environ() {
		if !strings.HasPrefix(line, "MOOTHALL_") {
			env = append(env, line)
		}
	}
	return append(env, extra...)
}

func start(t *testing.T, dir string, args ...string) *process {
	t.Helper()
	if _, err := templates.New(templates.Assets()); err != nil && os.Getenv("CI") != "true" {
		t.Skip("a server needs its style sheet: ", err)
	}
	cmd := exec.Command(os.Args[0], args...)
	cmd.Dir, cmd.Env = dir, environment()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if cmd.ProcessState == nil {
			_ = cmd.Process.Kill() // the test has failed already
			_ = cmd.Wait()
		}
		if t.Failed() {
			t.Logf("its log:\n%s", log.String())
		}
	})
	return &process{t, cmd, bufio.NewScanner(out)}
}

// says reads lines until one matches, and returns what the first group matched.
func (p *process) says(pattern string) string {
	p.t.Helper()
	re, seen := regexp.MustCompile(pattern), ""
	for p.lines.Scan() {
		if m := re.FindStringSubmatch(p.lines.Text()); m != nil {
			return m[len(m)-1]
		}
		seen += p.lines.Text() + "\n"
	}
	p.t.Fatalf("it never said %s, but:\n%s", pattern, seen)
	return ""
}

// ends sends SIGTERM and returns what was still said.
func (p *process) ends() string {
	p.t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Fatal(err)
	}
	var rest strings.Builder
	for p.lines.Scan() {
		rest.WriteString(p.lines.Text() + "\n")
	}
	if err := p.cmd.Wait(); err != nil {
		p.t.Errorf("after SIGTERM: %v", err)
	}
	return rest.String()
}

// call runs a command in this process.
func run1(t *testing.T, in string, args ...string) (code int, out, words string) {
	t.Helper()
	var o, e bytes.Buffer
	p := program{In: strings.NewReader(in), Out: &o, Err: &e}
	code = p.Run(context.Background(), args)
	return code, o.String(), e.String()
}

func good(t *testing.T, args ...string) string {
	t.Helper()
	code, out, words := run1(t, "", args...)
	if code != 0 {
		t.Fatalf("moothall %s: exit %d: %s", strings.Join(args, " "), code, words)
	}
	return out
}

func TestServeNeedsNothing(t *testing.T) {
	dir := t.TempDir()
	p := start(t, dir, "serve", "--listen", "127.0.0.1:0")
	address := p.says(`is at (http://localhost:\d+)/`)
	link := p.says(`first admin.* (http://\S+/join/\S+)`)
	if !strings.HasPrefix(link, address) {
		t.Errorf("the link is %s, the address %s", link, address)
	}
	p.says("in development")
	if status := statusOf(t, address+"/healthz"); status != http.StatusOK {
		t.Errorf("it answers %d", status)
	}
	if status := statusOf(t, link); status != http.StatusOK {
		t.Errorf("the first admin's link answers %d", status)
	}
	data := filepath.Join(dir, "moothall-data")
	good(t, "user", "create", "alice", "--email", "alice@north.example", "--role", "admin", "--data", data)
	token := good(t, "user", "token", "alice", "--data", data)
	if strings.Count(token, "\n") != 1 || len(strings.TrimSpace(token)) < 40 {
		t.Errorf("user token printed %q", token)
	}
	good(t, "community", "create", "parks", "--title", "Parks", "--facilitator", "alice", "--data", data)
	post := postAs(t, address, strings.TrimSpace(token), `{"type":"Question","name":"When do you plant trees?","content":"I *wonder*.",`+
		`"mediaType":"text/markdown","to":["`+address+`/c/parks"],"audience":"`+address+`/c/parks"}`)
	if status := statusOf(t, post); status != http.StatusOK {
		t.Errorf("the activity %s answers %d", post, status)
	}
	if out := good(t, "doctor", "--deep", "--data", data); strings.Contains(out, "bad") || !strings.Contains(out, "answers at its address") ||
		!strings.Contains(out, "can be written, read and deleted in "+filepath.Join(data, "files")) {
		t.Errorf("the doctor says\n%s", out)
	}
	p.ends()

	p = start(t, dir, "serve")
	if again := p.says(`is at (http://localhost:\d+)/`); again != address {
		t.Errorf("it comes back at %s, it was at %s", again, address)
	}
	p.says("in development")
	if rest := p.ends(); strings.Contains(rest, "/join/") {
		t.Errorf("there is an admin, and still it said\n%s", rest)
	}
}

func statusOf(t *testing.T, url string) int {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(url, "/a/") {
		r.Header.Set("Accept", "application/activity+json")
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode
}

// postAs posts to alice's outbox and returns where the activity is.
func postAs(t *testing.T, address, token, document string) string {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, address+"/u/alice/outbox", strings.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/activity+json")
	r.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusCreated || resp.Header.Get("Location") == "" {
		t.Fatalf("POST to the outbox: %d %s %v", resp.StatusCode, body, err)
	}
	return resp.Header.Get("Location")
}

func TestS228_TwoServersOneFolder(t *testing.T) {
	dir := t.TempDir()
	p := start(t, dir, "serve", "--listen", "127.0.0.1:0")
	p.says("in development")
	code, _, words := run1(t, "", "serve", "--listen", "127.0.0.1:0", "--data", filepath.Join(dir, "moothall-data"))
	if code != 1 || !strings.Contains(words, "another moothall serve") {
		t.Errorf("a second one: exit %d, %s", code, words)
	}
	p.ends()
}

// TestDemoFederates looks into the three databases afterwards: each council
// holds all debates and documents, whoever began them.
func TestDemoFederates(t *testing.T) {
	dir := t.TempDir()
	p := start(t, dir, "demo", "--data", "halls", "--port", "0")
	p.says("They are ready")
	for range 3 {
		p.says(`address +(http://\S+)/`)
	}
	p.says("Ctrl-C")
	p.ends()
	s, err := readScript()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range s.councils {
		h := lookInto(t, filepath.Join(dir, "halls", c.key))
		for _, hall := range s.communities {
			want := len(hall.debates)
			for _, p := range s.papersIn(hall.name) {
				if p.withdrawn == "" && p.draft.Audience == "" {
					want++
				}
			}
			if h.counts[hall.name] != want {
				t.Errorf("%s holds %d of the %d debates and documents of %s", c.key, h.counts[hall.name], want, hall.name)
			}
		}
		for _, p := range s.papers {
			want := len(p.editions)
			if p.withdrawn != "" || p.draft.Audience != "" {
				want = 0
			}
			if h.versions[p.draft.Title] != want {
				t.Errorf("%s shows %d of the %d versions of %q to everybody", c.key, h.versions[p.draft.Title], want, p.draft.Title)
			}
		}
	}
}

// held is what everyone may read at a council: discussions of each community and
// versions of each document, by its title.
type held struct{ counts, versions map[string]int }

func lookInto(t *testing.T, data string) held {
	t.Helper()
	ctx := t.Context()
	n, err := node.New(ctx, node.Config{Data: data}, node.Parts{Headless: true})
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	h := held{map[string]int{}, map[string]int{}}
	err = n.DB.Read(ctx, func(tx *store.Tx) error {
		list, err := tx.Communities(ctx, actors.Viewer{}, store.CommunityFilter{}, store.Page{})
		if err != nil {
			return err
		}
		for _, c := range list {
			if h.counts[c.Name], err = tx.CountDiscussions(ctx, actors.Viewer{}, c.ID); err != nil {
				return err
			}
		}
		papers, err := tx.Library(ctx, actors.Viewer{}, store.LibraryFilter{}, store.Page{Size: 100})
		for _, p := range papers {
			h.versions[p.Title] = p.Doc.Number
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestDemoScriptIsWhole(t *testing.T) {
	s, err := readScript()
	if err != nil {
		t.Fatal(err)
	}
	debates, replies, remarks, people := 0, 0, 0, map[string]bool{}
	for _, c := range s.councils {
		for _, r := range c.people {
			people[r.name+"@"+c.key] = true
		}
	}
	for _, c := range s.communities {
		members := map[string]bool{c.facilitator: true}
		for _, m := range c.members {
			members[m] = true
		}
		said := func(by, text string) {
			if !people[by] || !members[by] || strings.TrimSpace(text) == "" {
				t.Errorf("in %s, %s (member: %v) says %q", c.name, by, members[by], text)
			}
		}
		for _, d := range c.debates {
			debates++
			said(d.by, d.text)
			for _, r := range d.replies {
				replies++
				said(r.by, r.text)
				for _, why := range []*remark{r.reported, r.hidden} {
					if why != nil {
						remarks++
						said(why.by, why.why)
					}
				}
			}
			if d.closed != nil {
				remarks++
				said(d.closed.by, d.closed.why)
			}
		}
	}
	if remarks < 3 {
		t.Errorf("%d posts are reported, hidden or closed", remarks)
	}
	if len(s.communities) < 4 || debates < 20 || replies < 60 {
		t.Errorf("%d communities, %d debates, %d replies", len(s.communities), debates, replies)
	}
}
