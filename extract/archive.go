package extract

import (
	"archive/zip"
	"cmp"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"
)

// archive is an office file, which is a ZIP of parts. Nothing in it is believed:
// names, sizes and places are checked before a part is opened, and what comes
// out is counted while it is read (security.md S111).
type archive struct {
	files  []*zip.File
	byName map[string]*zip.File // names in lower case, as OPC compares them
	limits Limits
	most   int64 // bytes of one part, whatever its ratio; zero when only the ratio counts
}

// smallPart may unpack at any ratio: a page of empty table cells packs very well.
const smallPart = 1 << 20

func openArchive(r io.ReaderAt, size int64, l Limits) (*archive, error) {
	l = l.orUsual()
	if err := checkDirectory(r, size, l.Entries); err != nil {
		return nil, err
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, ErrBroken
	}
	a := &archive{files: z.File, byName: make(map[string]*zip.File, len(z.File)), limits: l}
	for _, f := range z.File {
		if err := a.add(f); err != nil {
			return nil, err
		}
	}
	if err := checkPlaces(z.File, size); err != nil {
		return nil, err
	}
	return a, nil
}

func (a *archive) add(f *zip.File) error {
	const encrypted = 1
	name := strings.ToLower(f.Name)
	switch {
	case f.Flags&encrypted != 0:
		return ErrPassword
	case !safeName(f.Name) || f.Mode()&fs.ModeSymlink != 0 || a.byName[name] != nil:
		return ErrUnsafe
	case f.Method != zip.Store && f.Method != zip.Deflate:
		return ErrBroken
	}
	a.byName[name] = f
	return nil
}

// safeName says whether a part has a name that stays inside the archive.
func safeName(name string) bool {
	if name == "" || len(name) > 1024 || strings.ContainsAny(name, "\\\x00:") {
		return false
	}
	return fs.ValidPath(strings.TrimSuffix(name, "/"))
}

// checkPlaces refuses parts that share bytes: a file of 42 KB can say that a
// thousand parts are the same megabyte.
func checkPlaces(files []*zip.File, size int64) error {
	type span struct{ from, to int64 }
	spans := make([]span, 0, len(files))
	for _, f := range files {
		from, err := f.DataOffset()
		if err != nil || f.CompressedSize64 > uint64(size) {
			return ErrBroken
		}
		spans = append(spans, span{from, from + int64(f.CompressedSize64)})
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	var end int64
	for _, s := range spans {
		if s.from < end || s.to > size {
			return ErrTooMuch
		}
		end = s.to
	}
	return nil
}

// ZIP's own words (PKWARE APPNOTE 4.3).
const (
	zipLocal     = "PK\x03\x04"
	zipCentral   = "PK\x01\x02"
	zipEnd       = "PK\x05\x06"
	zipEnd64At   = "PK\x06\x07"
	centralBytes = 46
	endBytes     = 22
	endAtMost    = endBytes + 1<<16 - 1 // with the longest comment
)

// endOfZIP finds where the record is that ends a ZIP; -1 when there is none.
func endOfZIP(r io.ReaderAt, size int64) (at int64, record []byte) {
	tail := readTail(r, size, endAtMost)
	i := strings.LastIndex(string(tail), zipEnd)
	if i < 0 || len(tail)-i < endBytes {
		return -1, nil
	}
	return size - int64(len(tail)-i), tail[i:]
}

// checkDirectory counts the entries before the directory is read into memory,
// since the count that the file gives may be a lie, and sees that nothing
// follows the archive.
func checkDirectory(r io.ReaderAt, size int64, most int) error {
	at, end := endOfZIP(r, size)
	if at < 0 || len(end) != endBytes+int(binary.LittleEndian.Uint16(end[20:])) {
		return ErrBroken
	}
	from := int64(binary.LittleEndian.Uint32(end[16:]))
	if string(readAt(r, at-20, 4)) == zipEnd64At {
		record := readAt(r, int64(le64(readAt(r, at-12, 8))), 56)
		from = int64(le64(record[min(48, len(record)):]))
	}
	for n := 0; from >= 0 && from < at; n++ {
		h := readAt(r, from, centralBytes)
		if len(h) < centralBytes || string(h[:4]) != zipCentral {
			break
		}
		if n >= most {
			return ErrTooMuch
		}
		for _, i := range []int{28, 30, 32} { // lengths of name, extra and comment
			from += int64(binary.LittleEndian.Uint16(h[i:]))
		}
		from += centralBytes
	}
	return nil
}

func le64(b []byte) uint64 {
	if len(b) < 8 {
		return 0
	}
	return binary.LittleEndian.Uint64(b)
}

func readAt(r io.ReaderAt, at int64, n int) []byte {
	if at < 0 {
		return nil
	}
	b := make([]byte, n)
	n, _ = r.ReadAt(b, at)
	return b[:n]
}

func readTail(r io.ReaderAt, size int64, n int64) []byte {
	n = min(n, size)
	return readAt(r, size-n, int(n))
}

// has says whether there is a part of that name.
func (a *archive) has(name string) bool { return a.byName[strings.ToLower(name)] != nil }

// under lists the parts whose names begin with prefix, without folders.
func (a *archive) under(prefix string) []*zip.File {
	var found []*zip.File
	for _, f := range a.files {
		if len(f.Name) > len(prefix) && strings.EqualFold(f.Name[:len(prefix)], prefix) && !strings.HasSuffix(f.Name, "/") {
			found = append(found, f)
		}
	}
	return found
}

// open reads a part. The caller closes it. The error is fs.ErrNotExist when there is none.
func (a *archive) open(name string) (io.ReadCloser, error) {
	f := a.byName[strings.ToLower(strings.TrimPrefix(name, "/"))]
	if f == nil {
		return nil, fs.ErrNotExist
	}
	most := max(smallPart, int64(f.CompressedSize64)*int64(a.limits.Ratio))
	if a.most > 0 {
		most = min(most, a.most)
	}
	body, err := f.Open()
	if err != nil {
		return nil, ErrBroken
	}
	return &counted{ReadCloser: body, left: most}, nil
}

// counted reads at most left bytes and then refuses the file.
type counted struct {
	io.ReadCloser
	left int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.left -= int64(n)
	if c.left < 0 {
		return 0, ErrTooMuch
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return n, ErrBroken
	}
	return n, err
}
