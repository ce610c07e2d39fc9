package picture

import (
	"image"
	"image/draw"
)

// turn applies an orientation of EXIF, 1 to 8, so that the picture stands upright
// without it. Anything else leaves it as it is.
func turn(img image.Image, orientation int) image.Image {
	if orientation < 2 || orientation > 8 {
		return img
	}
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	to := image.NewRGBA(image.Rect(0, 0, w, h))
	if orientation >= 5 {
		to = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	row := image.NewRGBA(image.Rect(0, 0, w, 1)) // one at a time: a picture in memory is enough
	for y := range h {
		draw.Draw(row, row.Bounds(), img, image.Pt(b.Min.X, b.Min.Y+y), draw.Src)
		for x := range w {
			tx, ty := place(orientation, x, y, w, h)
			copy(to.Pix[to.PixOffset(tx, ty):][:4], row.Pix[4*x:])
		}
	}
	return to
}

// place says where a pixel goes (EXIF 2.3, tag 274).
func place(orientation, x, y, w, h int) (int, int) {
	switch orientation {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return h - 1 - y, x
	case 7:
		return h - 1 - y, w - 1 - x
	}
	return y, w - 1 - x // 8
}
