package moothall_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// layers says how high each package stands: it may import only from below
// (docs/decisions/0001-layers.md).
var layers = map[string]int{
	"actors":                0,
	"federation/multibase":  0,
	"content":               1,
	"extract":               1,
	"extract/specimen":      2,
	"content/cite":          2,
	"content/compare":       2,
	"extract/pdf":           2,
	"extract/picture":       2,
	"extract/apart":         3,
	"federation/ap":         2,
	"federation/proof":      2,
	"federation/sign":       2,
	"federation/token":      2,
	"blobs":                 3,
	"search":                2,
	"store":                 3,
	"templates":             3,
	"federation/provenance": 3,
	"federation/receipt":    3,
	"federation/remote":     3,
	"federation/foreign":    3,
	"store/storetest":       4,
	"actions":               4,
	"library":               4,
	"web":                   5,
	"federation/inbox":      5,
	"federation/serve":      5,
	"federation/delivery":   5,
	"federation/node":       6,
	"federation/fedtest":    7,
	"web/browser":           7,
	"cmd/moothall":          8,
	"cmd/moothall-load":     8,
	"cmd/moothall-interop":  8,
}

// file is a Go file of ours, parsed.
type file struct {
	path    string // slashes, from the root of the repository
	pkg     string // folder
	test    bool
	tree    *ast.File
	imports map[string]string // import path by the name it has in the file
}

var readHouse = sync.OnceValues(func() ([]file, error) {
	var files []file
	err := walkOurs(func(p string) error {
		if path.Ext(p) != ".go" {
			return nil
		}
		tree, err := parser.ParseFile(positions, p, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		f := file{path: p, pkg: path.Dir(p), test: strings.HasSuffix(p, "_test.go"), tree: tree, imports: map[string]string{}}
		for _, i := range tree.Imports {
			at, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			name := path.Base(at)
			if i.Name != nil && i.Name.Name != "_" {
				name = i.Name.Name
			}
			f.imports[name] = at
		}
		files = append(files, f)
		return nil
	})
	return files, err
})

var positions = token.NewFileSet()

// walkOurs calls do for each file that belongs to the repository.
func walkOurs(do func(path string) error) error {
	return filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		p = filepath.ToSlash(p)
		if d.IsDir() {
			switch p {
			case ".git", "node_modules", "bin", "data", "test-output", "templates/assets":
				return filepath.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() || p == ".git" {
			return nil
		}
		return do(p)
	})
}

func house(t *testing.T) []file {
	t.Helper()
	files, err := readHouse()
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func (f file) is(pkgs ...string) bool { return slices.Contains(pkgs, f.pkg) }

func TestImportsPointDown(t *testing.T) {
	t.Parallel()
	for _, f := range house(t) {
		if f.pkg == "." {
			continue // this package, which holds tests only
		}
		mine, ok := layers[f.pkg]
		if !ok {
			t.Errorf("%s: package %s has no layer: give it one in house_test.go", f.path, f.pkg)
			continue
		}
		if f.test {
			continue // tests may use the test kits above them
		}
		for _, at := range f.imports {
			of, ours := strings.CutPrefix(at, "moothall/")
			if theirs, ok := layers[of]; ours && (!ok || theirs >= mine) {
				t.Errorf("%s: %s (layer %d) imports %s (layer %d)", f.path, f.pkg, mine, of, theirs)
			}
		}
	}
}

const (
	vocabulary = "code.superseriousbusiness.org/activity"
	node       = "federation/node"

	// loadProgram measures a node from outside, on loopback: no node contains it.
	loadProgram = "cmd/moothall-load"
	// interopProgram lets a node talk with other software, in the same way.
	interopProgram = "cmd/moothall-interop"
)

// TestLowLayersReachNoNetworkAndNoDatabase asks the go tool, so that what a
// library brings along counts too.
func TestLowLayersReachNoNetworkAndNoDatabase(t *testing.T) {
	t.Parallel()
	banned := map[string][]string{
		"actors":                {"net/http", "database/sql", "os/exec", vocabulary},
		"content":               {"net/http", "database/sql", "os/exec", vocabulary},
		"content/compare":       {"net/http", "database/sql", "os/exec", vocabulary},
		"content/cite":          {"net/http", "database/sql", "os/exec", vocabulary},
		"federation/ap":         {"net/http", "database/sql", "os/exec", vocabulary},
		"federation/proof":      {"net/http", "database/sql", "os/exec", vocabulary},
		"federation/provenance": {"database/sql", "os/exec", vocabulary},
		"federation/receipt":    {"database/sql", "os/exec", vocabulary},
		"federation/sign":       {"database/sql", "os/exec", vocabulary},
		"federation/remote":     {"database/sql", vocabulary},
		"blobs":                 {"database/sql", vocabulary},
		"store":                 {vocabulary},
		"templates":             {"database/sql", vocabulary},
		"actions":               {vocabulary},
	}
	for pkg, bans := range banned {
		out, err := exec.Command("go", "list", "-deps", "./"+pkg).CombinedOutput()
		if err != nil {
			if !hasPackage(t, pkg) {
				continue
			}
			t.Fatalf("go list ./%s: %v\n%s", pkg, err, out)
		}
		for dep := range strings.FieldsSeq(string(out)) {
			for _, ban := range bans {
				if dep == ban || strings.HasPrefix(dep, ban+"/") && ban == vocabulary {
					t.Errorf("%s reaches %s", pkg, dep)
				}
			}
		}
	}
}

func hasPackage(t *testing.T, pkg string) bool {
	return slices.ContainsFunc(house(t), func(f file) bool { return f.pkg == pkg && !f.test })
}

// ban is a rule about who may write a name of another package.
type ban struct {
	name    string // of the test case, with the number it covers
	pkg     string // import path
	names   []string
	allowed []string // our packages that may
	inTests bool     // holds in tests too
	why     string
}

var bans = []ban{
	{
		name: "the generated vocabulary stays in foreign", pkg: vocabulary, allowed: []string{"federation/foreign"},
		why: "it can be made to panic; docs/decisions/0003",
	},
	{
		name: "S248 HTTP clients", pkg: "net/http",
		names:   []string{"Client", "Transport", "DefaultClient", "DefaultTransport", "Get", "Head", "Post", "PostForm"},
		allowed: []string{"federation/remote", "federation/delivery", "federation/fedtest", "cmd/moothall", loadProgram, interopProgram},
		why:     "every request leaves through the guarded door; cmd asks only its own node",
	},
	{
		name: "S248 connections", pkg: "net",
		names: []string{"Dial", "DialTimeout", "DialTCP", "DialUDP", "DialIP", "DialUnix", "Dialer",
			"LookupHost", "LookupIP", "LookupAddr", "DefaultResolver"},
		allowed: []string{"federation/remote", "federation/fedtest", loadProgram, interopProgram},
		why:     "every connection leaves through the guarded door; for those of blobs see docs/decisions/0028",
	},
	{
		name: "S248 HTML that is not escaped", pkg: "html/template",
		names: []string{"HTML", "HTMLAttr", "JS", "JSStr", "CSS", "URL", "Srcset"}, allowed: []string{"templates"},
		why: "content.SafeHTML is the only HTML that pages trust", inTests: true,
	},
	{
		name: "S130 tables for spreadsheets", pkg: "encoding/csv", names: []string{"NewWriter"}, allowed: []string{"extract/specimen"},
		why: "a cell that begins as a formula does is run where the table is opened; whoever writes tables puts ' before it, with a test",
	},
	{
		name: "S248 other programs", pkg: "os/exec", allowed: []string{"extract/apart", loadProgram, interopProgram},
		why: "a node starts no other program than itself, to read a file apart",
	},
	{
		name: "S248 files", pkg: "os",
		names: []string{"Create", "CreateTemp", "OpenFile", "WriteFile", "Mkdir", "MkdirAll", "MkdirTemp", "Remove", "RemoveAll",
			"Rename", "Open", "ReadFile", "ReadDir", "Root", "OpenRoot"},
		allowed: []string{"blobs", "store", "store/storetest", "federation/node", "federation/fedtest", "cmd/moothall", loadProgram, interopProgram},
		why:     "only the stores and the program itself touch the disk",
	},
	{
		name: "the clock is passed in", pkg: "time",
		names:   []string{"Now", "Since", "Until"},
		allowed: []string{"cmd/moothall", loadProgram, interopProgram, node},
		why:     "whole federations run under virtual time",
	},
	{
		name: "configuration is passed in", pkg: "os", names: []string{"Getenv", "LookupEnv", "Environ", "Args"},
		allowed: []string{"cmd/moothall", loadProgram, interopProgram, "store/storetest", "federation/fedtest"},
		why:     "a package that reads the environment surprises whoever runs two nodes in one process",
	},
	{
		name: "logging goes through log/slog", pkg: "log",
		names: []string{"Print", "Printf", "Println", "Fatal", "Fatalf", "Fatalln", "Panic", "Panicf"},
		why:   "lines that are not structured cannot be searched",
	},
}

func TestBannedNames(t *testing.T) {
	t.Parallel()
	for _, b := range bans {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			for _, f := range house(t) {
				if f.is(b.allowed...) || f.test && !b.inTests {
					continue
				}
				for _, use := range f.uses(b) {
					t.Errorf("%s: %s is not for %s: %s", positions.Position(use), b.pkg, f.pkg, b.why)
				}
			}
		})
	}
}

// TestS131_NoFeedsAreWritten: an Atom or RSS feed has words of people in it, which may
// end a section of XML or be no XML at all. There are none; whoever adds one writes it
// with an encoder, takes control characters out, and tests both.
func TestS131_NoFeedsAreWritten(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, f := range house(t) {
		if f.test {
			continue
		}
		ast.Inspect(f.tree, func(n ast.Node) bool {
			if s, ok := n.(*ast.BasicLit); ok && s.Kind == token.STRING {
				seen++
				for _, kind := range []string{"application/atom+xml", "application/rss+xml", "<rss", "<feed", "<![CDATA[%"} {
					if strings.Contains(s.Value, kind) {
						t.Errorf("%s: a feed: %s", positions.Position(s.Pos()), kind)
					}
				}
			}
			return true
		})
	}
	if seen < 1000 {
		t.Errorf("only %d words of the program looked at", seen)
	}
}

// uses finds where a file writes what b bans: one of the names, or, where b has
// none, the import itself.
func (f file) uses(b ban) []token.Pos {
	var found []token.Pos
	if b.names == nil {
		for _, i := range f.tree.Imports {
			if at := strings.Trim(i.Path.Value, `"`); at == b.pkg || strings.HasPrefix(at, b.pkg+"/") {
				found = append(found, i.Pos())
			}
		}
		return found
	}
	ast.Inspect(f.tree, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		x, ok := s.X.(*ast.Ident)
		if ok && f.imports[x.Name] == b.pkg && slices.Contains(b.names, s.Sel.Name) {
			found = append(found, s.Pos())
		}
		return true
	})
	return found
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	t.Parallel()
	documented := map[string]bool{}
	for _, f := range house(t) {
		if !f.test {
			documented[f.pkg] = documented[f.pkg] || f.tree.Doc != nil
		}
	}
	for pkg, ok := range documented {
		if !ok {
			t.Errorf("package %s has no package comment", pkg)
		}
	}
}
