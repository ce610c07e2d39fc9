package specimen

import (
	"bytes"
	"compress/zlib"
	"crypto/md5"
	"crypto/rc4"
	"fmt"
	"strings"
	"unicode/utf16"
)

// pdfWriter writes the objects of a PDF and remembers where each begins.
type pdfWriter struct {
	out   bytes.Buffer
	at    []int // by number; zero for one that is not written yet
	key   []byte
	owner []byte // entry /O of the encryption
	user  []byte // entry /U
	field int    // the form's field
}

func newPDFWriter(password string) *pdfWriter {
	w := &pdfWriter{at: make([]int, infoObject+1)}
	w.out.WriteString("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
	if password != "" {
		w.lock(password)
	}
	return w
}

// take gives the number of an object that is written later.
func (w *pdfWriter) take() int {
	w.at = append(w.at, 0)
	return len(w.at) - 1
}

func (w *pdfWriter) object(n int, body string) {
	w.at[n] = w.out.Len()
	fmt.Fprintf(&w.out, "%d 0 obj\n%s\nendobj\n", n, body)
}

func (w *pdfWriter) stream(entries, content string, pack bool) int {
	n := w.take()
	if pack {
		var b bytes.Buffer
		z := zlib.NewWriter(&b)
		z.Write([]byte(content)) // into memory: cannot fail
		z.Close()
		content, entries = b.String(), entries+" /Filter /FlateDecode"
	}
	content = w.sealed(n, content)
	w.object(n, fmt.Sprintf("<< %s /Length %d >>\nstream\n%s\nendstream", entries, len(content), content))
	return n
}

// pair is an entry of a dictionary with text; nothing when the text is empty.
func (w *pdfWriter) pair(in int, key, value string) string {
	if value == "" {
		return ""
	}
	return "/" + key + " " + w.text(in, value) + " "
}

// text is a string of object n, in UTF-16 where it needs to be.
func (w *pdfWriter) text(n int, s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return r > '~' }) {
		b := "\xfe\xff"
		for _, u := range utf16.Encode([]rune(s)) {
			b += string([]byte{byte(u >> 8), byte(u)})
		}
		s = b
	}
	return literal(w.sealed(n, s))
}

func literal(s string) string {
	return "(" + strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`, "\r", `\r`, "\n", `\n`).Replace(s) + ")"
}

func (w *pdfWriter) fonts() {
	for i, name := range []string{"Helvetica", "Helvetica-Bold"} {
		w.object(regularFont+i, fmt.Sprintf("<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding << /Type /Encoding /BaseEncoding /WinAnsiEncoding"+
			" /Differences [ 129 /Wcircumflex 141 /wcircumflex 143 /Ycircumflex 144 /ycircumflex ] >> >>", name))
	}
}

// places are the codes of letters beyond Latin-1. Those of Welsh take codes
// that the encoding leaves free.
var places = map[rune]byte{'Ŵ': 129, 'ŵ': 141, 'Ŷ': 143, 'ŷ': 144,
	'€': 128, '…': 133, '‘': 145, '’': 146, '“': 147, '”': 148, '•': 149, '–': 150, '—': 151}

// encoded writes text in the codes of the fonts, "?" for what has none.
func encoded(s string) string {
	var b []byte
	for _, r := range s {
		switch c, ok := places[r]; {
		case ok:
			b = append(b, c)
		case r < 128 || r >= 160 && r < 256:
			b = append(b, byte(r))
		default:
			b = append(b, '?')
		}
	}
	return string(b)
}

func (w *pdfWriter) finish() []byte {
	start := w.out.Len()
	fmt.Fprintf(&w.out, "xref\n0 %d\n0000000000 65535 f \n", len(w.at))
	for _, at := range w.at[1:] {
		fmt.Fprintf(&w.out, "%010d 00000 n \n", at)
	}
	id := "<" + strings.Repeat("4d", 16) + ">"
	fmt.Fprintf(&w.out, "trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R /ID [ %s %s ] ", len(w.at), catalogObject, infoObject, id, id)
	if w.key != nil {
		fmt.Fprintf(&w.out, "/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%x> /U <%x> >> ", w.owner, w.user)
	}
	fmt.Fprintf(&w.out, ">>\nstartxref\n%d\n%%%%EOF\n", start)
	return w.out.Bytes()
}

const padding = "\x28\xBF\x4E\x5E\x4E\x75\x8A\x41\x64\x00\x4E\x56\xFF\xFA\x01\x08\x2E\x2E\x00\xB6\xD0\x68\x3E\x80\x2F\x0C\xA9\xFE\x64\x53\x69\x7A"

// lock sets the keys for a password (PDF 1.7, 7.6.3, algorithms 2 to 4,
// revision 2: old, and enough for a file that asks for one).
func (w *pdfWriter) lock(password string) {
	padded := []byte((password + padding)[:32])
	ownerKey := md5.Sum(padded)
	w.owner = scramble(ownerKey[:5], padded)
	id := bytes.Repeat([]byte{0x4d}, 16)
	all := md5.Sum(bytes.Join([][]byte{padded, w.owner, {0xfc, 0xff, 0xff, 0xff}, id}, nil))
	w.key = all[:5]
	w.user = scramble(w.key, []byte(padding))
}

// sealed encrypts a string or stream of object n (algorithm 1).
func (w *pdfWriter) sealed(n int, s string) string {
	if w.key == nil {
		return s
	}
	key := md5.Sum(append(w.key[:5:5], byte(n), byte(n>>8), byte(n>>16), 0, 0))
	return string(scramble(key[:10], []byte(s)))
}

func scramble(key, data []byte) []byte {
	c, err := rc4.NewCipher(key)
	if err != nil {
		panic(err) // only for a key of a wrong length
	}
	out := make([]byte, len(data))
	c.XORKeyStream(out, data)
	return out
}
