package moothall_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the samples in FEDERATION.md")

var sample = regexp.MustCompile("(?s)(<!-- sample: ([a-z0-9_]+\\.json) -->\n```json\n)(.*?)(```\n)")

// TestFederationSamplesAreOurDocuments compares each sample of FEDERATION.md with
// the golden file that the writers of documents are tested against.
func TestFederationSamplesAreOurDocuments(t *testing.T) {
	t.Parallel()
	const page = "FEDERATION.md"
	text := readText(t, page)
	samples := 0
	fresh := sample.ReplaceAllStringFunc(text, func(block string) string {
		m := sample.FindStringSubmatch(block)
		samples++
		return m[1] + withoutContext(readText(t, "federation/testdata/ours/"+m[2]), m[2]) + m[4]
	})
	if samples != strings.Count(text, "```json") {
		t.Errorf("%s has %d samples, of which %d name their golden file", page, strings.Count(text, "```json"), samples)
	}
	if *update {
		if err := os.WriteFile(page, []byte(fresh), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if d := cmp.Diff(fresh, text); d != "" {
		t.Errorf("samples differ from the golden files; make golden rewrites them (-golden +page):\n%s", d)
	}
}

// TestFederationShowsEveryDocument: each golden file is a sample on the page or,
// where it differs little from one, linked with what is different.
func TestFederationShowsEveryDocument(t *testing.T) {
	t.Parallel()
	text := readText(t, "FEDERATION.md")
	goldens, err := filepath.Glob("federation/testdata/ours/*")
	if err != nil || len(goldens) < 50 {
		t.Fatal(len(goldens), err)
	}
	for _, path := range goldens {
		name := filepath.Base(path)
		shown := strings.Count(text, "<!-- sample: "+name+" -->") + strings.Count(text, "[`"+name+"`]("+filepath.ToSlash(path)+")")
		if shown != 1 {
			t.Errorf("FEDERATION.md shows %s %d times", name, shown)
		}
	}
}

// TestFederationExplainsOurTerms: each term of ours in a golden file is in the table.
func TestFederationExplainsOurTerms(t *testing.T) {
	t.Parallel()
	_, table, _ := strings.Cut(readText(t, "FEDERATION.md"), "\n### Our own terms\n")
	table, _, _ = strings.Cut(table, "\n## ")
	goldens, err := filepath.Glob("federation/testdata/ours/*.json")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, path := range goldens {
		for _, m := range regexp.MustCompile(`"(moothall:\w+)":`).FindAllStringSubmatch(readText(t, path), -1) {
			if found++; !strings.Contains(table, "`"+m[1]+"`") {
				t.Errorf("FEDERATION.md does not explain %s of %s", m[1], path)
			}
		}
	}
	if found < 50 {
		t.Errorf("only %d terms were found", found)
	}
}

// TestEveryWriterHasAGolden looks for each function that writes a document among
// those that the golden files are made with.
func TestEveryWriterHasAGolden(t *testing.T) {
	t.Parallel()
	called := map[string]bool{}
	for _, f := range house(t) {
		if !f.is("federation/ap") || !f.test {
			continue
		}
		for _, d := range f.tree.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || !strings.HasPrefix(fn.Name.Name, "ours") && fn.Name.Name != "TestDiscoveryDocumentsWeWrite" {
				continue
			}
			ast.Inspect(fn, func(n ast.Node) bool {
				if name, ok := n.(*ast.Ident); ok {
					called[name.Name] = true
				}
				return true
			})
		}
	}
	writers := 0
	for _, f := range house(t) {
		if !f.is("federation/ap") || f.test {
			continue
		}
		for _, d := range f.tree.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Recv != nil || !strings.HasPrefix(fn.Name.Name, "Write") {
				continue
			}
			writers++
			if !called[fn.Name.Name] {
				t.Errorf("%s: no golden file is written by %s", f.path, fn.Name.Name)
			}
		}
	}
	if writers < 30 {
		t.Errorf("only %d writers were found", writers)
	}
}

// TestFederationHasTheSectionsOfFEP67ff are those of its template.
func TestFederationHasTheSectionsOfFEP67ff(t *testing.T) {
	t.Parallel()
	text := readText(t, "FEDERATION.md")
	for _, section := range []string{
		"Supported federation protocols and standards", "Supported FEPs", "Activities that we send", "Activities that we act on", "Additional documentation",
	} {
		if strings.Count(text, "\n## "+section+"\n") != 1 {
			t.Errorf("FEDERATION.md has no section %q", section)
		}
	}
}

// withoutContext leaves the @context out, which all documents have in common.
func withoutContext(golden, name string) string {
	if name == "context.json" {
		return golden
	}
	return regexp.MustCompile(`(?s)\A\{\n  "@context": \[\n.*?\n  \],\n`).ReplaceAllString(golden, "{\n")
}

// TestFederationNamesEveryKind compares the page with the kinds that the inbox
// acts on and those that the writers write.
func TestFederationNamesEveryKind(t *testing.T) {
	t.Parallel()
	text := readText(t, "FEDERATION.md")
	_, acted, _ := strings.Cut(text, "\n## Activities that we act on\n")
	acted, _, _ = strings.Cut(acted, "\n## ")
	handlers := stringKeys(t, "federation/inbox/inbox.go", "handlers")
	for _, kind := range handlers {
		if !strings.Contains(acted, "`"+kind+"`") {
			t.Errorf("FEDERATION.md does not say that %s is acted on", kind)
		}
	}
	for _, kind := range regexp.MustCompile("(?m)^\\| ((?:`\\w+`(?:, )?)+) \\|").FindAllStringSubmatch(acted, -1) {
		for name := range strings.SplitSeq(strings.ReplaceAll(kind[1], "`", ""), ", ") {
			if !slices.Contains(handlers, name) {
				t.Errorf("FEDERATION.md says that %s is acted on, which inbox.go does not", name)
			}
		}
	}
	for _, name := range stringKeys(t, "actors/instance.go", "wrappedReaders") {
		if !strings.Contains(text, name) {
			t.Errorf("FEDERATION.md does not name %s among those that get no boost", name)
		}
	}
}

// stringKeys reads the keys of a map that a file declares as a variable.
func stringKeys(t *testing.T, path, variable string) []string {
	t.Helper()
	var keys []string
	for _, f := range house(t) {
		if f.path != path {
			continue
		}
		ast.Inspect(f.tree, func(n ast.Node) bool {
			v, ok := n.(*ast.ValueSpec)
			if !ok || v.Names[0].Name != variable || len(v.Values) != 1 {
				return true
			}
			for _, e := range v.Values[0].(*ast.CompositeLit).Elts {
				key, err := strconv.Unquote(e.(*ast.KeyValueExpr).Key.(*ast.BasicLit).Value)
				if err != nil {
					t.Fatalf("%s: %v", path, err)
				}
				keys = append(keys, key)
			}
			return false
		})
	}
	if len(keys) == 0 {
		t.Fatalf("%s declares no map called %s", path, variable)
	}
	return keys
}

// TestFederationLogCanBeCheckedByItsFormulas works out the sample of a log as
// the page tells others to, without a line of the program.
func TestFederationLogCanBeCheckedByItsFormulas(t *testing.T) {
	t.Parallel()
	var page struct {
		Head struct {
			Seq         int
			Chain, Hash string
		} `json:"moothall:head"`
		Items []struct {
			Actor  string
			Seq    int             `json:"moothall:seq"`
			Prev   string          `json:"moothall:prev"`
			Hash   string          `json:"moothall:hash"`
			Salt   string          `json:"moothall:salt"`
			Digest string          `json:"moothall:digest"`
			Object json.RawMessage `json:"object"`
		} `json:"orderedItems"`
	}
	// The golden file is spread out for reading; what is sent has no white space.
	var sent bytes.Buffer
	if err := json.Compact(&sent, []byte(readText(t, "federation/testdata/ours/log_page.json"))); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(sent.Bytes(), &page); err != nil {
		t.Fatal(err)
	}
	b64 := func(s string) string {
		sum := sha256.Sum256([]byte(s))
		return base64.RawURLEncoding.EncodeToString(sum[:])
	}
	prev := ""
	for i, e := range page.Items {
		if e.Seq != i+1 || e.Prev != prev {
			t.Errorf("entry %d follows another one", e.Seq)
		}
		if e.Salt != "" && e.Digest != b64(e.Salt+"\n"+string(e.Object)) {
			t.Errorf("entry %d: digest", e.Seq)
		}
		if e.Hash != b64(fmt.Sprintf("moothall-entry-v1\n%s\n%s\n%d\n%s\n%s", e.Actor, page.Head.Chain, e.Seq, e.Prev, e.Digest)) {
			t.Errorf("entry %d: hash", e.Seq)
		}
		prev = e.Hash
	}
	if len(page.Items) < 3 {
		t.Errorf("only %d entries", len(page.Items))
	}
}

// namedFile finds what documents name in backquotes and what looks like a file
// or folder of this repository.
var namedFile = regexp.MustCompile("`((?:[a-z0-9_.-]+/)+[a-zA-Z0-9_.*-]*|[A-Z]+\\.md|[a-z_]+_test\\.go)`")

// TestDocumentsNameFilesThatExist follows every path in our own documents.
func TestDocumentsNameFilesThatExist(t *testing.T) {
	t.Parallel()
	checked := 0
	for _, page := range pages(t) {
		for _, m := range namedFile.FindAllStringSubmatch(readText(t, page), -1) {
			if !isOurs(m[1]) {
				continue
			}
			checked++
			found, err := filepath.Glob(m[1])
			if err != nil || len(found) == 0 {
				t.Errorf("%s names %s, which is not there", page, m[1])
			}
		}
	}
	if checked < 50 {
		t.Errorf("only %d paths were found", checked)
	}
}

// isOurs says whether a path begins with something that is in the repository's root.
func isOurs(path string) bool {
	first, _, nested := strings.Cut(path, "/")
	_, err := os.Stat(first)
	return err == nil || !nested
}

// TestArchitectureNamesEveryPackageAndTable: who looks for a thing on the map finds it.
func TestArchitectureNamesEveryPackageAndTable(t *testing.T) {
	t.Parallel()
	text := readText(t, "docs/architecture.md")
	for pkg := range layers {
		if !strings.Contains(text, "`"+pkg+"`") {
			t.Errorf("docs/architecture.md has no package %s", pkg)
		}
	}
	files, err := filepath.Glob("store/migrations/*/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	tables := map[string]bool{}
	made := regexp.MustCompile(`(?m)^CREATE TABLE (\w+)`)
	renamed := regexp.MustCompile(`(?m)^ALTER TABLE (\w+) RENAME TO`)
	for _, f := range files {
		up, _, _ := strings.Cut(readText(t, f), "-- +goose Down")
		for _, m := range made.FindAllStringSubmatch(up, -1) {
			tables[m[1]] = true
		}
		for _, m := range renamed.FindAllStringSubmatch(up, -1) {
			delete(tables, m[1])
		}
	}
	for name := range tables {
		if !strings.Contains(text, "`"+name+"`") {
			t.Errorf("docs/architecture.md has no table %s", name)
		}
	}
	if len(tables) < 25 {
		t.Errorf("only %d tables were found", len(tables))
	}
}

// TestDocumentsNameTestsThatExist looks for every test that a document names.
func TestDocumentsNameTestsThatExist(t *testing.T) {
	t.Parallel()
	tests := map[string]bool{}
	for _, f := range house(t) {
		for _, d := range f.tree.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && f.test && fn.Recv == nil {
				tests[fn.Name.Name] = true
			}
		}
	}
	named := 0
	for _, page := range pages(t) {
		for _, name := range regexp.MustCompile(`\b(?:Test|Fuzz|Benchmark)[A-Z][A-Za-z0-9_]*[A-Za-z0-9]\b`).FindAllString(readText(t, page), -1) {
			named++
			if !tests[name] {
				t.Errorf("%s names %s, which is no test", page, name)
			}
		}
	}
	if named == 0 {
		t.Error("no document names a test")
	}
}

// pages are the documents of this repository.
func pages(t *testing.T) []string {
	t.Helper()
	var list []string
	err := walkOurs(func(p string) error {
		if strings.HasSuffix(p, ".md") {
			list = append(list, p)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func readText(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
