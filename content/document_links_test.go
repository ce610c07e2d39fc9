package content

import (
	"testing"

	"moothall/actors"

	"github.com/google/go-cmp/cmp"
)

func TestDOC6_DocumentsInAText(t *testing.T) {
	name := string(NewDocumentName(42))
	at := actors.URI("https://hall.example/d/" + name)
	for text, want := range map[string][]actors.URI{
		"":                                     nil,
		"see /d/" + name:                       nil,
		string(at):                             {at},
		"://hall.example/d/" + name:            nil,
		"https://hall.example/c/d/" + name:     nil,
		string(at) + "2":                       nil,
		string(at[:len(at)-1]):                 nil,
		`<a href="` + string(at) + `/v/2">x`:   {at},
		string(at) + " " + string(at) + ", ok": {at},
		"http://a.example:8080/d/" + name + " https://b.example/d/" + name + "#p3": {
			actors.URI("http://a.example:8080/d/" + name), actors.URI("https://b.example/d/" + name),
		},
	} {
		if d := cmp.Diff(want, DocumentsIn(text)); d != "" {
			t.Errorf("%q (-want +got):\n%s", text, d)
		}
	}
}
