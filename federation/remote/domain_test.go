package remote

import (
	"fmt"
	"testing"

	"moothall/actors"
)

func TestS105_DomainIsWhatSomebodyRegistered(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{
		"evil.example": "evil.example", "a1.evil.example": "evil.example", "x.a1.evil.example": "evil.example",
		"news.water.gov.uk": "water.gov.uk", "fire.gov.uk": "fire.gov.uk", "gov.uk": "gov.uk",
		"a.example:8443": "a.example", "beta.localhost:8082": "beta.localhost", "localhost": "localhost",
		"127.0.0.2:8080": "127.0.0.2:8080", "127.0.0.2": "127.0.0.2", "[2001:db8::1]:443": "[2001:db8::1]:443",
		"xn--bcher-kva.example": "xn--bcher-kva.example", "": "",
	} {
		if got := Domain(host); got != want {
			t.Errorf("Domain(%q) = %q, want %q", host, got, want)
		}
	}
}

func TestS105_SubdomainsShareTheBudgetForKeys(t *testing.T) {
	t.Parallel()
	s := newShop()
	for n := range 1000 {
		host := fmt.Sprintf("a%d.evil.example", n)
		s.town.hosts[host] = site{}
		_, _ = s.KeyFor(t.Context(), fmt.Sprintf("https://%s/u/x#main-key", host), fmt.Sprintf("198.51.100.%d", n%250))
	}
	if n := s.town.count(); n != fetchesPerHost {
		t.Errorf("a thousand names under one domain caused %d fetches, want %d", n, fetchesPerHost)
	}
	s.town.hosts[peer] = site{"/u/ann": doc(person(t, annID, 1, nil))}
	if _, err := s.KeyFor(t.Context(), annKey, "203.0.113.9"); err != nil {
		t.Errorf("another domain suffers: %v", err)
	}
}

func TestS105_SubdomainsShareTheBudgetForQuestionsAboutMembers(t *testing.T) {
	t.Parallel()
	m := &Members{Now: newClock().Now}
	refused := 0
	for n := range 100 {
		group := actors.URI(fmt.Sprintf("https://peer.example/c/g%d", n))
		if m.spend(group, actors.URI(fmt.Sprintf("https://a%d.evil.example/u/x", n))) != nil {
			refused++
		}
	}
	if refused != 100-asksPerHost {
		t.Errorf("%d of 100 questions refused, want %d", refused, 100-asksPerHost)
	}
}
