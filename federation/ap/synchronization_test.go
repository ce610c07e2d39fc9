package ap

import (
	"strings"
	"testing"
)

func TestFEP8fcf_Header(t *testing.T) {
	t.Parallel()
	digest := strings.Repeat("ab", 32)
	want := Synchronization{"https://x.example/f", "https://x.example/s?a=1,2", digest}
	for _, good := range []string{
		want.String(),
		`digest="` + strings.ToUpper(digest) + `",url="https://x.example/s?a=1,2" , collectionId="https://x.example/f"`,
		want.String() + `, other="thing"`,
	} {
		if got, err := ParseSynchronization(good); err != nil || got != want {
			t.Errorf("%s: %+v %v", good, got, err)
		}
	}
	for _, bad := range []string{
		"", "x", `collectionId="https://x.example/f"`, want.String() + `, digest="` + digest + `"`, strings.Replace(want.String(), "ab", "zz", 1),
		strings.Replace(want.String(), digest, digest[2:], 1), want.String()[:len(want.String())-1], `collectionId=https://x.example/f, url=y, digest=` + digest,
		want.String() + `, x="` + strings.Repeat("y", 4000) + `"`,
	} {
		if got, err := ParseSynchronization(bad); err == nil {
			t.Errorf("%s was read as %+v", bad, got)
		}
	}
}
