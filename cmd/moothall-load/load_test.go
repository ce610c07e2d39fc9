package main

import (
	"bytes"
	"context"
	"crypto"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"moothall/actors"
	"moothall/extract"
	"moothall/federation/sign"
)

func readAll(t *testing.T, r io.Reader) []byte {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func testTown(t *testing.T) *town {
	t.Helper()
	town, err := newTown()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { town.close() })
	return town
}

// TestTheNodeBelievesWhatIsSigned holds that both kinds of key sign as a node
// verifies: otherwise the load program would measure refusals.
func TestTheNodeBelievesWhatIsSigned(t *testing.T) {
	town := testTown(t)
	h := &hall{host: "localhost:8080"}
	for _, tt := range []struct {
		street string
		public crypto.PublicKey
	}{{"writer", town.keys.rsa.Public()}, {quickStreet, town.keys.quick.Public()}} {
		host := town.host(tt.street, 1)
		r, id, err := town.post(h, "parks", host, "", "10.0.0.1")
		if err != nil {
			t.Fatal(err)
		}
		body := readAll(t, r.Body)
		claim, err := sign.Parse(r, body, "https://"+h.host, time.Now())
		if err != nil {
			t.Fatalf("%s: %v", tt.street, err)
		}
		owner := actors.URI(actorOf(host))
		if _, err := claim.Prove(sign.Key{ID: string(owner) + "#main-key", Owner: owner, Public: tt.public}); err != nil {
			t.Errorf("%s: %v", tt.street, err)
		}
		if !strings.Contains(string(body), `"id":"`+id+`"`) {
			t.Errorf("the activity does not hold the post %s: %s", id, body)
		}
	}
}

func TestBareInboxStoresWhatIsProved(t *testing.T) {
	town := testTown(t)
	at := beginBareInboxHere(t, town)
	post := func(spoil func(*http.Request)) int {
		r, _, err := town.post(&hall{host: "localhost:8080"}, "parks", town.host("writer", 0), "", "")
		if err != nil {
			t.Fatal(err)
		}
		if err := town.redirect(r, at); err != nil {
			t.Fatal(err)
		}
		spoil(r)
		resp, err := town.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	if got := post(func(*http.Request) {}); got != http.StatusAccepted {
		t.Errorf("a signed post is answered %d", got)
	}
	if got := post(func(r *http.Request) { r.Header.Set("Date", time.Unix(0, 0).UTC().Format(http.TimeFormat)) }); got != http.StatusUnauthorized {
		t.Errorf("a post with another date than the one signed is answered %d", got)
	}
}

func beginBareInboxHere(t *testing.T, town *town) (at string) {
	t.Helper()
	dir := t.TempDir()
	key := filepath.Join(dir, "key.pem")
	if err := os.WriteFile(key, []byte(town.rsaPEM), 0o600); err != nil {
		t.Fatal(err)
	}
	in, out := io.Pipe()
	ended := make(chan error, 1)
	ctx, stop := context.WithCancel(context.Background())
	go func() { ended <- bareInbox(ctx, []string{dir, key}, nil, out) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	line := make([]byte, 64)
	n, err := in.Read(line)
	if err != nil {
		t.Fatal(err)
	}
	_, at, _ = strings.Cut(strings.TrimSpace(string(line[:n])), " ")
	return at
}

func TestBareFanoutReachesEveryInbox(t *testing.T) {
	town := testTown(t)
	hosts := town.hosts("p", 20)
	file := filepath.Join(t.TempDir(), "inboxes")
	var list strings.Builder
	for _, host := range hosts {
		list.WriteString("http://" + host + "/inbox\n")
	}
	if err := os.WriteFile(file, []byte(list.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	e := town.expect("mark 1", len(hosts))
	var out bytes.Buffer
	if err := bareFanout(context.Background(), []string{file}, strings.NewReader("mark 1\n"), &out); err != nil {
		t.Fatal(err)
	}
	if err := e.wait(context.Background(), time.Minute); err != nil {
		t.Error(err)
	}
	if got := out.String(); got != "ready\ndone\n" {
		t.Errorf("it said %q", got)
	}
}

func TestNothingButLoopbackIsReached(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Host) }))
	defer server.Close()
	_, port, _ := strings.Cut(server.Listener.Addr().String(), ":")
	resp, err := (&http.Client{Transport: loopback(1)}).Get("http://hub.example.org:" + port + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got := string(readAll(t, resp.Body)); got != "hub.example.org:"+port {
		t.Errorf("answered as %q", got)
	}
}

func TestReportJudges(t *testing.T) {
	var r report
	r.add(result{What: "a", Value: 0.5, Bare: 0.25, AtMost: 0.6, Of: ofValue})
	r.add(result{What: "b", Value: 0.7, AtMost: 0.6, Of: ofValue})
	r.add(result{What: "c", Value: 3, Against: 2, AtMost: 1.2, Of: ofRatio})
	for i, want := range []struct {
		ratio float64
		pass  bool
	}{{2, true}, {0, false}, {1.5, false}} {
		if got := r.Results[i]; got.Ratio != want.ratio || *got.Pass != want.pass {
			t.Errorf("%s: ratio %v, pass %v; want %v", got.What, got.Ratio, *got.Pass, want)
		}
	}
	var out bytes.Buffer
	if err := r.print(&out, false); err != nil {
		t.Fatal(err)
	}
	if s := out.String(); strings.Count(s, "MISS") != 2 || strings.Count(s, "pass") != 1 {
		t.Errorf("table is\n%s", s)
	}
}

func TestSizesAreBounded(t *testing.T) {
	for _, args := range [][]string{{"--only", "nothing"}, {"--partners", "0"}, {"--stored", "-1"}, {"--repeat", "1000"}, {"what"}} {
		if _, err := parse(args, io.Discard); err == nil {
			t.Errorf("%v is taken", args)
		}
	}
	if _, err := parse([]string{"--only", "inbox,page", "--partners", "10"}, io.Discard); err != nil {
		t.Error(err)
	}
}

func TestLargePaperIsTakenForWhatItIs(t *testing.T) {
	b, err := largePaper(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	if f, err := extract.Sniff("a.docx", bytes.NewReader(b), int64(len(b))); f != extract.DOCX || err != nil || len(b) < 1<<20 {
		t.Errorf("%d bytes are %q: %v", len(b), f, err)
	}
}

func TestMedian(t *testing.T) {
	if got := median([]float64{3, 1, 2}); got != 2 {
		t.Errorf("median of three is %v", got)
	}
	if got := median([]float64{4, 1, 2, 3}); got != 2.5 {
		t.Errorf("median of four is %v", got)
	}
}
