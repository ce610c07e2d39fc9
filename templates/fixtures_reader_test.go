package templates

import (
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/content/cite"
	"moothall/content/compare"
	"moothall/extract"
)

// pondPaper is a document of which everything is known.
func pondPaper() DocumentPage {
	post := content.Post{
		ID: 6001, Group: parks.ID, Author: priya.ID, Root: 6001, Kind: content.KindDocument, Local: true, URI: "https://communities.medway.example/d/4kz7w9xb",
		Title: "Pond lining strategy", Language: "en", Audience: actors.AudiencePublic, Standing: content.Accepted, Published: before(26 * time.Hour), Useful: 4,
	}
	file := content.Attached{Digest: content.DigestOf([]byte("x")), Name: "pond-lining-strategy.pdf", MediaType: "application/pdf", Size: 1_240_000, Pages: 12}
	three := content.Version{Document: 6001, Number: 3, URI: post.URI + "/v/3", Title: post.Title, Note: "Costs of 2026, and a chapter about clay.", Stage: content.Adopted, File: file, At: before(26 * time.Hour)}
	two, one := three, three
	two.Number, two.URI, two.Note, two.At, two.Stage = 2, post.URI+"/v/2", "Adopted by Cabinet", summer, content.Agreed
	one.Number, one.URI, one.Note, one.At, one.Withdrawn, one.Reason = 1, post.URI+"/v/1", "", summer.AddDate(0, -1, 0), summer, "It showed where owls nest"
	return DocumentPage{
		DiscussionPage: DiscussionPage{
			Base: member("/d/4kz7w9xb"), Community: joined(parks, actors.Member), Entry: Entry{Post: post, Author: priya, May: May{Reply: true, Useful: true, Report: true}},
			Paging: Paging{1, 1, "/d/4kz7w9xb", nil}, Readers: readers(), Draft: content.Draft{Language: "en"},
		},
		Doc: content.Document{
			Post: 6001, Summary: "How we line ponds, and what that costs.\nFor those who plan wetlands.", Type: "strategy", Stage: content.Adopted,
			Adopted: content.Adoption{Body: "Cabinet", On: "2026-04-28"}, Licence: content.OGL, Attribution: "Contains public sector information licensed under the Open Government Licence v3.0.",
			Classification: content.Official, Issuer: "Medway Council", Authors: "Greenspace team", Dated: "2026-05", Reference: "GS/12", Subjects: []string{"ponds", "water and wells"},
			Place: "Medway", Period: "2026 to 2031", Effort: 12, Review: before(24 * time.Hour), Number: 3,
		},
		Version: three, Versions: []content.Version{three, two, one}, Owner: tom, Text: TextRead,
		Related: []RelatedDocument{
			{"Replaced by", "Pond lining strategy 2031", "/d/5kz7w9xc", ""}, {"Builds on", "https://communities.kent.example/d/6kz7w9xd", "https://communities.kent.example/d/6kz7w9xd", "communities.kent.example"},
		},
		Sentence: "Shared by Medway Council on 23 November 2026, version 3. Adopted by Cabinet, 28 April 2026.",
		May:      MayRead{Save: true, Open: true, Change: true, Answer: true},
		KeptBy:   []KeptBy{{"South Council", 2}},
		Formats:  formatRequests(),
		Head: DocumentHead{string(post.URI), string(three.URI), "/d/4kz7w9xb/v/3/cite.jsonld",
			[]cite.Tag{{Name: "citation_title", Content: "Pond \"lining\" strategy"}}},
	}
}

// formatRequests are one that waits and one that was answered.
func formatRequests() []FormatRequest {
	waits := FormatRequest{By: long, Words: "I need <b>large print</b>.\n\nHow to reach me: 01634 555 0100", At: before(time.Hour), Path: "/d/4kz7w9xb/formats/0000000000001"}
	done := FormatRequest{By: sian, Words: "A Word file, please.", At: before(50 * time.Hour), Answer: "It is in the post.", Answered: before(26 * time.Hour), AnsweredBy: priya}
	return []FormatRequest{waits, done}
}

// theirPaper is one from elsewhere, of which less is known.
func theirPaper() DocumentPage {
	p := pondPaper()
	p.Community, p.Entry.Author, p.Entry.Local, p.Entry.Title, p.Version.Title = licensing, long, false, long.Title, long.Title
	p.Entry.URI, p.Entry.URL, p.Entry.Language = "https://communities.kent.example/d/4kz7w9xb", "https://communities.kent.example/d/4kz7w9xb", "cy"
	p.Doc = content.Document{Summary: "Crynodeb.", Type: content.OtherType, Other: "Song", Stage: content.InDraft, Issuer: "Kent County Council", Number: 3, Classification: content.Sensitive, Handling: "Show it to nobody"}
	p.Versions, p.Version.Stage, p.Version.Note = p.Versions[:1], content.InDraft, ""
	p.May.Change, p.May.Answer, p.Formats = false, false, p.Formats[1:]
	p.Related, p.KeptBy, p.Owner, p.Saved, p.Matches = nil, nil, actors.Actor{}, true, true
	return p
}

func pondText() []extract.Block {
	return []extract.Block{
		{Kind: extract.Heading, Level: 3, Page: 1, Text: "Clay"}, {Kind: extract.Paragraph, Page: 1, Text: "Use <b>clay</b>."},
		{Kind: extract.Item, Page: 1, Text: "Blue clay"}, {Kind: extract.Item, Page: 1, Text: "White clay"}, {Kind: extract.Heading, Level: 6, Page: 2, Text: "Costs"},
		{Kind: extract.Row, Page: 2, Cells: []string{"Clay", "£4"}}, {Kind: extract.Row, Page: 2, Cells: []string{"Straw", "£3"}}, {Kind: extract.Note, Page: 2, Text: "Prices of 2026."},
		{Kind: extract.Row, Part: "Staff", Line: 1, Cells: []string{"Ann"}},
	}
}

func readerFixtures() []fixture {
	old, signedOut, theirs, closed := pondPaper(), pondPaper(), theirPaper(), theirPaper()
	old.Single, old.Version = true, old.Versions[1]
	signedOut.Base, signedOut.May, signedOut.KeptBy, signedOut.Entry.May = anon("/d/4kz7w9xb"), MayRead{Open: true}, nil, May{Report: true}
	signedOut.Formats, closed.Formats = nil, nil
	closed.Base, closed.May, closed.Matches, closed.Entry.May = anon("/p/6001"), MayRead{}, false, May{Report: true}
	instead := []RelatedDocument{{"", "Pond lining strategy 2031", "/d/5kz7w9xc", ""}}
	file := FilePage{Base: member("/p/6001/v/1/file"), Community: licensing, Title: "Fees <b>2026</b>", Path: "/p/6001/v/1", Again: "/p/6001/v/1/file", Site: "Kent County Council", URL: "https://communities.kent.example/d/4kz7w9xb"}
	altered, unchecked, busy := file, file, file
	altered.Altered, unchecked.Unchecked, busy.Busy = true, true, true
	around := PaperPage{Base: member("/d/4kz7w9xb/v/3/text"), Community: parks, Title: "Pond lining strategy", Language: "cy", Number: 3, Path: "/d/4kz7w9xb/v/3", Document: "/d/4kz7w9xb"}
	text := TextPage{PaperPage: around, State: ReadDone, Short: true, Blocks: pondText(), Paging: Paging{1, 3, "/d/4kz7w9xb/v/3/text", nil},
		Contents: []TextHeading{{"Clay", "#part-0"}, {"Costs", "/d/4kz7w9xb/v/3/text?page=2#part-412"}}}
	waiting, scan := text, text
	waiting.State, scan.State, scan.Picture = ReadWaiting, ReadNone, true
	compared := ComparePage{PaperPage: around, From: 2, To: 3, State: ReadDone, Comparison: compare.Comparison{Added: 1, Removed: 1, Changed: 1, Coarse: true}, Runs: []compare.Run{
		{Kind: compare.Folded, Count: 12}, {Kind: compare.Same, Text: "Ponds leak."}, {Kind: compare.Added, Text: "Use <b>clay</b>."}, {Kind: compare.Removed, Text: "Use straw."},
		{Kind: compare.Changed, Words: []compare.Words{{Kind: compare.Same, Text: "It costs "}, {Kind: compare.Removed, Text: "£3"}, {Kind: compare.Added, Text: "£4"}}}, {Kind: compare.Folded, Count: 1}}}
	same, unread := compared, compared
	same.Comparison, same.Runs, unread.State = compare.Comparison{}, nil, ReadNone
	match := CheckFilePage{Base: anon("/check-file"), Most: 100 << 20, Asked: true, Digest: content.DigestOf(nil).String(), Matches: []FileMatch{
		{Title: "Pond lining strategy", Path: "/d/4kz7w9xb/v/2", Number: 2, Sentence: "Shared by Medway Council on 4 May 2026, version 2."}}}
	noMatch := match
	noMatch.Matches = nil
	shelf := []Shelved{{Path: "/d/4kz7w9xb", Title: "Pond lining strategy", Kind: "Strategy", Stage: "Adopted", Issuer: "Medway Council", Date: "4 May 2026", Version: 3, Due: true},
		{Path: "/p/6002", Title: "Cynllun pyllau", Lang: "cy", Kind: "Guidance or toolkit", Stage: "Draft, not agreed", Issuer: long.Organisation, Date: "4 May 2026", Version: 1, In: "Selective licensing"}}
	return []fixture{
		{"library", LibraryPage{Base: member("/c/parks/library"), Community: joined(parks, actors.Owner), Documents: shelf, Stage: "draft", Paging: Paging{1, 3, "/c/parks/library", nil},
			Condition: &Condition{Documents: 1204, Drafts: 3, Due: 1, Unowned: 0}}},
		{"library-empty", LibraryPage{Base: anon("/c/parks/library"), Community: parks, Due: true, Paging: Paging{1, 1, "/c/parks/library", nil}}},
		{"library-mine", MyLibraryPage{Base: member("/library"), Saved: shelf, Mine: shelf[:1], Uploads: 2, Paging: Paging{1, 1, "/library", nil}}},
		{"library-mine-empty", MyLibraryPage{Base: member("/library"), Paging: Paging{1, 1, "/library", nil}}},
		{"document-text", text}, {"document-text-waiting", waiting}, {"document-text-none", scan},
		{"document-compare", compared}, {"document-compare-same", same}, {"document-compare-none", unread},
		{"document-cite", CitePage{PaperPage: around, Text: "Medway Council (2026) Pond lining strategy. Version 3. Adopted.", Formats: cite.Formats}},
		{"check-file", CheckFilePage{Base: anon("/check-file"), Most: 100 << 20}}, {"check-file-match", match}, {"check-file-none", noMatch},
		{"check-file-error", CheckFilePage{Base: wrong(anon("/check-file"), content.Problems{"file": "Choose a file", "sha256": "Enter the 64 letters and digits of a fingerprint (SHA-256)"}), Most: 100 << 20, Typed: "abc"}},
		{"document", pondPaper()},
		{"document-old-version", old},
		{"document-signed-out", signedOut},
		{"document-elsewhere", theirs},
		{"document-elsewhere-signed-out", closed},
		{"document-withdrawn", WithdrawnPage{Base: anon("/d/4kz7w9xb"), Community: parks, What: "document", Title: "Pond lining strategy", Reason: "It was replaced", At: summer, Instead: instead}},
		{"document-version-withdrawn", WithdrawnPage{Base: anon("/d/4kz7w9xb/v/1"), Community: parks, What: "version 1", At: summer, Current: "/d/4kz7w9xb"}},
		{"document-file-unreachable", file},
		{"document-file-altered", altered},
		{"document-file-unchecked", unchecked}, {"document-file-busy", busy},
	}
}
