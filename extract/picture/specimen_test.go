package picture_test

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"testing"

	"golang.org/x/image/webp"

	"moothall/extract"
	"moothall/extract/specimen"
)

// striped is white with a black line across its middle. Its sides are odd.
func striped(w, h int) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			if y != h/2 {
				img.SetGray(x, y, color.Gray{Y: 255})
			}
		}
	}
	return img
}

func TestS137_SpecimensForTheWeb(t *testing.T) {
	want := striped(37, 21)
	same := func(what string, got image.Image) {
		t.Helper()
		if got.Bounds() != want.Bounds() {
			t.Fatalf("%s is %v", what, got.Bounds())
		}
		for y := range 21 {
			for x := range 37 {
				r, g, b, a := got.At(x, y).RGBA()
				if v, _, _, _ := want.At(x, y).RGBA(); r != v || g != v || b != v || a != 0xffff {
					t.Fatalf("%s at %d, %d is %x %x %x %x", what, x, y, r, g, b, a)
				}
			}
		}
	}
	still := specimen.WebP(want)
	img, err := webp.Decode(bytes.NewReader(still))
	if err != nil {
		t.Fatal(err)
	}
	same("WebP", img)
	moving, err := gif.DecodeAll(bytes.NewReader(specimen.Animation([]*image.Gray{want, want})))
	if err != nil || len(moving.Image) != 2 {
		t.Fatal(err)
	}
	same("GIF", moving.Image[1])
	for f, raw := range map[extract.Format][]byte{
		extract.WebP: still, extract.JPEG: specimen.Snapshot(want), extract.GIF: specimen.Animation([]*image.Gray{want}),
	} {
		r, out, err := clean(raw, f)
		if err != nil || len(r.Findings) == 0 || bytes.Contains(out, []byte(specimen.PhotoMaker)) || !bytes.Contains(raw, []byte(specimen.PhotoMaker)) {
			t.Errorf("%s: %v, %+v", f, err, r.Findings)
		}
	}
}
