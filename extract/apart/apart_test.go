package apart

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"moothall/extract"
	"moothall/extract/specimen"
)

// TestMain lets the test program be the process that reads, well or badly.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == Command {
		end(Child(os.Stdin, os.Stdout))
	}
	if len(os.Args) == 2 && bad[os.Args[1]] != nil {
		end(bad[os.Args[1]]())
	}
	os.Exit(run(m))
}

// folder keeps the code for reading PDF, which takes seconds to make.
var folder string

func run(m *testing.M) int {
	folder = must(os.MkdirTemp("", "apart"))
	defer os.RemoveAll(folder)
	return m.Run()
}

func end(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// bad are processes that a file has got into its power.
var bad = map[string]func() error{
	"crash": func() error { panic("a bad file") },
	"hang":  func() error { select {} },
	"spin": func() error {
		for n := uint64(1); n != 0; n++ {
		}
		return nil
	},
	"fork": func() error { // leaves somebody behind who holds the output
		c := exec.Command("/proc/self/exe", "hang")
		c.Stdout, c.SysProcAttr = os.Stdout, &syscall.SysProcAttr{Setsid: true}
		return c.Start()
	},
	"litter": func() error { // an answer, and somebody left behind
		c := exec.Command("/proc/self/exe", "hang")
		if err := c.Start(); err != nil {
			return err
		}
		return answer{}.write(os.Stdout, strings.NewReader(""))
	},
	"many": func() error { // few bytes that take much memory
		words := `{"Reading":{"blocks":[` + strings.Repeat("{},", 1<<20) + `{}]}}`
		if err := binary.Write(os.Stdout, binary.BigEndian, uint64(len(words))); err != nil {
			return err
		}
		_, err := os.Stdout.WriteString(words)
		return err
	},
	"deep": func() error {
		words := `{"Reading":` + strings.Repeat("[", 1<<20)
		if err := binary.Write(os.Stdout, binary.BigEndian, uint64(len(words))); err != nil {
			return err
		}
		_, err := os.Stdout.WriteString(words)
		return err
	},
	"hog": func() error {
		var held [][]byte
		for {
			b := make([]byte, 8<<20)
			for i := 0; i < len(b); i += 4096 {
				b[i] = 1
			}
			held = append(held, b)
			if len(held) > 1000 {
				return errors.New("took 8 GB")
			}
		}
	},
	"silent": func() error { return nil },
	"babble": func() error {
		for {
			if _, err := os.Stdout.WriteString("\x00\x00\x00\x00\x00\x00\x00\x40words"); err != nil {
				return err
			}
		}
	},
	"endless": func() error { // an honest answer, then more than was said
		err := answer{Cleaned: 1 << 50}.write(os.Stdout, strings.NewReader("x"))
		return err
	},
	"write": func() error {
		f, err := os.OpenFile(os.TempDir()+"/moothall-left-behind", os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		defer os.Remove(f.Name())
		if _, err := f.Write([]byte("x")); err == nil {
			return answer{}.write(os.Stdout, strings.NewReader(""))
		}
		return nil
	},
	"reach": func() error {
		for _, i := range must(net.Interfaces()) {
			if i.Flags&net.FlagUp != 0 {
				return answer{}.write(os.Stdout, strings.NewReader(""))
			}
		}
		return nil
	},
	"surroundings": func() error {
		dir := must(os.Getwd())
		var files []string
		for _, f := range must(os.ReadDir("/proc/self/fd")) {
			if to, err := os.Readlink("/proc/self/fd/" + f.Name()); err == nil && to[0] == '/' && !strings.HasPrefix(to, "/proc") && !strings.HasPrefix(to, "/sys") && to != os.DevNull {
				files = append(files, to)
			}
		}
		if len(os.Environ()) != 0 || dir != "/" || len(files) != 1 {
			return fmt.Errorf("%v in %s with %v", os.Environ(), dir, files)
		}
		return answer{}.write(os.Stdout, strings.NewReader(""))
	},
}

func init() {
	for name, f := range bad {
		bad[name] = func() error {
			if err := limit(order{Limits: extract.Limits{Time: time.Second, Memory: 128 << 20}}); err != nil {
				return err
			}
			return f()
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func reader(t testing.TB, command string) *Reader {
	t.Helper()
	return &Reader{Program: must(os.Executable()), Folder: folder, Limits: usual(), Log: slog.New(slog.DiscardHandler), command: command}
}

func file(t testing.TB, data []byte) *os.File {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	f := must(os.Open(name))
	t.Cleanup(func() { f.Close() })
	return f
}

var minutes = []extract.Block{{Kind: extract.Paragraph, Page: 1, Text: "The councils agreed one plan for water."}}

func TestFilesOfEachKindAreReadApart(t *testing.T) {
	r := reader(t, "")
	pdf := specimen.Paper{Title: "Minutes", Blocks: minutes}.PDF()
	for _, c := range []struct {
		format extract.Format
		data   []byte
	}{
		{extract.TXT, must(specimen.Make(extract.TXT, specimen.Doc{Blocks: minutes}))},
		{extract.DOCX, must(specimen.Make(extract.DOCX, specimen.Doc{Title: "Minutes", Blocks: minutes}))},
		{extract.PDF, pdf},
		{extract.PDF, pdf},
	} {
		got, err := r.Read(t.Context(), Job{Format: c.format, File: file(t, c.data)})
		if err != nil {
			t.Fatalf("%s: %v", c.format, err)
		}
		if len(got.Reading.Blocks) != 1 || got.Reading.Blocks[0].Text != minutes[0].Text || got.Cleaned != 0 {
			t.Errorf("%s: %+v", c.format, got)
		}
	}
	if found := must(filepath.Glob(r.Folder + "/*/*")); len(found) != 1 {
		t.Errorf("the code for PDF is in %v", found)
	}
}

func TestS137_PicturesComeBackCleaned(t *testing.T) {
	var out bytes.Buffer
	got, err := reader(t, "").Read(t.Context(), Job{Format: extract.JPEG, File: file(t, specimen.Photo(6)), Out: &out})
	if err != nil {
		t.Fatal(err)
	}
	if got.Cleaned == 0 || int64(out.Len()) != got.Cleaned || bytes.Contains(out.Bytes(), []byte(specimen.PhotoMaker)) {
		t.Errorf("%d bytes, said to be %d", out.Len(), got.Cleaned)
	}
	if len(got.Reading.Findings) == 0 || !got.Reading.NoText {
		t.Errorf("%+v", got.Reading)
	}
}

func TestS137_OfficeFilesAreCleanedWhenAsked(t *testing.T) {
	docx := must(specimen.Make(extract.DOCX, specimen.Doc{Title: "Minutes", Author: "Alex Member", Blocks: minutes}))
	for _, clean := range []bool{false, true} {
		var out bytes.Buffer
		got, err := reader(t, "").Read(t.Context(), Job{Format: extract.DOCX, File: file(t, docx), Out: &out, Clean: clean})
		if err != nil {
			t.Fatal(err)
		}
		if (got.Cleaned > 0) != clean || int64(out.Len()) != got.Cleaned {
			t.Fatalf("clean %v: %d bytes, said to be %d", clean, out.Len(), got.Cleaned)
		}
		if !clean {
			continue
		}
		r, err := extract.Read(t.Context(), extract.DOCX, bytes.NewReader(out.Bytes()), int64(out.Len()), extract.Usual)
		if err != nil || r.Author != "" || len(r.Blocks) != 1 {
			t.Errorf("%+v, %v", r, err)
		}
	}
}

func TestRefusalsComeBackWithTheirWords(t *testing.T) {
	_, err := reader(t, "").Read(t.Context(), Job{Format: extract.PDF, File: file(t, specimen.Paper{Password: "x", Blocks: minutes}.PDF())})
	if diff := cmp.Diff(error(extract.ErrPassword), err); diff != "" {
		t.Error(diff)
	}
}

func TestS110_ReadersThatGoWrong(t *testing.T) {
	for name, c := range map[string]struct {
		time time.Duration
		why  string
	}{
		"crash":   {time.Minute, "a bad file"},
		"hang":    {time.Second, "it took more than 1s"},
		"spin":    {time.Minute, "killed"}, // by the limit of its processor time
		"hog":     {time.Minute, "no answer"},
		"silent":  {time.Minute, "no answer"},
		"babble":  {time.Minute, "answer: "},
		"endless": {time.Minute, "too large"},
		"write":   {time.Minute, "no answer"},
		"fork":    {3 * time.Second, ""},
		"many":    {time.Minute, "too much memory"},
		"deep":    {time.Minute, "answer: "},
	} {
		t.Run(name, func(t *testing.T) {
			if raced && name == "hog" {
				t.Skip("nothing limits its memory where races are looked for: see race.go")
			}
			t.Parallel()
			r := reader(t, name)
			r.Limits.Time = c.time
			_, err := r.Read(t.Context(), Job{Format: extract.TXT, File: file(t, []byte("x")), Out: io.Discard})
			if u, ok := errors.AsType[*Unreadable](err); !ok || !strings.Contains(u.Why, c.why) {
				t.Errorf("%v, %#v", err, err)
			}
		})
	}
}

// TestS110_NobodyIsLeftBehind: what a process starts ends with it, in a group of its
// own or not, killed or not.
func TestS110_NobodyIsLeftBehind(t *testing.T) {
	alone, err := reader(t, "").Alone(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name, away := range map[string]bool{"fork": true, "litter": false} {
		if away && !alone {
			continue // no system of ours could tell
		}
		r := reader(t, name)
		r.Limits.Time = 3 * time.Second
		before := hanging()
		_, _ = r.Read(t.Context(), Job{Format: extract.TXT, File: file(t, []byte("x"))})
		if after := hanging(); after > before {
			t.Errorf("%s: %d processes are left", name, after-before)
		}
	}
}

// hanging counts the processes of this program that hang.
func hanging() (n int) {
	self := must(os.Executable())
	for _, name := range must(filepath.Glob("/proc/[0-9]*/cmdline")) {
		words, _ := os.ReadFile(name) // it may have ended meanwhile
		if string(words) == self+"\x00hang\x00" || string(words) == "/proc/self/exe\x00hang\x00" {
			n++
		}
	}
	return n
}

func TestS137_APictureThatCannotBeMadeAnewIsRefused(t *testing.T) {
	_, err := reader(t, "crash").Read(t.Context(), Job{Format: extract.PNG, File: file(t, []byte("x")), Out: io.Discard})
	if err != extract.ErrBroken {
		t.Errorf("%#v", err)
	}
}

func TestS110_NoNetwork(t *testing.T) {
	alone, err := reader(t, "").Alone(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !alone {
		t.Skip("this system gives no network of one's own")
	}
	_, err = reader(t, "reach").Read(t.Context(), Job{Format: extract.TXT, File: file(t, []byte("x"))})
	if u, ok := errors.AsType[*Unreadable](err); !ok || !strings.Contains(u.Why, "no answer") {
		t.Errorf("it has a network: %v", err)
	}
}

func TestS110_NothingOfTheNodeIsInTheProcess(t *testing.T) {
	t.Setenv("MOOTHALL_SECRET", "x")
	if _, err := reader(t, "surroundings").Read(t.Context(), Job{Format: extract.TXT, File: file(t, []byte("x"))}); err != nil {
		t.Errorf("%#v", err)
	}
}

func TestFaultsOfOursAreNotTheFiles(t *testing.T) {
	r := reader(t, "")
	full := Job{Format: extract.JPEG, File: file(t, specimen.Photo(1)), Out: fullDisk{}}
	_, err := r.Read(t.Context(), full)
	if !errors.Is(err, errFull) {
		t.Errorf("a full disk: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Read(ctx, full); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that has ended: %v", err)
	}
	r.Program = "/nowhere"
	if _, err := r.Read(t.Context(), full); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no program: %v", err)
	}
}

func TestHereReadsTheSame(t *testing.T) {
	photo := Job{Format: extract.JPEG, File: file(t, specimen.Photo(6))}
	var apart, here bytes.Buffer
	photo.Out = &apart
	want, err := reader(t, "").Read(t.Context(), photo)
	if err != nil {
		t.Fatal(err)
	}
	photo.Out = &here
	got, err := Here{}.Read(t.Context(), photo)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" || !bytes.Equal(apart.Bytes(), here.Bytes()) {
		t.Error(diff)
	}
	if _, err := (Here{}).Read(t.Context(), Job{Format: extract.DOCX, File: file(t, nil)}); !errors.As(err, new(*extract.Refusal)) {
		t.Errorf("an empty file: %v", err)
	}
}

var errFull = errors.New("disk is full")

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }
