package extract

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// sniffText says which kind of text a file is, having read all of it.
func sniffText(ext string, r io.ReaderAt, size int64) (Format, error) {
	text := textReader(r, size)
	head, err := text.Peek(headBytes)
	if err != nil && err != io.EOF {
		return "", ErrUnknown
	}
	if err := refusedMarkup(head); err != nil {
		return "", err
	}
	if !isText(text) {
		return "", ErrUnknown
	}
	switch f := byExtension[ext]; {
	case f == CSV || f == MD:
		return f, nil
	case isScript(ext):
		return "", ErrProgram
	}
	return TXT, nil
}

// isText says whether r has only the characters that people write. Those that
// cannot be decoded come as U+FFFD and count as text up to one in a hundred.
func isText(r *bufio.Reader) bool {
	var bad, all int
	for {
		c, _, err := r.ReadRune()
		if err != nil {
			return err == io.EOF && bad*100 <= all && all > 0
		}
		all++
		switch {
		case c == utf8.RuneError:
			bad++
		case c < ' ' && !isSpace(c) && c != '\x1a', c == 0x7f:
			return false
		}
	}
}

func isSpace(c rune) bool { return c == '\n' || c == '\r' || c == '\t' || c == '\f' }

// refusedMarkup refuses what begins as a web page, a drawing or a script does,
// after spaces and comments.
func refusedMarkup(head []byte) error {
	s := strings.ToLower(string(head))
	for {
		s = strings.TrimLeft(s, " \t\r\n\f\ufeff")
		if !strings.HasPrefix(s, "<!--") {
			break
		}
		_, after, ok := strings.Cut(s, "-->")
		if !ok {
			break
		}
		s = after
	}
	switch {
	case strings.HasPrefix(s, "<?php"):
		return ErrProgram
	case strings.HasPrefix(s, "<?xml"), strings.HasPrefix(s, "<svg"), strings.HasPrefix(s, "<!doctype svg"):
		if strings.Contains(s, "<svg") {
			return ErrSVG
		}
		if !hasMarkup([]byte(s)) {
			return ErrUnknown
		}
		return ErrWebPage
	}
	for _, tag := range []string{"<!doctype", "<html", "<head", "<body", "<script", "<iframe", "<meta", "<title", "<style", "<link"} {
		if strings.HasPrefix(s, tag) {
			return ErrWebPage
		}
	}
	return nil
}

// isScript knows texts that a double click runs.
func isScript(ext string) bool {
	switch ext {
	case "bat", "cmd", "ps1", "vbs", "js", "jse", "wsf", "hta", "sh", "py", "pl", "rb", "php", "reg", "scr", "com", "jar":
		return true
	}
	return false
}

// textReader reads a text as UTF-8, whatever it is written in: UTF-8 or UTF-16
// with or without its mark, else Windows-1252, which is what Excel writes in
// Britain.
func textReader(r io.ReaderAt, size int64) *bufio.Reader {
	all := io.NewSectionReader(r, 0, size)
	if e := encodingOf(r, size); e != nil {
		return bufio.NewReaderSize(e.NewDecoder().Reader(all), 32<<10)
	}
	return bufio.NewReaderSize(all, 32<<10)
}

func encodingOf(r io.ReaderAt, size int64) encoding.Encoding {
	head := readAt(r, 0, headBytes)
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM)
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		return unicode.UTF8BOM
	case everySecond(head, 1):
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case everySecond(head, 0):
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	case isUTF8(r, size):
		return nil
	}
	return charmap.Windows1252
}

// everySecond says whether b looks like UTF-16 without its mark: each second
// byte, from the first or the next, is zero, and no other is.
func everySecond(b []byte, from int) bool {
	if len(b) < 4 {
		return false
	}
	for i, c := range b {
		if (c == 0) != (i%2 == from) {
			return false
		}
	}
	return true
}

func isUTF8(r io.ReaderAt, size int64) bool {
	all := bufio.NewReaderSize(io.NewSectionReader(r, 0, size), 32<<10)
	for {
		c, n, err := all.ReadRune()
		if err != nil {
			return err == io.EOF
		}
		if c == utf8.RuneError && n == 1 {
			return false
		}
	}
}
