package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"path"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"

	"moothall/extract"
	"moothall/extract/specimen"
)

// bytes makes the file of a version, as the program of an office would.
func (e edition) bytes(p paper) ([]byte, error) {
	switch f := extract.Format(strings.TrimPrefix(path.Ext(e.file), ".")); f {
	case extract.PDF:
		return specimen.Paper{Title: p.draft.Title, Language: p.draft.Language, Tagged: true, Blocks: e.pages()}.PDF(), nil
	case extract.PNG:
		return inPNG(drawSteps(e.blocks))
	case extract.WebP:
		return specimen.WebP(drawSteps(e.blocks)), nil
	case extract.GIF:
		return specimen.Animation(stepByStep(e.blocks)), nil
	case extract.JPEG, "jpg":
		return specimen.Snapshot(drawStreet()), nil
	default:
		return specimen.Make(f, specimen.Doc{
			Title: p.draft.Title, Language: p.draft.Language, Blocks: e.blocks, HiddenSheets: e.hidden,
		})
	}
}

// pages leaves to PDF where its pages begin.
func (e edition) pages() []extract.Block {
	blocks := append([]extract.Block{}, e.blocks...)
	for i := range blocks {
		blocks[i].Page = 0
	}
	return blocks
}

// The sizes of a process map, in pixels before it is made twice as large.
const (
	stepWidth, stepHeight, stepGap = 300, 40, 24
	letterWidth, lineHeight        = 7, 14
)

// drawSteps draws a process map: a box for each block, from top to bottom, with an
// arrow to the next.
func drawSteps(blocks []extract.Block) *image.Gray {
	small := image.NewGray(image.Rect(0, 0, stepWidth+2*stepGap, len(blocks)*(stepHeight+stepGap)+stepGap))
	draw.Draw(small, small.Bounds(), image.White, image.Point{}, draw.Src)
	for i, x := range blocks {
		top := stepGap + i*(stepHeight+stepGap)
		box := image.Rect(stepGap, top, stepGap+stepWidth, top+stepHeight)
		draw.Draw(small, box, image.Black, image.Point{}, draw.Src)
		draw.Draw(small, box.Inset(1), image.White, image.Point{}, draw.Src)
		letter(small, box, x.Text)
		if i > 0 {
			arrow(small, stepGap+stepWidth/2, top-stepGap, top-1)
		}
	}
	return twice(small)
}

func inPNG(img image.Image) ([]byte, error) {
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return nil, fmt.Errorf("write a picture: %w", err)
	}
	return b.Bytes(), nil
}

// stepByStep shows one step more in each picture.
func stepByStep(blocks []extract.Block) (frames []*image.Gray) {
	all := drawSteps(blocks).Bounds()
	for n := range blocks {
		frame := image.NewGray(all)
		draw.Draw(frame, all, image.White, image.Point{}, draw.Src)
		now := drawSteps(blocks[:n+1])
		draw.Draw(frame, now.Bounds(), now, image.Point{}, draw.Src)
		frames = append(frames, frame)
	}
	return frames
}

// letter sets text into a box, in lines that are broken between words.
func letter(on draw.Image, box image.Rectangle, text string) {
	line, y := "", box.Min.Y+lineHeight
	pen := font.Drawer{Dst: on, Src: image.Black, Face: basicfont.Face7x13}
	set := func() {
		pen.Dot = fixed.P(box.Min.X+8, y+2)
		pen.DrawString(line)
		line, y = "", y+lineHeight
	}
	for word := range strings.FieldsSeq(text) {
		if (len(line)+len(word)+1)*letterWidth > box.Dx()-16 {
			set()
		}
		line += word + " "
	}
	set()
}

// arrow points down, from one y to another.
func arrow(on *image.Gray, x, from, to int) {
	for y := from; y <= to; y++ {
		wide := 0
		if left := to - y; left < 6 {
			wide = left
		}
		for dx := -wide; dx <= wide; dx++ {
			on.SetGray(x+dx, y, color.Gray{})
		}
	}
}

// twice makes a picture twice as wide and twice as high.
func twice(small *image.Gray) *image.Gray {
	b := small.Bounds()
	large := image.NewGray(image.Rect(0, 0, 2*b.Dx(), 2*b.Dy()))
	for y := range large.Bounds().Dy() {
		for x := range large.Bounds().Dx() {
			large.SetGray(x, y, small.GrayAt(x/2, y/2))
		}
	}
	return large
}
