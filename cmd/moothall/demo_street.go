package main

import (
	"image"
	"image/color"
	"image/draw"
)

// drawStreet draws what stands for a photograph: a young tree in its pit, between a
// pavement and a road that drains into it.
func drawStreet() image.Image {
	const width, height = 960, 640
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	fill := func(x0, y0, x1, y1 int, c color.RGBA) {
		draw.Draw(img, image.Rect(x0, y0, x1, y1), image.NewUniform(c), image.Point{}, draw.Src)
	}
	for y := range height { // the sky is lighter further down
		shade := uint8(y / 8)
		fill(0, y, width, y+1, color.RGBA{150 + shade, 190 + shade/2, 225, 255})
	}
	wall := color.RGBA{166, 96, 72, 255}
	for x := 0; x < width; x += 240 {
		fill(x, 150, x+230, 430, wall)
		fill(x+40, 200, x+90, 280, color.RGBA{220, 228, 232, 255})
		fill(x+140, 200, x+190, 280, color.RGBA{220, 228, 232, 255})
		fill(x+95, 320, x+135, 430, color.RGBA{60, 70, 80, 255})
	}
	fill(0, 430, width, 520, color.RGBA{188, 184, 176, 255}) // pavement
	for x := 0; x < width; x += 60 {
		fill(x, 430, x+2, 520, color.RGBA{150, 146, 140, 255})
	}
	fill(0, 520, width, 530, color.RGBA{130, 128, 124, 255}) // kerb
	fill(0, 530, width, height, color.RGBA{84, 86, 90, 255}) // road
	fill(390, 450, 570, 530, color.RGBA{92, 66, 44, 255})    // pit
	fill(430, 520, 530, 530, color.RGBA{92, 66, 44, 255})    // where the kerb lets water in
	fill(472, 250, 488, 480, color.RGBA{98, 76, 56, 255})    // trunk
	crown(img, image.Pt(480, 190), 110)
	return img
}

// crown is a disc of leaves, some of them lighter.
func crown(on *image.RGBA, at image.Point, radius int) {
	for y := -radius; y <= radius; y++ {
		for x := -radius; x <= radius; x++ {
			if x*x+y*y > radius*radius {
				continue
			}
			c := color.RGBA{58, 112, 52, 255}
			if (x/6*7+y/5*11)%3 == 0 {
				c = color.RGBA{86, 146, 70, 255}
			}
			on.SetRGBA(at.X+x, at.Y+y, c)
		}
	}
}
