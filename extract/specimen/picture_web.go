package specimen

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/gif"
)

// Animation is a GIF of pictures in black and white that take turns, each for two
// seconds, with a comment that names who made it.
func Animation(frames []*image.Gray) []byte {
	g := gif.GIF{}
	for _, f := range frames {
		b := f.Bounds()
		p := image.NewPaletted(b, color.Palette{color.White, color.Black})
		for y := b.Min.Y; y < b.Max.Y; y++ {
			for x := b.Min.X; x < b.Max.X; x++ {
				if isBlack(f, x, y) {
					p.SetColorIndex(x, y, 1)
				}
			}
		}
		g.Image, g.Delay = append(g.Image, p), append(g.Delay, 200)
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, &g); err != nil {
		panic(err) // into memory, of pictures that are known
	}
	const head = 13 // no palette follows it: each picture has its own
	out := append([]byte{}, b.Bytes()[:head]...)
	out = append(out, 0x21, 0xfe, byte(len(PhotoMaker)))
	out = append(append(out, PhotoMaker...), 0)
	return append(out, b.Bytes()[head:]...)
}

func isBlack(img *image.Gray, x, y int) bool { return img.GrayAt(x, y).Y < 128 }

// WebP is a picture in black and white without loss, with where it was taken and who
// made it in its EXIF (RFC 9649).
func WebP(img *image.Gray) []byte {
	w, h := uint32(img.Bounds().Dx()-1), uint32(img.Bounds().Dy()-1)
	const hasEXIF = 8
	about := []byte{hasEXIF, 0, 0, 0, byte(w), byte(w >> 8), byte(w >> 16), byte(h), byte(h >> 8), byte(h >> 16)}
	body := chunk([]byte("WEBP"), "VP8X", about)
	body = chunk(body, "VP8L", lossless(img))
	return chunk(nil, "RIFF", chunk(body, "EXIF", exif(1)))
}

func chunk(to []byte, kind string, data []byte) []byte {
	to = binary.LittleEndian.AppendUint32(append(to, kind...), uint32(len(data)))
	to = append(to, data...)
	if len(data)%2 == 1 {
		to = append(to, 0)
	}
	return to
}

// lossless writes one bit for each pixel: green is 0 or 255, red and blue are as much
// more than green as nothing, and alpha is 255 (RFC 9649, 3 and 4.2).
func lossless(img *image.Gray) []byte {
	r := img.Bounds()
	var b bits
	b.put(0x2f, 8) // what it begins with
	b.put(uint(r.Dx()-1), 14)
	b.put(uint(r.Dy()-1), 14)
	b.put(0, 1+3)    // no transparency; version 0
	b.put(1|2<<1, 3) // one transform: green is taken from red and blue
	b.put(0, 3)      // no other, no cache of colours, no groups of codes
	b.put(3, 2)      // green: a simple code of two symbols,
	b.put(0, 1)      // the first of one bit
	b.put(0, 1)
	b.put(255, 8)
	b.put(1, 4)      // red: only 0
	b.put(1, 4)      // blue
	b.put(1|1<<2, 3) // alpha: one symbol, of eight bits
	b.put(255, 8)
	b.put(1, 4) // distances, of which there are none
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			white := uint(1)
			if isBlack(img, x, y) {
				white = 0
			}
			b.put(white, 1)
		}
	}
	return b.out
}

// bits are written from the lowest of each byte upwards.
type bits struct {
	out  []byte
	used int // of the last byte
}

func (b *bits) put(v uint, n int) {
	for ; n > 0; n, v = n-1, v>>1 {
		if b.used%8 == 0 {
			b.out = append(b.out, 0)
		}
		b.out[len(b.out)-1] |= byte(v&1) << (b.used % 8)
		b.used++
	}
}
