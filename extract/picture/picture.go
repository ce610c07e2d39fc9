// Package picture makes pictures anew: the pixels that people see, and nothing
// else that the file had in it (security.md S137). What a picture may cost is
// known from its first bytes, before memory is taken (S108).
package picture

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"

	"moothall/extract"
)

// What one picture may be (security.md S108).
const (
	MaxPixels = 40_000_000 // of all frames together
	MaxFrames = 100
)

const quality = 90 // of JPEG: what comes out looks like what went in

// The pictures that are not taken.
var (
	errLarge  = &extract.Refusal{Code: "too-many-pixels", Words: "This picture is too large. Make it smaller than 40 million pixels (8,000 by 5,000) and share that."}
	errFrames = &extract.Refusal{Code: "too-many-frames", Words: "This picture moves for too long. Cut it to 100 frames and share that."}
	errMoves  = &extract.Refusal{Code: "animation", Words: "This is a WebP picture that moves. Save it as GIF, or as a picture that does not move, and share that."}
)

// Clean reads a picture and writes it anew to out. The reading has the format that
// was written, and what was left behind as findings. Errors are an
// *extract.Refusal, or of out.
func Clean(file io.ReaderAt, size int64, f extract.Format, out io.Writer) (extract.Reading, error) {
	if err := check(file, size, f); err != nil {
		return extract.Reading{}, err
	}
	hidden, err := inspect(file, size, f)
	if err != nil {
		return extract.Reading{}, err
	}
	r := extract.Reading{Format: f, NoText: true, Findings: hidden.findings()}
	in := bufio.NewReader(io.NewSectionReader(file, 0, size))
	if f == extract.GIF {
		return r, cleanGIF(in, out)
	}
	img, err := decode(in, f)
	if err != nil {
		return extract.Reading{}, extract.ErrBroken
	}
	img = turn(img, hidden.orientation)
	if f == extract.JPEG {
		err = jpeg.Encode(out, img, &jpeg.Options{Quality: quality})
	} else {
		r.Format = extract.PNG
		err = png.Encode(out, img)
	}
	if err != nil {
		return extract.Reading{}, fmt.Errorf("write picture: %w", err)
	}
	return r, nil
}

// check refuses what would cost too much, from the head of the file.
func check(file io.ReaderAt, size int64, f extract.Format) error {
	in := bufio.NewReader(io.NewSectionReader(file, 0, size))
	c, err := config(in, f)
	switch {
	case f == extract.WebP && errors.Is(err, errAnimated):
		return errMoves
	case err != nil || c.Width <= 0 || c.Height <= 0:
		return extract.ErrBroken
	case c.Width > MaxPixels/c.Height:
		return errLarge
	}
	if f == extract.GIF {
		_, err := walkGIF(file, size, c.Width*c.Height)
		return err
	}
	return nil
}

func config(in io.Reader, f extract.Format) (image.Config, error) {
	switch f {
	case extract.PNG:
		return png.DecodeConfig(in)
	case extract.JPEG:
		return jpeg.DecodeConfig(in)
	case extract.GIF:
		return gif.DecodeConfig(in)
	case extract.WebP:
		return webpConfig(in)
	}
	return image.Config{}, fmt.Errorf("%s is not a picture", f)
}

func decode(in io.Reader, f extract.Format) (image.Image, error) {
	switch f {
	case extract.PNG:
		return png.Decode(in)
	case extract.JPEG:
		return jpeg.Decode(in)
	case extract.WebP:
		return webp.Decode(in)
	}
	return nil, fmt.Errorf("%s is not a picture that stands still", f)
}

// cleanGIF keeps the frames and their times, and drops comments and programs' notes.
func cleanGIF(in io.Reader, out io.Writer) error {
	g, err := gif.DecodeAll(in)
	if err != nil {
		return extract.ErrBroken
	}
	if err := gif.EncodeAll(out, g); err != nil {
		return fmt.Errorf("write picture: %w", err)
	}
	return nil
}

var errAnimated = errors.New("it moves")

// webpConfig reads the head of a WebP, and tells a moving one, which the decoder
// does not know.
func webpConfig(in io.Reader) (image.Config, error) {
	head := make([]byte, 21)
	if _, err := io.ReadFull(in, head); err != nil {
		return image.Config{}, err
	}
	const animation = 0x02 // RFC 9649, 2.7
	if bytes.Equal(head[12:16], []byte("VP8X")) && head[20]&animation != 0 {
		return image.Config{}, errAnimated
	}
	return webp.DecodeConfig(io.MultiReader(bytes.NewReader(head), in))
}
