package store

import (
	"bytes"
	"io"
	"io/fs"
	"strings"
)

// sqliteWords reads migrations as SQLite has them. There, only the word INTEGER
// makes a primary key the very place of its row (it holds 64 bits); a BIGINT one
// costs a second tree for each table, to be kept and searched. On PostgreSQL
// INTEGER has 32 bits, so the files say BIGINT.
type sqliteWords struct{ fs.FS }

// Open opens a migration, or the folder they are in.
func (w sqliteWords) Open(name string) (fs.File, error) {
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
	text = bytes.ReplaceAll(text, []byte(" BIGINT PRIMARY KEY"), []byte(" INTEGER PRIMARY KEY"))
	return translated{bytes.NewReader(text), info}, nil
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
