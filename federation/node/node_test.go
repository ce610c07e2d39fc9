package node

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"moothall/actors"
	"moothall/store"
)

func testParts() Parts {
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	return Parts{Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler), Headless: true}
}

func open1(t *testing.T, c Config) *Node {
	t.Helper()
	n, err := New(t.Context(), c, testParts())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.Close() })
	return n
}

func TestHostIsKeptForEver(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	if _, err := New(ctx, Config{Data: dir}, testParts()); !errors.Is(err, ErrNoHost) {
		t.Fatalf("a first start without a host gave %v", err)
	}
	n, err := New(ctx, Config{Data: dir, Host: "north.example", Name: "North Council"}, testParts())
	if err != nil {
		t.Fatal(err)
	}
	n.Close()
	_, err = New(ctx, Config{Data: dir, Host: "south.example"}, testParts())
	if !errors.Is(err, ErrHost) || !strings.Contains(err.Error(), "north.example") {
		t.Errorf("another host gave %v, want a refusal that names the first", err)
	}
	n = open1(t, Config{Data: dir})
	if n.Site.Base != "https://north.example" || n.Site.Name != "North Council" {
		t.Errorf("a later start found %+v", n.Site)
	}
}

func TestC61_HostsFitTheMode(t *testing.T) {
	tests := []struct {
		host        string
		development bool
		ok          bool
	}{
		{"north.example", false, true},
		{"north.example:8080", false, false},
		{"localhost", false, false},
		{"North.example", false, false},
		{"192.0.2.1", false, false},
		{"localhost:8080", true, true},
		{"north.localhost:8081", true, true},
		{"north.example", true, false},
		{"north.example:8080", true, false},
	}
	for _, tt := range tests {
		if err := CheckHost(tt.host, tt.development); (err == nil) != tt.ok {
			t.Errorf("%s with development=%v gave %v", tt.host, tt.development, err)
		}
	}
}

func get(n *Node, method, url string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	n.Handler().ServeHTTP(w, httptest.NewRequest(method, url, nil))
	return w
}

func TestS239_EveryAnswerIsGuarded(t *testing.T) {
	n := open1(t, Config{Data: t.TempDir(), Host: "north.example"})
	for _, url := range []string{"https://north.example/healthz", "https://north.example/nothing", "https://other.example/"} {
		h := get(n, "GET", url).Header()
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
			"Strict-Transport-Security": "max-age=31536000",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", url, name, got, want)
			}
		}
		if h.Get("Permissions-Policy") == "" || h.Get("Content-Security-Policy") == "" || h.Get(requestIDHeader) == "" {
			t.Errorf("%s: headers are %v", url, h)
		}
		if h.Get("Server") != "" {
			t.Errorf("%s: says what it runs on", url)
		}
	}
}

func TestS243_PanicTellsNothing(t *testing.T) {
	var lines strings.Builder
	e := &entrance{
		next: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("secret words") }),
		host: "north.example", now: testParts().Now, requestID: func() string { return "r1" },
		log: slog.New(slog.NewTextHandler(&lines, nil)),
	}
	w := httptest.NewRecorder()
	e.ServeHTTP(w, httptest.NewRequest("GET", "https://north.example/", nil))
	if body := w.Body.String(); w.Code != 500 || strings.Contains(body, "secret") || !strings.Contains(body, "r1") {
		t.Errorf("answer is %d %q", w.Code, body)
	}
	if !strings.Contains(lines.String(), "secret words") || !strings.Contains(lines.String(), "status=500") {
		t.Errorf("log is %s", lines.String())
	}
}

func TestS244_MethodsAreWhatTheySay(t *testing.T) {
	n := open1(t, Config{Data: t.TempDir(), Host: "north.example"})
	for _, method := range []string{"TRACE", "PUT", "DELETE", "PATCH", "BREW"} {
		if w := get(n, method, "https://north.example/healthz"); w.Code != 405 || w.Header().Get("Allow") == "" {
			t.Errorf("%s gave %d", method, w.Code)
		}
	}
	r := httptest.NewRequest("POST", "https://north.example/healthz?_method=GET", strings.NewReader("_method=GET"))
	r.Header.Set("X-HTTP-Method-Override", "GET")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	n.Handler().ServeHTTP(w, r)
	if w.Code != 405 {
		t.Errorf("an override made a POST a GET: %d", w.Code)
	}
}

func TestOtherNamesAreMisdirected(t *testing.T) {
	n := open1(t, Config{Data: t.TempDir(), Host: "north.example"})
	d := open1(t, Config{Data: t.TempDir(), Host: "localhost:8080", Development: true})
	tests := []struct {
		node *Node
		url  string
		want int
	}{
		{n, "https://north.example/x", 404},
		{n, "https://evil.example/x", 421},
		{n, "https://127.0.0.1/x", 421},
		{n, "https://10.0.0.1/healthz", 200},
		{d, "http://127.0.0.1:8080/x", 404},
		{d, "http://[::1]:8080/x", 404},
		{d, "http://evil.example:8080/x", 421},
	}
	for _, tt := range tests {
		if w := get(tt.node, "GET", tt.url); w.Code != tt.want {
			t.Errorf("%s gave %d, want %d", tt.url, w.Code, tt.want)
		}
	}
}

func TestPolicyChangedElsewhereIsSeen(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	n := open1(t, Config{Data: dir, Host: "north.example"})
	other := open1(t, Config{Data: dir})
	decide := func() bool { return n.Decide("south.example", actors.ToPost).OK() }
	if decide() {
		t.Error("a stranger is let in by a node that has not been told of it")
	}
	err := other.DB.Write(ctx, func(tx *store.Tx) error {
		return other.Actions.SetRule(ctx, tx, 0, actors.Rule{Host: "south.example", Verdict: actors.Accept})
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := n.Step(ctx); err != nil {
		t.Fatal(err)
	}
	if !decide() {
		t.Error("what another process allowed is not seen")
	}
}

func TestPolicyChangedHereIsSeenAtOnce(t *testing.T) {
	ctx := context.Background()
	n := open1(t, Config{Data: t.TempDir(), Host: "localhost:8080", Development: true})
	if !n.Decide("south.localhost:8081", actors.ToPost).OK() {
		t.Error("development does not begin open")
	}
	err := n.DB.Write(ctx, func(tx *store.Tx) error { return n.Actions.SetMode(ctx, tx, 0, actors.ModeList) })
	if err != nil {
		t.Fatal(err)
	}
	if n.Decide("south.localhost:8081", actors.ToPost).OK() {
		t.Error("the change is not seen")
	}
}
