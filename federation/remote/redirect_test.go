package remote

import (
	"slices"
	"strings"
	"testing"
)

func TestS80_EveryHopOfARedirectIsChecked(t *testing.T) {
	t.Parallel()
	const other = "other.example"
	tests := []struct {
		name string
		to   string
		code Code
		at   []string // asked after the first
	}{
		{"to a metadata service", "http://169.254.169.254/", CodeRedirect, nil},
		{"to a machine", "https://10.0.0.5/x", CodeRedirect, nil},
		{"to localhost", "https://localhost/", CodeRedirect, nil},
		{"to plain HTTP", "http://peer.example/x", CodeRedirect, nil},
		{"to a port", "https://peer.example:8443/x", CodeRedirect, nil},
		{"to a file", "file:///etc/passwd", CodeRedirect, nil},
		{"to data", "data:application/activity+json,{}", CodeRedirect, nil},
		{"to another spelling", "https://ⓟeer.example/x", CodeRedirect, nil},
		{"to a user name", "https://a@peer.example/x", CodeRedirect, nil},
		{"to no place", "", CodeRedirect, nil},
		{"to another host without scheme", "//127.0.0.1/x", CodeRedirect, nil},
		{"to us", "https://commons.example/u/ann", CodeOwnHost, nil},
		{"to a blocked host", "https://blocked.example/x", CodePolicy, nil},
		{"within the host", "/p/2", "", []string{"https://peer.example/p/2"}},
		{"beside it", "2", "", []string{"https://peer.example/p/2"}},
		{"to another host", "https://other.example/p/3", "", []string{"https://other.example/p/3"}},
		{"to another host that claims the first", "https://other.example/p/4", CodeIdentity, []string{"https://other.example/p/4"}},
	}
	for _, tt := range tests {
		w := newTown()
		w.hosts[peer] = site{"/p/1": redirect(tt.to), "/p/2": doc(note("https://peer.example/p/2"))}
		w.hosts[other] = site{"/p/3": doc(note("https://other.example/p/3")), "/p/4": doc(note(noteID))}
		w.hosts[blocked] = site{"/x": doc(note("https://blocked.example/x"))}
		_, err := newClient(w).Fetch(t.Context(), noteID)
		if CodeOf(err) != tt.code || (err == nil) != (tt.code == "") {
			t.Errorf("%s: %v", tt.name, err)
		}
		if got := w.asked()[1:]; !slices.Equal(got, tt.at) {
			t.Errorf("%s: asked %v, want %v", tt.name, got, tt.at)
		}
		for _, s := range w.seen {
			if signed := s.header.Get("Signature") != ""; signed != strings.HasPrefix(s.at, "https://peer.example/") {
				t.Errorf("%s: signed is %v at %s", tt.name, signed, s.at)
			}
		}
	}
}

// A signature never goes on, and signing does not begin again on the way back.
func TestS80_SigningStopsWhereTheHostChanges(t *testing.T) {
	t.Parallel()
	w := newTown()
	w.hosts[peer] = site{"/1": redirect("/2"), "/2": redirect("https://evil.example/3"), "/4": doc(note("https://peer.example/4"))}
	w.hosts[evil] = site{"/3": redirect("https://peer.example/4")}
	if _, err := newClient(w).Fetch(t.Context(), "https://peer.example/1"); err != nil {
		t.Fatal(err)
	}
	var signed []string
	for _, s := range w.seen {
		if sig := s.header.Get("Signature"); sig != "" {
			signed = append(signed, s.at)
			if slices.Contains(signed, sig) {
				t.Error("a signature is used twice")
			}
		}
	}
	if want := []string{"https://peer.example/1", "https://peer.example/2"}; !slices.Equal(signed, want) {
		t.Errorf("signed %v, want %v", signed, want)
	}
}

func TestC24_AtMostThreeRedirects(t *testing.T) {
	t.Parallel()
	w := newTown()
	w.hosts[peer] = site{
		"/0": redirect("/1"), "/1": redirect("/2"), "/2": redirect("/3"), "/3": doc(note("https://peer.example/3")),
		"/long": redirect("/0"), "/loop": redirect("/loop"),
	}
	c := newClient(w)
	if _, err := c.Fetch(t.Context(), "https://peer.example/0"); err != nil {
		t.Errorf("three redirects: %v", err)
	}
	if _, err := c.Fetch(t.Context(), "https://peer.example/long"); CodeOf(err) != CodeRedirect {
		t.Errorf("four redirects: %v", err)
	}
	if _, err := c.Fetch(t.Context(), "https://peer.example/loop"); CodeOf(err) != CodeRedirect {
		t.Errorf("a loop: %v", err)
	}
	if w.count() != 12 {
		t.Errorf("asked %d times, want 12", w.count())
	}
}
