package local

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"io/fs"
	"strings"
)

// demoContents are the demo's files by name, which is their id as well.
type demoContents map[string][]byte

func demoFiles() demoContents {
	return demoContents{
		"welcome.txt": []byte(
			"Welcome to the demo.\nEverything in it is invented: share what you like.\n",
		),
		"floor-plan.png":    demoImage(),
		"office-lease.pdf":  demoPDF("Lease of the demo office: nothing in it is binding."),
		"access.log":        demoLog(3 << 20),
		"empty.txt":         {},
		"网络图 (network).txt": []byte("router 192.0.2.1\n交换机 192.0.2.2\nمحول 192.0.2.3\n"),
	}
}

func (d demoContents) open(id string) (io.ReadCloser, error) {
	content, ok := d[id]
	if !ok {
		return nil, fmt.Errorf("demo file: %w", fs.ErrNotExist)
	}
	return io.NopCloser(bytes.NewReader(content)), nil
}

// demoImage draws three rooms.
func demoImage() []byte {
	const width, height = 480, 320
	plan := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			shade := color.RGBA{R: uint8(225 - x/16), G: uint8(235 - y/16), B: 245, A: 255}
			wall := x < 6 || y < 6 || x >= width-6 || y >= height-6 || (x/4 == 50 && y > 90) ||
				(y/4 == 40 && x > 200 && x < 400)
			if wall {
				shade = color.RGBA{R: 60, G: 70, B: 90, A: 255}
			}
			plan.SetRGBA(x, y, shade)
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, plan); err != nil {
		panic("local: an image in memory is always written: " + err.Error())
	}
	return out.Bytes()
}

// demoPDF is one page with a line of text.
func demoPDF(line string) []byte {
	page := "BT /F1 16 Tf 60 760 Td (" + line + ") Tj ET"
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 " +
			"0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(page), page),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
	}
	var out strings.Builder
	out.WriteString("%PDF-1.4\n")
	var offsets []int
	for i, object := range objects {
		offsets = append(offsets, out.Len())
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	start := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, offset := range offsets {
		fmt.Fprintf(&out, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(
		&out,
		"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n",
		len(objects)+1,
		start,
	)
	return []byte(out.String())
}

// demoLog is a log of about the given size.
func demoLog(size int) []byte {
	var out bytes.Buffer
	out.Grow(size + 100)
	for n := 0; out.Len() < size; n++ {
		fmt.Fprintf(
			&out,
			"2026-01-%02d %02d:%02d:%02d 203.0.113.%d GET /status/%d 200\n",
			1+n/3600%28,
			n/60%24,
			n%60,
			n*7%60,
			n%254+1,
			n,
		)
	}
	return out.Bytes()
}
