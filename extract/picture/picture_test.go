package picture_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"moothall/extract"
	"moothall/extract/picture"
	"moothall/extract/specimen"
)

func clean(data []byte, f extract.Format) (extract.Reading, []byte, error) {
	var out bytes.Buffer
	r, err := picture.Clean(bytes.NewReader(data), int64(len(data)), f, &out)
	return r, out.Bytes(), err
}

func TestS137_PhotosStandUprightAndSayNothing(t *testing.T) {
	for orientation := range 9 {
		t.Run(fmt.Sprint(orientation), func(t *testing.T) {
			photo := specimen.Photo(orientation)
			r, out, err := clean(photo, extract.JPEG)
			if err != nil {
				t.Fatal(err)
			}
			want := extract.Reading{Format: extract.JPEG, NoText: true, Findings: []extract.Finding{
				{Code: "gps", Severity: extract.Clean, Count: 1}, {Code: "personal-metadata", Severity: extract.Clean, Count: 2}}}
			if diff := cmp.Diff(want, r); diff != "" {
				t.Error(diff)
			}
			gpsTag := []byte{0x25, 0x88, 4, 0}
			for _, secret := range [][]byte{[]byte("Exif"), []byte("GPS"), gpsTag, []byte(specimen.PhotoMaker), []byte(specimen.PhotoThumbnail), []byte("xmp")} {
				if bytes.Contains(out, secret) {
					t.Errorf("%q is still there", secret)
				}
			}
			if !bytes.Contains(photo, gpsTag) {
				t.Error("the photo had no place to begin with")
			}
			img, err := jpeg.Decode(bytes.NewReader(out))
			if err != nil {
				t.Fatal(err)
			}
			b := img.Bounds()
			if (b.Dx() < b.Dy()) != (orientation >= 5) {
				t.Errorf("it is %d by %d", b.Dx(), b.Dy())
			}
			for _, p := range []struct {
				x, y int
				red  bool
			}{{b.Dx() / 4, b.Dy() / 4, true}, {3 * b.Dx() / 4, b.Dy() / 4, false}, {b.Dx() / 4, 3 * b.Dy() / 4, false}, {3 * b.Dx() / 4, 3 * b.Dy() / 4, false}} {
				if red := isRed(img.At(p.x, p.y)); red != p.red {
					t.Errorf("at %d, %d: red is %v", p.x, p.y, red)
				}
			}
		})
	}
}

func isRed(c color.Color) bool {
	r, g, _, _ := c.RGBA()
	return r > 0xc000 && g < 0x4000
}

func TestS137_TextOfPNGIsLeftBehind(t *testing.T) {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewNRGBA(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	const head = 8 + 25 // what it is, and IHDR
	data := append([]byte{}, b.Bytes()[:head]...)
	data = append(data, chunk("tEXt", []byte("Author\x00A. Person"))...)
	data = append(data, chunk("eXIf", specimen.Photo(1)[12:120])...)
	data = append(data, b.Bytes()[head:]...)
	r, out, err := clean(data, extract.PNG)
	if err != nil {
		t.Fatal(err)
	}
	want := []extract.Finding{{Code: "gps", Severity: extract.Clean, Count: 1}, {Code: "personal-metadata", Severity: extract.Clean, Count: 2}}
	if diff := cmp.Diff(want, r.Findings); diff != "" {
		t.Error(diff)
	}
	if bytes.Contains(out, []byte("Person")) || bytes.Contains(out, []byte("eXIf")) {
		t.Error("it is still there")
	}
	if diff := cmp.Diff(b.Bytes(), out); diff != "" {
		t.Error("other pixels came out")
	}
}

func chunk(kind string, data []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	b = append(append(b, kind...), data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

func TestAnimationsOfGIFAreKept(t *testing.T) {
	const loop = 13 // behind the head, which has no table of colours
	data := moving(5, 10)
	data = slices.Concat(data[:loop], []byte("\x21\xfe\x09A. Person\x00"), data[loop:])
	r, out, err := clean(data, extract.GIF)
	if err != nil {
		t.Fatal(err)
	}
	g, err := gif.DecodeAll(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]extract.Finding{{Code: "personal-metadata", Severity: extract.Clean, Count: 1}}, r.Findings); diff != "" {
		t.Error(diff)
	}
	if bytes.Contains(out, []byte("Person")) {
		t.Error("the comment is still there")
	}
	if r.Format != extract.GIF || len(g.Image) != 5 || g.Delay[0] != 7 || g.LoopCount != 3 {
		t.Errorf("%s with %d frames, %d, %d", r.Format, len(g.Image), g.Delay[0], g.LoopCount)
	}
}

func moving(frames, side int) []byte {
	g := gif.GIF{LoopCount: 3}
	for i := range frames {
		img := image.NewPaletted(image.Rect(0, 0, side, side), color.Palette{color.Black, color.White})
		img.SetColorIndex(i%side, 0, 1)
		g.Image, g.Delay = append(g.Image, img), append(g.Delay, 7)
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, &g); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// webpDot is a picture of one pixel, in the lossless form of WebP.
var webpDot = []byte("RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00")

func TestWebPBecomesPNG(t *testing.T) {
	r, out, err := clean(webpDot, extract.WebP)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := png.Decode(bytes.NewReader(out)); err != nil || r.Format != extract.PNG {
		t.Error(r.Format, err)
	}
}

func TestS108_PicturesThatAreRefused(t *testing.T) {
	photo := specimen.Photo(1)
	for name, c := range map[string]struct {
		data []byte
		f    extract.Format
		code string
	}{
		"PNG of 65 000 by 65 000 in 40 KB": {hugePNG(65_000), extract.PNG, "too-many-pixels"},
		"JPEG of 65 000 by 65 000":         {resized(photo, 65_000), extract.JPEG, "too-many-pixels"},
		"JPEG that says 1 by 1":            {resized(photo, 1)[:len(photo)/2], extract.JPEG, "broken"},
		"GIF with 20 000 frames":           {moving(20_000, 2), extract.GIF, "too-many-frames"},
		"GIF with much in each frame":      {moving(60, 1000), extract.GIF, "too-many-pixels"},
		"GIF that ends early":              {moving(5, 10)[:40], extract.GIF, "broken"},
		"WebP that moves":                  {[]byte("RIFF\x1a\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00"), extract.WebP, "animation"},
		"nothing":                          {nil, extract.PNG, "broken"},
		"a web page":                       {[]byte("GIF89a\x01\x00\x01\x00\x00\x00\x00<script>alert(1)</script>"), extract.GIF, "broken"},
	} {
		t.Run(name, func(t *testing.T) {
			_, out, err := clean(c.data, c.f)
			no, ok := errors.AsType[*extract.Refusal](err)
			if !ok || no.Code != c.code || len(out) > 0 {
				t.Errorf("%v, and %d bytes", err, len(out))
			}
		})
	}
}

// hugePNG is black from edge to edge.
func hugePNG(side uint32) []byte {
	b := []byte("\x89PNG\r\n\x1a\n")
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, side), side)
	b = append(b, chunk("IHDR", append(head, 1, 0, 0, 0, 0))...)
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	if _, err := w.Write(make([]byte, 40<<20)); err != nil {
		panic(err)
	}
	w.Close()
	return append(append(b, chunk("IDAT", z.Bytes())...), chunk("IEND", nil)...)
}

// resized is a JPEG whose head says another size.
func resized(photo []byte, side uint16) []byte {
	b := bytes.Clone(photo)
	i := bytes.Index(b, []byte{0xff, 0xc0}) // SOF0: length, precision, height, width
	binary.BigEndian.PutUint16(b[i+5:], side)
	binary.BigEndian.PutUint16(b[i+7:], side)
	return b
}

func FuzzS108_Clean(f *testing.F) {
	for _, data := range [][]byte{specimen.Photo(6), moving(3, 4), webpDot} {
		for i := range byte(4) {
			f.Add(i, data)
		}
	}
	formats := []extract.Format{extract.PNG, extract.JPEG, extract.GIF, extract.WebP}
	f.Fuzz(func(t *testing.T, kind byte, data []byte) {
		r, out, err := clean(data, formats[int(kind)%len(formats)])
		if err != nil {
			return
		}
		if again, _, err := clean(out, r.Format); err != nil || len(again.Findings) > 0 {
			t.Errorf("what came out has %v, %v", again.Findings, err)
		}
	})
}
