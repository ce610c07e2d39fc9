package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"moothall/content"
	"moothall/extract"
	"moothall/extract/apart"
	"moothall/extract/specimen"
)

// TestDemoPapersAreWhole reads each file as the library does: it is what its name
// says, and the check stops exactly those that are shared anyway.
func TestDemoPapersAreWhole(t *testing.T) {
	s, err := readScript()
	if err != nil {
		t.Fatal(err)
	}
	formats, earlier := map[extract.Format]int{}, map[string]string{}
	for _, p := range s.papers {
		if !s.belongs(p.by, p.in) {
			t.Errorf("%s: %s is no member of %s", p.key, p.by, p.in)
		}
		if err := p.draft.Check(); err != nil {
			t.Errorf("%s: %v", p.key, err)
		}
		for _, r := range p.related {
			if earlier[r.key] != p.in || !r.kind.Valid() {
				t.Errorf("%s is %s of %q, which is not shared before it", p.key, r.kind, r.key)
			}
		}
		earlier[p.key] = p.in
		for i, e := range p.editions {
			d := content.DocumentDraft{Note: e.note, Confirmed: true}
			d.Stage, d.Document.Adopted = e.stage, e.adopted
			if err := d.CheckVersion(); i > 0 && err != nil {
				t.Errorf("%s, version %d: %v", p.key, i+1, err)
			}
			formats[readEdition(t, p, e)]++
		}
	}
	for _, f := range []extract.Format{extract.DOCX, extract.ODT, extract.XLSX, extract.ODS, extract.CSV, extract.PPTX, extract.ODP,
		extract.PDF, extract.TXT, extract.MD, extract.PNG, extract.JPEG, extract.GIF, extract.WebP} {
		if formats[f] == 0 {
			t.Errorf("nobody shares a file of format %s", f)
		}
	}
}

func readEdition(t *testing.T, p paper, e edition) extract.Format {
	t.Helper()
	raw, err := e.bytes(p)
	if err != nil {
		t.Fatalf("%s: %v", p.key, err)
	}
	f, err := extract.Sniff(e.file, bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatalf("%s: %v", e.file, err)
	}
	name := filepath.Join(t.TempDir(), "a")
	if err := os.WriteFile(name, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var cleaned bytes.Buffer
	got, err := apart.Here{}.Read(context.Background(), apart.Job{Format: f, File: file, Clean: f.IsImage(), Out: &cleaned})
	if err != nil {
		t.Fatalf("%s: %v", e.file, err)
	}
	tells := func(code string) bool {
		return slices.ContainsFunc(got.Reading.Findings, func(x extract.Finding) bool { return x.Code == code })
	}
	if f == extract.JPEG || f == extract.WebP {
		if !tells(extract.GPS) || !bytes.Contains(raw, []byte(specimen.PhotoMaker)) {
			t.Errorf("%s does not say where it was taken, and by whom: %+v", e.file, got.Reading.Findings)
		}
	}
	if f.IsImage() && (cleaned.Len() == 0 || bytes.Contains(cleaned.Bytes(), []byte(specimen.PhotoMaker))) {
		t.Errorf("%s is %d bytes once it is cleaned, and still says who made it", e.file, cleaned.Len())
	}
	stops := slices.ContainsFunc(got.Reading.Findings, func(x extract.Finding) bool { return x.Severity == extract.Stop })
	if stops != (e.anyway != "") {
		t.Errorf("%s is shared anyway because %q, and the check found %+v", e.file, e.anyway, got.Reading.Findings)
	}
	if len(got.Reading.Blocks) == 0 && !f.IsImage() {
		t.Errorf("%s says nothing", e.file)
	}
	return f
}

func (s script) belongs(who, community string) bool {
	return slices.ContainsFunc(s.communities, func(c debateHall) bool {
		return c.name == community && (c.facilitator == who || slices.Contains(c.members, who))
	})
}
