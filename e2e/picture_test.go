package e2e

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
)

// picture saves what the window shows as {screenshots}/{name}.png if screenshots are requested.
func (p *page) picture(name string) {
	p.t.Helper()
	if *screenshots == "" {
		return
	}
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	shot, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Fatalf("screenshot: %v", err)
	}
	if err := os.MkdirAll(*screenshots, 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*screenshots, name+".png"), reducePalette(p.t, shot), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// reducePalette reduces a picture to its 128 most frequent colors: a third of the size with
// hardly a visible difference, since all but the edges of letters are plain.
func reducePalette(t *testing.T, shot []byte) []byte {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(shot))
	if err != nil {
		t.Fatal(err)
	}
	count := map[color.Color]int{}
	eachPixel(img, func(_, _ int, c color.Color) { count[c]++ })
	palette := color.Palette{}
	for c := range count {
		palette = append(palette, c)
	}
	slices.SortFunc(palette, func(a, b color.Color) int { return count[b] - count[a] })
	palette = palette[:min(128, len(palette))]

	index := map[color.Color]uint8{}
	for c := range count {
		index[c] = uint8(palette.Index(c))
	}
	packed := image.NewPaletted(img.Bounds(), palette)
	eachPixel(img, func(x, y int, c color.Color) { packed.SetColorIndex(x, y, index[c]) })
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, packed); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func eachPixel(img image.Image, do func(x, y int, c color.Color)) {
	for y := img.Bounds().Min.Y; y < img.Bounds().Max.Y; y++ {
		for x := img.Bounds().Min.X; x < img.Bounds().Max.X; x++ {
			do(x, y, img.At(x, y))
		}
	}
}
