package specimen

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
)

// Photo is a JPEG as a telephone makes it: upright only when its orientation (1
// to 8) is applied, with where it was taken, who made it, and a small picture of
// itself in its EXIF, and an XMP packet. Its upper left quarter is red once it is
// upright, the rest is white.
func Photo(orientation int) []byte {
	const w, h = 64, 32
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, color.White)
			if redIn(orientation, x < w/2, y < h/2) {
				img.Set(x, y, color.RGBA{R: 255, A: 255})
			}
		}
	}
	return snapshot(img, orientation)
}

// Snapshot is a JPEG of a picture with all that a telephone adds to one: see Photo.
func Snapshot(img image.Image) []byte { return snapshot(img, 1) }

func snapshot(img image.Image, orientation int) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		panic(err) // into memory, of a picture that is known
	}
	out := append([]byte{}, b.Bytes()[:2]...)
	out = append(out, segment(append([]byte("Exif\x00\x00"), exif(orientation)...))...)
	out = append(out, segment([]byte("http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta><exif:GPSLatitude>51,30.0N</exif:GPSLatitude></x:xmpmeta>"))...)
	return append(out, b.Bytes()[2:]...)
}

// redIn says which quarter of the stored picture is the upper left one later.
func redIn(orientation int, left, top bool) bool {
	switch orientation {
	case 2, 8:
		left = !left
	case 3, 7:
		left, top = !left, !top
	case 4, 6:
		top = !top
	}
	return left && top
}

func segment(data []byte) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(data)+2)), data...)
}

// PhotoMaker is the name in the EXIF of a Photo, and PhotoThumbnail begins the
// small picture in it: neither may be in a file that was cleaned.
const (
	PhotoMaker     = "Camera of A. Person"
	PhotoThumbnail = "the uncropped original"
)

// exif writes two directories: of the picture, and of the place (TIFF 6.0; EXIF 2.3).
func exif(orientation int) []byte {
	le := binary.LittleEndian
	b := []byte("II*\x00\x08\x00\x00\x00\x03\x00")
	entry := func(tag, kind uint16, count, value uint32) {
		b = le.AppendUint16(le.AppendUint16(b, tag), kind)
		b = le.AppendUint32(le.AppendUint32(b, count), value)
	}
	const maker, gps = 50, 70
	entry(271, 2, uint32(len(PhotoMaker)), maker)
	entry(274, 3, 1, uint32(orientation))
	entry(34853, 4, 1, gps)
	b = le.AppendUint32(b, 0)
	b = append(b, PhotoMaker+"\x00"...)
	b = le.AppendUint16(b, 2)
	entry(1, 2, 2, uint32('N'))
	entry(2, 5, 3, 100)
	b = le.AppendUint32(b, 0)
	for _, n := range []uint32{51, 1, 30, 1, 0, 1} {
		b = le.AppendUint32(b, n)
	}
	return append(b, PhotoThumbnail...)
}
