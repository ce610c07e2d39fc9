package picture

import (
	"bufio"
	"errors"
	"io"

	"moothall/extract"
)

// walkGIF goes over the blocks of a GIF (GIF89a, appendix A) without unpacking
// them. It refuses too many frames or too many pixels in all of them, and counts
// what programs and people wrote beside.
func walkGIF(file io.ReaderAt, size int64, canvas int) (notes int, err error) {
	w := &walker{in: bufio.NewReader(io.NewSectionReader(file, 0, size))}
	head := w.take(13)
	w.skipTable(head[10])
	frames, pixels := 0, 0
	for w.err == nil {
		switch w.take(1)[0] {
		case 0x21: // an extension: one byte of kind, then its data
			if w.isNote(w.take(1)[0]) {
				notes++
			}
			w.skipBlocks()
		case 0x2c: // a frame
			d := w.take(9)
			frames++
			pixels += (int(d[4]) | int(d[5])<<8) * (int(d[6]) | int(d[7])<<8)
			w.skipTable(d[8])
			w.take(1)
			w.skipBlocks()
		case 0x3b: // the end
			return notes, nil
		default:
			return 0, extract.ErrBroken
		}
		if frames > MaxFrames {
			return 0, errFrames
		}
		if max(pixels, canvas) > MaxPixels {
			return 0, errLarge
		}
	}
	if errors.Is(w.err, io.EOF) && frames > 0 {
		return notes, nil // many programs forget the last byte; the decoder decides
	}
	return 0, extract.ErrBroken
}

// isNote says whether an extension of this kind is a comment, or what a program
// says that is not how often the picture repeats.
func (w *walker) isNote(kind byte) bool {
	const comment, application = 0xfe, 0xff
	if kind != application {
		return kind == comment
	}
	name := string(w.take(int(w.take(1)[0])))
	return name != "NETSCAPE2.0" && name != "ANIMEXTS1.0"
}

type walker struct {
	in  *bufio.Reader
	buf [256]byte
	err error
}

// take gives the next n bytes, at most 256; zeros once the file has ended.
func (w *walker) take(n int) []byte {
	b := w.buf[:n]
	clear(b)
	if w.err == nil {
		_, w.err = io.ReadFull(w.in, b)
	}
	return b
}

// skipTable goes over a table of colours, if the flags say that there is one.
func (w *walker) skipTable(flags byte) {
	if flags&0x80 != 0 {
		for range 1 << (flags&7 + 1) {
			w.take(3)
		}
	}
}

func (w *walker) skipBlocks() {
	for w.err == nil {
		n := w.take(1)[0]
		if n == 0 {
			return
		}
		w.take(int(n))
	}
}
