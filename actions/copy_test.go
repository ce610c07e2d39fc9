package actions_test

import (
	"errors"
	"testing"
	"time"

	"moothall/actions"
	"moothall/content"
	"moothall/store"
)

func TestWhatMayNotBeCopied(t *testing.T) {
	for want, change := range map[string]func(*store.Paper){
		"":             func(*store.Paper) {},
		"here_already": func(p *store.Paper) { p.Local = true },
		"gone":         func(p *store.Paper) { p.Doc.Withdrawn = time.Unix(1, 0) },
		"not_accepted": func(p *store.Paper) { p.Standing = content.Hidden },
		"sensitive":    func(p *store.Paper) { p.Doc.Classification = content.Sensitive },
		"licence":      func(p *store.Paper) { p.Doc.Licence = content.ReadOnly },
	} {
		var p store.Paper
		p.Standing, p.Doc.Licence = content.Accepted, content.OGL
		change(&p)
		got := ""
		err := actions.MayCopy(p)
		if no, ok := errors.AsType[*actions.Refusal](err); ok {
			got = no.Code
		}
		if got != want || want == "" && err != nil {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
