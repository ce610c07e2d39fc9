package browser_test

import (
	"bufio"
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// moothall is the program, built once for all tests.
var moothall = sync.OnceValues(func() (string, error) {
	file := filepath.Join(binaries, "moothall")
	out, err := exec.Command(goTool(), "build", "-o", file, "moothall/cmd/moothall").CombinedOutput()
	if err != nil {
		return string(out), err
	}
	return file, nil
})

// binaries is the folder that moothall is built into.
var binaries string

func TestMain(m *testing.M) {
	var err error
	if binaries, err = os.MkdirTemp("", "moothall-browser-"); err != nil {
		panic(err)
	}
	code := m.Run()
	if err := os.RemoveAll(binaries); err != nil {
		panic(err)
	}
	os.Exit(code)
}

// goTool is the go command of the Makefile.
func goTool() string {
	if named := os.Getenv("GO"); named != "" {
		return named
	}
	return "go"
}

func command(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	file, err := moothall()
	if err != nil {
		t.Fatalf("build moothall: %v\n%s", err, file)
	}
	cmd := exec.Command(file, args...)
	cmd.Dir = t.TempDir()
	for _, line := range os.Environ() {
		if !strings.HasPrefix(line, "MOOTHALL_") {
			cmd.Env = append(cmd.Env, line)
		}
	}
	return cmd
}

// process is a moothall that runs.
type process struct {
	t     testing.TB
	cmd   *exec.Cmd
	lines *bufio.Scanner
	ended bool
}

func start(t testing.TB, args ...string) *process {
	t.Helper()
	cmd := command(t, args...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{t: t, cmd: cmd, lines: bufio.NewScanner(out)}
	t.Cleanup(func() {
		p.killed()
		if t.Failed() {
			t.Logf("log of moothall %s:\n%s", strings.Join(args, " "), log.String())
		}
	})
	return p
}

// killed ends it as a power cut does.
func (p *process) killed() {
	if p.ended {
		return
	}
	p.ended = true
	if err := p.cmd.Process.Kill(); err != nil {
		p.t.Error(err)
	}
	_ = p.cmd.Wait() // says that it was killed
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

// run runs a command to its end and returns what it printed.
func run(t testing.TB, in string, args ...string) string {
	t.Helper()
	cmd := command(t, args...)
	cmd.Stdin = strings.NewReader(in)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("moothall %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// freePort is one that nobody listens on.
func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}
