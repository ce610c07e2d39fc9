package moothall_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestNoRegistryIsNamed keeps the addresses of package registries out of the
// repository: whoever builds it has their own, in their own settings.
func TestNoRegistryIsNamed(t *testing.T) {
	t.Parallel()
	// Put together here, so that this file does not name them either.
	hosts := regexp.MustCompile(strings.Join([]string{
		"registry" + `\.(npmjs|yarnpkg)`, "npmjs" + `\.(com|org)`, "proxy" + `\.golang`, "sum" + `\.golang`,
		"goproxy" + `\.`, "GO" + "PROXY=", "pypi" + `\.org`, "deb" + `\.debian\.org`, `"resolved"` + ":",
	}, "|"))
	err := walkOurs(func(p string) error {
		b, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		if !utf8.Valid(b) {
			return nil
		}
		if m := hosts.Find(b); m != nil {
			t.Errorf("%s has %q", p, m)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestEveryDependencyHasAReason compares docs/dependencies.md with what the code
// imports, what go.mod names and what each package.json asks for.
func TestEveryDependencyHasAReason(t *testing.T) {
	t.Parallel()
	modules, tools := readModules(t)
	used := slices.Concat(tools, importedModules(t, modules), readPackages(t, "package.json"), readPackages(t, "scripts/azurite/package.json"))
	slices.Sort(used)
	used = slices.Compact(used)

	b, err := os.ReadFile("docs/dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	var explained []string
	for _, m := range regexp.MustCompile("(?m)^- `([^`]+)`: .{10,}$").FindAllStringSubmatch(string(b), -1) {
		explained = append(explained, m[1])
	}
	for _, m := range used {
		if !slices.Contains(explained, m) {
			t.Errorf("%s is used but docs/dependencies.md does not say why", m)
		}
	}
	for _, m := range explained {
		if !slices.Contains(used, m) && !slices.Contains(modules, m) {
			t.Errorf("docs/dependencies.md explains %s, which nothing asks for", m)
		}
	}
}

// readModules asks the go tool what go.mod requires, and which of that are tools.
func readModules(t *testing.T) (modules, tools []string) {
	t.Helper()
	out, err := exec.Command("go", "mod", "edit", "-json").Output()
	if err != nil {
		t.Fatalf("read go.mod: %v", err)
	}
	var mod struct {
		Require []struct{ Path string }
		Tool    []struct{ Path string }
		Replace []struct{ Old struct{ Path string } }
	}
	if err := json.Unmarshal(out, &mod); err != nil {
		t.Fatalf("read go.mod: %v", err)
	}
	for _, r := range mod.Require {
		modules = append(modules, r.Path)
	}
	for _, tool := range mod.Tool {
		tools = append(tools, moduleOf(modules, tool.Path))
	}
	if len(mod.Replace) > 0 {
		t.Errorf("go.mod replaces %s: releases are built from published modules", mod.Replace[0].Old.Path)
	}
	return modules, tools
}

func importedModules(t *testing.T, modules []string) []string {
	t.Helper()
	var used []string
	for _, f := range house(t) {
		for _, at := range f.imports {
			if first, _, _ := strings.Cut(at, "/"); !strings.Contains(first, ".") {
				continue // standard library, or ours
			}
			m := moduleOf(modules, at)
			if m == "" {
				t.Errorf("%s imports %s, which go.mod does not require", f.path, at)
				continue
			}
			used = append(used, m)
		}
	}
	return used
}

// moduleOf gives the module that a package belongs to.
func moduleOf(modules []string, pkg string) string {
	for at := pkg; at != "." && at != "/"; at = path.Dir(at) {
		if slices.Contains(modules, at) {
			return at
		}
	}
	return ""
}

func readPackages(t *testing.T, file string) []string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var pkg struct {
		Dependencies    map[string]string
		DevDependencies map[string]string
	}
	if err := json.Unmarshal(b, &pkg); err != nil {
		t.Fatalf("read %s: %v", file, err)
	}
	if len(pkg.Dependencies) > 0 {
		t.Errorf("%s has dependencies: nothing of npm runs on a server, so all are devDependencies", file)
	}
	exact := regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+$`)
	var names []string
	for name, version := range pkg.DevDependencies {
		if !exact.MatchString(version) {
			t.Errorf("%s: %s has version %q, which is not exact", file, name, version)
		}
		names = append(names, name)
	}
	return names
}
