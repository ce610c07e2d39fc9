package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"moothall/extract"
)

// hidden is what a picture has in it beside its pixels.
type hidden struct {
	orientation int  // of EXIF; zero when it says nothing
	place       bool // where it was taken
	notes       int  // parts that say who or what made it, when, or how
}

func (h hidden) findings() (f []extract.Finding) {
	if h.place {
		f = append(f, extract.Finding{Code: extract.GPS, Severity: extract.Clean, Count: 1})
	}
	if h.notes > 0 {
		f = append(f, extract.Finding{Code: extract.PersonalMetadata, Severity: extract.Clean, Count: h.notes})
	}
	return f
}

// inspect looks at the parts of a file. It only tells what is there: nothing of
// it is kept, whether it is understood or not.
func inspect(file io.ReaderAt, size int64, f extract.Format) (h hidden, err error) {
	p := &parts{file: file, size: size, hidden: &h}
	switch f {
	case extract.JPEG:
		err = p.jpeg()
	case extract.PNG:
		err = p.png()
	case extract.WebP:
		err = p.webp()
	case extract.GIF:
		h.notes, err = walkGIF(file, size, 0)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return h, fmt.Errorf("read picture: %w", err)
	}
	return h, nil
}

// parts walks over the parts of a picture.
type parts struct {
	file   io.ReaderAt
	size   int64
	hidden *hidden
}

const maxPart = 1 << 20 // of a part that is looked into

// part reads n bytes at a place, and fewer when the file ends or n is too much.
func (p *parts) part(at, n int64) ([]byte, error) {
	b := make([]byte, max(0, min(n, maxPart, p.size-at)))
	got, err := p.file.ReadAt(b, at)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if got == 0 {
		return nil, io.EOF
	}
	return b[:got], nil
}

// jpeg walks the segments up to the pixels (ITU-T T.81, annex B).
func (p *parts) jpeg() error {
	for at := int64(2); ; {
		head, err := p.part(at, 4)
		if err != nil || len(head) < 4 || head[0] != 0xff || head[1] == 0xda {
			return err
		}
		if head[1] == 0xff { // a byte that fills
			at++
			continue
		}
		n := int64(binary.BigEndian.Uint16(head[2:]))
		switch marker := head[1]; {
		case marker == 0xe1 || marker == 0xed || marker == 0xfe: // EXIF or XMP, IPTC, a comment
			data, err := p.part(at+4, n-2)
			if err != nil {
				return err
			}
			p.note(bytes.TrimPrefix(data, []byte("Exif\x00\x00")))
		case marker >= 0xe2 && marker <= 0xef && marker != 0xe2 && marker != 0xee:
			p.hidden.notes++ // of the maker; E2 has colours, EE says how colours are written
		}
		at += 2 + max(n, 2)
	}
}

// png walks the chunks (PNG, 5.3).
func (p *parts) png() error {
	for at := int64(8); ; {
		head, err := p.part(at, 8)
		if err != nil || len(head) < 8 {
			return err
		}
		n := int64(binary.BigEndian.Uint32(head))
		switch string(head[4:]) {
		case "tEXt", "zTXt", "iTXt", "eXIf":
			data, err := p.part(at+8, n)
			if err != nil {
				return err
			}
			p.note(data)
		case "tIME":
			p.hidden.notes++
		case "IEND":
			return nil
		}
		at += 12 + n
	}
}

// webp walks the chunks of a RIFF (RFC 9649, 2.3).
func (p *parts) webp() error {
	for at := int64(12); ; {
		head, err := p.part(at, 8)
		if err != nil || len(head) < 8 {
			return err
		}
		n := int64(binary.LittleEndian.Uint32(head[4:]))
		if kind := string(head[:4]); kind == "EXIF" || kind == "XMP " {
			data, err := p.part(at+8, n)
			if err != nil {
				return err
			}
			p.note(bytes.TrimPrefix(data, []byte("Exif\x00\x00")))
		}
		at += 8 + n + n&1
	}
}

// note counts a part, and looks what it says if it is EXIF or XMP.
func (p *parts) note(data []byte) {
	p.hidden.notes++
	if bytes.Contains(data, []byte("GPSLatitude")) { // XMP
		p.hidden.place = true
	}
	orientation, place := exif(data)
	if orientation != 0 && p.hidden.orientation == 0 {
		p.hidden.orientation = orientation
	}
	p.hidden.place = p.hidden.place || place
}

// exif reads the first directory of EXIF, which has the form of TIFF 6.0: the
// orientation, and whether it leads to where the picture was taken.
func exif(b []byte) (orientation int, place bool) {
	if len(b) < 8 {
		return 0, false
	}
	var order binary.ByteOrder = binary.LittleEndian
	switch string(b[:4]) {
	case "II*\x00":
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 0, false
	}
	const orientationTag, gpsTag, entry = 274, 34853, 12
	at := int64(order.Uint32(b[4:]))
	if at+2 > int64(len(b)) {
		return 0, false
	}
	count := int64(order.Uint16(b[at:]))
	for e := at + 2; count > 0 && e+entry <= int64(len(b)); e, count = e+entry, count-1 {
		switch order.Uint16(b[e:]) {
		case orientationTag:
			orientation = int(order.Uint16(b[e+8:]))
		case gpsTag:
			place = true
		}
	}
	return orientation, place
}
