package extract

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"
)

// scrubber copies a part of XML as it stands, without what its rule takes out. A
// decoder and an encoder would write other bytes for everything else.
type scrubber struct {
	scrubbing
	in    *bufio.Reader
	out   *bufio.Writer
	tag   []byte
	quiet string // name of the element that is being emptied
}

func (s scrubbing) copy(w io.Writer, r io.Reader) error {
	x := &scrubber{scrubbing: s, in: bufio.NewReaderSize(r, 32<<10), out: bufio.NewWriterSize(w, 32<<10)}
	if head, _ := x.in.Peek(2); bytes.Equal(head, []byte("\xff\xfe")) || bytes.Equal(head, []byte("\xfe\xff")) {
		return ErrBroken // in UTF-16, where bytes are not what we look for
	}
	for {
		err := x.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
	}
	if err := x.out.Flush(); err != nil {
		return fmt.Errorf("write a clean copy: %w", err)
	}
	return nil
}

// next copies the text up to a tag, and the tag.
func (s *scrubber) next() error {
	for {
		text, err := s.in.ReadSlice('<')
		if err == nil {
			text = text[:len(text)-1]
		}
		s.write(text)
		if err == nil {
			break
		}
		if err != bufio.ErrBufferFull {
			return err
		}
	}
	if err := s.readTag(); err != nil {
		if err == io.EOF {
			return ErrBroken
		}
		return err
	}
	s.copyTag()
	return nil
}

func (s *scrubber) write(b []byte) {
	if s.quiet == "" {
		s.out.Write(b) // a bufio.Writer keeps its first error for Flush
	}
}

// readTag reads what begins with "<" up to its own end: a ">" in a quoted value,
// a comment or a CDATA section is none.
func (s *scrubber) readTag() error {
	s.tag = append(s.tag[:0], '<')
	quote := byte(0)
	for len(s.tag) < maxToken {
		c, err := s.in.ReadByte()
		if err != nil {
			return err
		}
		s.tag = append(s.tag, c)
		begin, end := s.section()
		switch {
		case begin != "":
			if bytes.HasSuffix(s.tag[len(begin):], []byte(end)) {
				return nil
			}
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return nil
		}
	}
	return ErrTooMuch
}

// section is how a special section of XML begins and ends; empty for a tag.
func (s *scrubber) section() (begin, end string) {
	for _, x := range [][2]string{{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}} {
		if bytes.HasPrefix(s.tag, []byte(x[0])) {
			return x[0], x[1]
		}
	}
	return "", ""
}

func (s *scrubber) copyTag() {
	name, closing := tagName(s.tag)
	_, local, ok := strings.Cut(name, ":")
	if !ok {
		local = name
	}
	open := !closing && !bytes.HasSuffix(s.tag, []byte("/>"))
	switch {
	case s.quiet != "":
		if closing && name == s.quiet {
			s.quiet = ""
			s.write(s.tag)
		}
	case name == "":
		s.write(s.tag)
	case s.dropped != nil && s.dropped(local):
	case s.emptied != nil && s.emptied(local) && open:
		s.write(s.tag)
		s.quiet = name
	case s.attributes != nil && !closing:
		s.write(withoutAttributes(s.tag, s.attributes))
	default:
		s.write(s.tag)
	}
}

// tagName gives the name of an opening or closing tag; empty for what is neither.
func tagName(tag []byte) (name string, closing bool) {
	b := tag[1:]
	if len(b) > 0 && b[0] == '/' {
		closing, b = true, b[1:]
	}
	if len(b) == 0 || b[0] == '!' || b[0] == '?' {
		return "", closing
	}
	if i := bytes.IndexAny(b, " \t\r\n/>"); i >= 0 {
		b = b[:i]
	}
	return string(b), closing
}

// withoutAttributes takes the attributes out of a tag whose local names are
// dropped. A tag that is not well formed stays as it is.
func withoutAttributes(tag []byte, dropped func(local string) bool) []byte {
	if !bytes.Contains(tag, []byte("rsid")) {
		return tag
	}
	kept := make([]byte, 0, len(tag))
	name, _ := tagName(tag)
	at := 1 + len(name)
	kept = append(kept, tag[:at]...)
	for at < len(tag) {
		from := at
		for at < len(tag) && strings.IndexByte(" \t\r\n", tag[at]) >= 0 {
			at++
		}
		equals := bytes.IndexByte(tag[at:], '=')
		if equals < 0 {
			return append(kept, tag[from:]...)
		}
		attribute := strings.TrimSpace(string(tag[at : at+equals]))
		open := at + equals + 1
		for open < len(tag) && strings.IndexByte(" \t\r\n", tag[open]) >= 0 {
			open++
		}
		if open >= len(tag) || tag[open] != '"' && tag[open] != '\'' {
			return tag
		}
		end := bytes.IndexByte(tag[open+1:], tag[open])
		if end < 0 {
			return tag
		}
		at = open + 1 + end + 1
		if !dropped(attribute[strings.IndexByte(attribute, ':')+1:]) {
			kept = append(kept, tag[from:at]...)
		}
	}
	return kept
}
