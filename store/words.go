package store

import (
	"bytes"
	"io"
	"io/fs"
	"strings"
)

// dialectWords reads migrations as one database has them. Lines behind "-- on sqlite
// only" or "-- on postgres only", up to "-- on both", are for that one
// (decision 0030).
//
// On SQLite, only the word INTEGER makes a primary key the very place of its row
// (it holds 64 bits); a BIGINT one costs a second tree for each table, to be kept
// and searched. On PostgreSQL INTEGER has 32 bits, so the files say BIGINT.
type dialectWords struct {
	fs.FS
	name string // of the dialect
}

// Open opens a migration, or the folder they are in.
func (w dialectWords) Open(name string) (fs.File, error) {
	f, err := w.FS.Open(name)
	if err != nil || !strings.HasSuffix(name, ".sql") {
		return f, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	text = only(text, w.name)
	if w.name == sqliteDialect.name {
		text = bytes.ReplaceAll(text, []byte(" BIGINT PRIMARY KEY"), []byte(" INTEGER PRIMARY KEY"))
	}
	return translated{bytes.NewReader(text), info}, nil
}

// only leaves out the lines that are for another database.
func only(text []byte, dialect string) []byte {
	var kept bytes.Buffer
	for mine := true; len(text) > 0; {
		line, rest, _ := bytes.Cut(text, []byte("\n"))
		text = rest
		switch string(line) {
		case "-- on both":
			mine = true
		case "-- on sqlite only", "-- on postgres only":
			mine = string(line) == "-- on "+dialect+" only"
		default:
			if mine {
				kept.Write(line)
				kept.WriteByte('\n')
			}
		}
	}
	return kept.Bytes()
}

// translated is a file whose text was changed on the way.
type translated struct {
	*bytes.Reader
	info fs.FileInfo
}

// Stat is that of the original.
func (t translated) Stat() (fs.FileInfo, error) { return t.info, nil }

// Close does nothing: the text is in memory.
func (translated) Close() error { return nil }
