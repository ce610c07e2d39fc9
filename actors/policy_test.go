package actors

import "testing"

var purposes = []Purpose{ToReceive, ToFetch, ToServe, ToFollow, ToPost, ToReply, ToReport, ToDeliver, ToShow}

// A blocked host is blocked in every spelling, for every purpose, in every mode.
func TestS202_SpellingsOfABlockedHostAreRefused(t *testing.T) {
	t.Parallel()
	blocked := []string{
		"evil.example", "EVIL.example", "Evil.Example", "evil.example.", "EVIL.example.", "evil.example:443",
		"evil.example.:443", "EVIL.EXAMPLE.:8443", "a.evil.example", "a.b.evil.example", "A.EVIL.example.",
		"xn--vil-example.evil.example", "ⓔvil.example", "ｅvil.example", "evil。example", "ev\u00adil.example",
		"evil.example..", ".evil.example", "evil..example", "evil.example/", "evil.example ", " evil.example",
		"user@evil.example", "%65vil.example", "evil.example\x00", "[::1]", "", ".", ":443",
	}
	for _, mode := range []Mode{ModeList, ModePublic, ModeOpen, "", "nonsense"} {
		for _, rule := range []string{"evil.example", "EVIL.example", "evil.example."} {
			p := NewPolicy(mode, []Rule{{Host: rule, Verdict: Refuse}})
			for _, host := range blocked {
				for _, purpose := range purposes {
					if d := p.Decide(host, purpose); d.Verdict != Refuse || d.Rule == "" {
						t.Errorf("mode %q, rule %q: Decide(%q, %s) = %v %q", mode, rule, host, purpose, d.Verdict, d.Rule)
					}
				}
			}
		}
	}
}

func TestS202_OtherHostsAreNotBlockedByLikeness(t *testing.T) {
	t.Parallel()
	p := NewPolicy(ModeOpen, []Rule{{Host: "evil.example", Verdict: Refuse}})
	for _, host := range []string{"notevil.example", "evil.example.net", "example", "evil-example.org", "xn--evil.example"} {
		for _, purpose := range purposes {
			if d := p.Decide(host, purpose); d.Verdict != Accept {
				t.Errorf("Decide(%q, %s) = %v %q", host, purpose, d.Verdict, d.Rule)
			}
		}
	}
}

func TestS202_ExactRuleLeavesSubdomainsAlone(t *testing.T) {
	t.Parallel()
	p := NewPolicy(ModeOpen, []Rule{{Host: "evil.example", Verdict: Refuse, Exact: true}})
	if p.Decide("EVIL.example.", ToReceive).OK() {
		t.Error("the host itself is let in")
	}
	if !p.Decide("a.evil.example", ToReceive).OK() {
		t.Error("a host below an exact rule is refused")
	}
}

func TestMostSpecificRuleWins(t *testing.T) {
	t.Parallel()
	p := NewPolicy(ModeList, []Rule{
		{Host: "gov.example", Verdict: Accept},
		{Host: "bad.gov.example", Verdict: Refuse},
		{Host: "new.bad.gov.example", Verdict: Hold},
		{Host: "bad.gov.example:8443", Verdict: Accept},
	})
	for host, want := range map[string]Verdict{
		"gov.example": Accept, "x.gov.example": Accept, "bad.gov.example": Refuse, "a.bad.gov.example": Refuse,
		"new.bad.gov.example": Hold, "b.new.bad.gov.example": Hold, "other.example": Refuse,
		"bad.gov.example:8443": Accept, "bad.gov.example:9999": Refuse, "example": Refuse,
	} {
		if d := p.Decide(host, ToReceive); d.Verdict != want {
			t.Errorf("Decide(%q) = %v by %q, want %v", host, d.Verdict, d.Rule, want)
		}
	}
}

func TestHoldIsAboutWhatComesIn(t *testing.T) {
	t.Parallel()
	p := NewPolicy(ModeList, []Rule{{Host: "new.example", Verdict: Hold}})
	for purpose, want := range map[Purpose]Verdict{
		ToPost: Hold, ToReply: Hold, ToReport: Hold, ToReceive: Hold, ToFollow: Hold, ToServe: Hold,
		ToDeliver: Accept, ToFetch: Accept, ToShow: Accept,
	} {
		if d := p.Decide("new.example", purpose); d.Verdict != want {
			t.Errorf("%s = %v, want %v", purpose, d.Verdict, want)
		}
	}
}

func TestModesDecideForStrangers(t *testing.T) {
	t.Parallel()
	public := map[Purpose]Verdict{
		ToReceive: Accept, ToFetch: Accept, ToServe: Refuse, ToFollow: Accept, ToPost: Refuse,
		ToReply: Refuse, ToReport: Refuse, ToDeliver: Accept, ToShow: Accept,
	}
	for _, purpose := range purposes {
		if d := (Policy{}).Decide("a.example", purpose); d.Verdict != Refuse {
			t.Errorf("the zero policy: %s = %v", purpose, d.Verdict)
		}
		if d := NewPolicy(ModeList, nil).Decide("a.example", purpose); d.Verdict != Refuse {
			t.Errorf("list: %s = %v", purpose, d.Verdict)
		}
		if d := NewPolicy(ModePublic, nil).Decide("a.example", purpose); d.Verdict != public[purpose] {
			t.Errorf("public: %s = %v", purpose, d.Verdict)
		}
		if d := NewPolicy(ModeOpen, nil).Decide("a.example", purpose); d.Verdict != Accept {
			t.Errorf("open: %s = %v", purpose, d.Verdict)
		}
	}
	if d := NewPolicy(ModeOpen, nil).Decide("127.0.0.1:8080", ToReceive); !d.OK() {
		t.Errorf("a development host: %v %q", d.Verdict, d.Rule)
	}
}
