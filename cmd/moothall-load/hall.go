package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// build makes the program that is measured, the way it is released.
func (b *bench) build(ctx context.Context) error {
	if b.binary != "" {
		return nil
	}
	b.binary = filepath.Join(b.dir, "moothall")
	goTool := os.Getenv("GO")
	if goTool == "" {
		goTool = "go"
	}
	cmd := exec.CommandContext(ctx, goTool, "build", "-trimpath", "-ldflags", "-s -w", "-o", b.binary, "./cmd/moothall")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build moothall: %w\n%s", err, out)
	}
	return nil
}

// hall is a node with its data folder. It is a process only while it runs.
type hall struct {
	*process
	bench  *bench
	data   string
	host   string
	client *http.Client
}

// newHall prepares a node that has never been started.
func (b *bench) newHall(name string) (*hall, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	return &hall{
		bench: b, data: filepath.Join(b.dir, name), host: fmt.Sprintf("localhost:%d", port),
		client: &http.Client{Transport: loopback(64), Timeout: 30 * time.Second},
	}, nil
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a port: %w", err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	return port, l.Close()
}

func (h *hall) url(path string) string { return "http://" + h.host + path }

// start runs the node and returns how long it took until it answered. A request
// may say where it comes from, as behind a proxy: strangers are told apart by
// their addresses, and there is only one here.
func (h *hall) start(ctx context.Context) (time.Duration, error) {
	began := time.Now()
	p, err := begin(ctx, h.data+".log", false, h.bench.binary,
		"serve", "--development", "--host", h.host, "--data", h.data, "--proxies", "127.0.0.1", "--log", "json")
	if err != nil {
		return 0, err
	}
	h.process = p
	for end := began.Add(startPatience); time.Now().Before(end); {
		if h.answers(ctx) {
			return time.Since(began), nil
		}
		select {
		case err := <-p.done:
			return 0, fmt.Errorf("moothall ended at once: %v\n%s", err, lastLines(h.data+".log"))
		case <-time.After(2 * time.Millisecond):
		}
	}
	return 0, fmt.Errorf("moothall does not answer after %s\n%s", startPatience, lastLines(h.data+".log"))
}

const startPatience = 30 * time.Second

func (h *hall) answers(ctx context.Context) bool {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, h.url("/healthz"), nil)
	if err != nil {
		return false
	}
	resp, err := h.client.Do(r)
	if err != nil {
		return false
	}
	return resp.Body.Close() == nil && resp.StatusCode == http.StatusOK
}

func lastLines(file string) string {
	raw, err := os.ReadFile(file)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
	return strings.Join(lines[max(0, len(lines)-20):], "\n")
}

// command runs another command of the program on this node's data.
func (h *hall) command(ctx context.Context, stdin string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, h.bench.binary, append(args, "--data", h.data)...)
	var errs bytes.Buffer
	cmd.Stdin, cmd.Stderr = strings.NewReader(stdin), &errs
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("moothall %s: %w: %s", strings.Join(args, " "), err, errs.String())
	}
	return strings.TrimSpace(string(out)), nil
}

const (
	facilitator = "ann"
	email       = "ann@north.example"
	password    = "seven green canal boats"
)

// furnish makes one person and the communities that are named.
func (h *hall) furnish(ctx context.Context, communities ...string) error {
	_, err := h.command(ctx, password+"\n", "user", "create", facilitator, "--email", email, "--role", "admin", "--password-stdin")
	if err != nil {
		return err
	}
	for _, name := range communities {
		if _, err := h.command(ctx, "", "community", "create", name, "--title", "All about "+name, "--facilitator", facilitator); err != nil {
			return err
		}
	}
	return nil
}

// opened starts a node with one person and the communities that are named.
func (b *bench) opened(ctx context.Context, name string, communities ...string) (*hall, error) {
	h, err := b.newHall(name)
	if err != nil {
		return nil, err
	}
	if _, err := h.start(ctx); err != nil {
		return nil, err
	}
	return h, h.furnish(ctx, communities...)
}
