package extract

import (
	"slices"
	"testing"
)

// TestDOC1_WhateverStopsAFileHasAKind: a policy that does not know of a finding would
// let it through.
func TestDOC1_WhateverStopsAFileHasAKind(t *testing.T) {
	for code, s := range severities {
		kind, known := stopKinds[code]
		if mayStop := s == Stop || isPattern[code] || code == Unreadable; mayStop != known {
			t.Errorf("%s may stop a file: %t, and has a kind: %t", code, mayStop, known)
		}
		if known && !slices.Contains(StopKinds(), kind) {
			t.Errorf("%s has a kind that nobody can choose: %s", code, kind)
		}
	}
}

func TestDOC1_OnlyWhatStopsIsBarred(t *testing.T) {
	for _, test := range []struct {
		found Finding
		want  bool
	}{
		{Finding{Code: HiddenRows, Severity: Stop}, true},
		{Finding{Code: Phone, Severity: Stop}, true},
		{Finding{Code: Phone, Severity: Warn}, false}, // a few only
		{Finding{Code: PivotCache, Severity: Stop}, false},
	} {
		if got := test.found.IsBarred([]StopKind{StopHidden, StopPeople}); got != test.want {
			t.Errorf("%+v: barred %t", test.found, got)
		}
	}
	if unread := (Finding{Code: Unreadable, Severity: Warn}); !unread.IsBarred([]StopKind{StopUnread}) || unread.IsBarred([]StopKind{StopHidden}) {
		t.Error("a file that could not be checked is stopped where the site says so, and nowhere else")
	}
	if (Finding{Code: HiddenRows, Severity: Stop}).IsBarred(nil) {
		t.Error("barred where a reason is enough for everything")
	}
}
