package importer

import (
	"bytes"
	"io"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// text is a file of text: UTF-8 or, if it starts with a byte-order mark, UTF-16.
type text struct {
	from   io.ReaderAt
	size   int64
	utf16  bool
	marked int64 // bytes of a byte-order mark in UTF-8
}

func newText(from io.ReaderAt, size int64, head []byte) text {
	t := text{from: from, size: size, utf16: isUTF16(head)}
	if bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
		t.marked = 3
	}
	return t
}

func isUTF16(head []byte) bool {
	return bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff"))
}

// open returns the text from its start, in UTF-8.
func (t text) open() (io.ReadCloser, error) {
	bytes := io.NewSectionReader(t.from, t.marked, t.size-t.marked)
	if !t.utf16 {
		return io.NopCloser(bytes), nil
	}
	decoder := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder()
	return io.NopCloser(transform.NewReader(bytes, decoder)), nil
}

// head returns the start of the text.
func (t text) head() (string, error) {
	content, err := t.open()
	if err != nil {
		return "", err
	}
	defer content.Close()
	head, err := io.ReadAll(io.LimitReader(content, headBytes))
	return strings.ToValidUTF8(string(head), "\uFFFD"), err
}
