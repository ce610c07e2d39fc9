package extract

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"path"
	"strings"
)

// CleanCopy writes a copy of an office file that does not say who made it: author,
// last modified by, printed by, manager and company are empty, and the numbers
// by which Word and LibreOffice tell sittings apart (rsids) are gone. Every
// other part is the same to the byte. Comments and tracked changes stay, with
// their names: they are for a person to settle. The error is a *Refusal when
// the file cannot be read, and w's own when it cannot be written; what w has
// got by then is of no use.
func CleanCopy(f Format, r io.ReaderAt, size int64, w io.Writer) error {
	if !f.IsOffice() {
		return fmt.Errorf("clean a file: %q holds no properties that we can empty", f)
	}
	a, err := openArchive(r, size, Usual)
	if err != nil {
		return err
	}
	rules, err := a.cleaning(context.Background(), f)
	if err != nil {
		return brokenUnless(err)
	}
	out := zip.NewWriter(w)
	for _, part := range a.files {
		if err := a.copyClean(out, part, rules(part.Name)); err != nil {
			return err
		}
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("write a clean copy: %w", err)
	}
	return nil
}

// scrubbing says what to take out of a part of XML, by local names. The zero
// value takes out nothing.
type scrubbing struct{ emptied, dropped, attributes func(string) bool }

var (
	scrubPeople = scrubbing{emptied: func(local string) bool {
		switch local {
		case "creator", "initial-creator", "lastModifiedBy", "printed-by", "Manager", "Company":
			return true
		}
		return false
	}}
	scrubRSIDs = scrubbing{
		dropped:    func(local string) bool { return local == "rsid" || local == "rsidRoot" },
		attributes: func(local string) bool { return strings.HasPrefix(local, "rsid") || local == "paragraph-rsid" },
	}
)

// cleaning says for each part what is taken out of it.
func (a *archive) cleaning(ctx context.Context, f Format) (func(name string) *scrubbing, error) {
	rules := map[string]*scrubbing{}
	switch f {
	case ODT, ODS, ODP:
		rules["meta.xml"], rules["content.xml"], rules["styles.xml"] = &scrubPeople, &scrubRSIDs, &scrubRSIDs
	default:
		inside, _, err := a.relations(ctx, "")
		if err != nil {
			return nil, err
		}
		for _, r := range inside {
			if r.is("core-properties") || r.is("extended-properties") {
				rules[strings.ToLower(r.target)] = &scrubPeople
			}
		}
	}
	return func(name string) *scrubbing {
		name = strings.ToLower(name)
		if f == DOCX && rules[name] == nil && path.Dir(name) == "word" && path.Ext(name) == ".xml" {
			return &scrubRSIDs
		}
		return rules[name]
	}, nil
}

func (a *archive) copyClean(out *zip.Writer, part *zip.File, rule *scrubbing) error {
	if rule == nil {
		if err := out.Copy(part); err != nil {
			return fmt.Errorf("write a clean copy: %w", err)
		}
		return nil
	}
	from, err := a.open(part.Name)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := out.CreateHeader(&zip.FileHeader{Name: part.Name, Method: part.Method, Modified: part.Modified, ExternalAttrs: part.ExternalAttrs})
	if err != nil {
		return fmt.Errorf("write a clean copy: %w", err)
	}
	return rule.copy(to, from)
}
