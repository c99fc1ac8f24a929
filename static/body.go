package static

import (
	"bytes"
	"compress/gzip"
	"io"
	"sync"

	"github.com/andybalholm/brotli"
)

// Body is content that does not change, in each encoding that browsers accept.
// It is compressed as far as it goes, once, when an encoding is first asked for.
type Body struct {
	plain  []byte
	gzip   func() []byte
	brotli func() []byte
}

// NewBody returns a body with this content, which must not change any more.
func NewBody(content []byte) Body {
	return Body{
		plain:  content,
		gzip:   sync.OnceValue(func() []byte { return compress(content, gzipWriter) }),
		brotli: sync.OnceValue(func() []byte { return compress(content, brotliWriter) }),
	}
}

// Encodings are the names of the compressed forms, the smallest first.
var Encodings = []string{"br", "gzip"}

// Encoded returns the body in one of Encodings, or as it is for any other name.
// Callers must not change the bytes.
func (b Body) Encoded(encoding string) []byte {
	switch encoding {
	case "br":
		return b.brotli()
	case "gzip":
		return b.gzip()
	default:
		return b.plain
	}
}

func gzipWriter(to io.Writer) io.WriteCloser {
	w, err := gzip.NewWriterLevel(to, gzip.BestCompression)
	if err != nil {
		panic(err) // the level is a constant
	}
	return w
}

func brotliWriter(to io.Writer) io.WriteCloser {
	return brotli.NewWriterLevel(to, brotli.BestCompression)
}

func compress(content []byte, writer func(io.Writer) io.WriteCloser) []byte {
	var out bytes.Buffer
	w := writer(&out)
	_, err := w.Write(content)
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(err) // a buffer takes everything
	}
	return out.Bytes()
}
