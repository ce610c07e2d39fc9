package templates

import (
	"moothall/actors"
	"moothall/content"
)

// copyFixtures are the pages around copies of documents that are elsewhere.
func copyFixtures() []fixture {
	paper := Paper{Title: "Fees <b>2026</b>", Path: "/p/6001", Number: 3}
	ask := CopyPage{Base: member("/p/6001/copy"), Community: licensing, Paper: paper, Issuer: "Kent County Council",
		Communities: []Community{joined(parks, actors.Member), joined(licensing, actors.Owner)}}
	one, wrongOne, none, again := ask, ask, ask, ask
	one.Communities, one.ForUs = ask.Communities[:1], true
	wrongOne.Communities = ask.Communities[:1]
	wrongOne.Base = wrong(member("/p/6001/copy"), content.Problems{"community": "This community has used all its space. Ask a facilitator"})
	none.Communities = nil
	again.Base = wrong(member("/p/6001/copy"), content.Problems{"community": "Choose a community"})
	again.Copies = []CopyLine{{"/d/4kz7w9xb", 2, "Parks"}}
	elsewhere := theirPaper()
	elsewhere.May.Copy, elsewhere.Copies = true, again.Copies
	behind, withdrawn, version := pondPaper(), pondPaper(), pondPaper()
	o := Origin{Issuer: "Kent County Council", Version: 2, URI: "https://communities.kent.example/d/4kz7w9xb/v/2", Path: "/p/6001", Newer: 3}
	behind.Origin = &o
	gone, part := o, o
	gone.Newer, gone.Path, gone.Withdrawn = 0, "", summer
	part.Newer, part.Withdrawn, part.OnlyVersion, part.Reason = 0, summer, true, "The fees were wrong"
	withdrawn.Origin, withdrawn.May.Change = &gone, false
	version.Origin, version.Version, version.Single = &part, version.Versions[1], true
	version.Version.Number = 1
	return []fixture{
		{"document-copy", ask}, {"document-copy-one", one}, {"document-copy-error", again}, {"document-copy-one-error", wrongOne}, {"document-copy-nowhere", none},
		{"document-elsewhere-copied", elsewhere}, {"document-copied", behind}, {"document-copied-withdrawn", withdrawn}, {"document-copied-version-withdrawn", version},
	}
}
