package importer

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"

	"itemshare/vault"
)

// keePassFile is a file of the pool of binaries: base64, perhaps of gzip. at is where its text starts.
type keePassFile struct {
	x          *keePass
	id         string
	at         int64
	text       int64 // bytes of its base64
	inline     []byte
	compressed bool

	taken   bool
	checked bool
	fault   string
	bytes   int64
}

// binary notes where the bytes of a binary are.
func (x *keePass) binary(r *xmlReader) error {
	if len(x.pool) >= maxEntries {
		return invalidFile("The export has more than 50,000 files.", nil)
	}
	file := &keePassFile{
		x: x, id: r.attribute("ID"), at: r.position(),
		compressed: strings.EqualFold(r.attribute("Compressed"), "true"),
	}
	if err := r.skip(); err != nil {
		return err
	}
	file.text = r.position() - file.at
	if x.pool[file.id] == nil {
		x.pool[file.id] = file
	}
	return nil
}

// binaries adds an entry's files.
func (r *keePassReader) binaries(b *builder, v *value) {
	number := 0
	for _, m := range v.members {
		if m.name != "Binary" {
			continue
		}
		number++
		name, content := b.text(m.get("Key"), "Binary"), m.get("Value")
		file := vault.File{ID: "ref " + content.get("@Ref").plainText(), Name: name}
		var found attachment
		if pooled := r.pool[content.get("@Ref").plainText()]; pooled != nil && content.get("@Ref") != nil {
			found = pooled
		} else if text := content.content().plainText(); text != "" {
			file.ID = fmt.Sprint("inline ", number)
			found = &keePassFile{
				x: r.keePass, inline: []byte(text),
				compressed: strings.EqualFold(content.get("@Compressed").plainText(), "true"),
			}
		}
		file.ID = fmt.Sprint(file.ID, " ", number) // the same bytes may have two names
		if r.addFile(b, found, content, file, "Binary") {
			content.set(taken)
		}
	}
}

func (f *keePassFile) size() int64 {
	f.check()
	return f.bytes
}

func (f *keePassFile) cost() int64 {
	cost := f.text + int64(len(f.inline)) + f.bytes
	if f.x.text.utf16 { // which is read from its start
		cost += f.at
	}
	return cost
}

func (f *keePassFile) take() { f.taken = true }

// check reads the file to its end, once.
func (f *keePassFile) check() string {
	if f.checked {
		return f.fault
	}
	f.checked = true
	content, err := f.open()
	if err != nil {
		f.fault = "A file in the export is damaged."
		return f.fault
	}
	defer content.Close()
	f.bytes, err = io.Copy(io.Discard, content)
	if errors.Is(err, errTooLong) {
		f.fault = "A file in the export is larger than 100 MiB."
	} else if err != nil {
		f.fault = "A file in the export is damaged."
	}
	return f.fault
}

func (f *keePassFile) open() (io.ReadCloser, error) {
	var from io.Reader = bytes.NewReader(f.inline)
	if f.inline == nil {
		whole, err := f.x.text.open()
		if err != nil {
			return nil, err
		}
		if seeker, ok := whole.(io.Seeker); ok {
			_, err = seeker.Seek(f.at, io.SeekStart)
		} else {
			_, err = io.CopyN(io.Discard, whole, f.at)
		}
		if err != nil {
			return nil, err
		}
		from = whole
	}
	from = base64.NewDecoder(base64.StdEncoding, &base64Text{from: bufio.NewReader(from)})
	if f.compressed {
		unpacked, err := gzip.NewReader(from)
		if err != nil {
			return nil, err
		}
		from = unpacked
	}
	return io.NopCloser(&boundedReader{from, vault.MaxFileBytes}), nil
}

// base64Text reads a text up to the next tag, without white space.
type base64Text struct {
	from *bufio.Reader
	done bool
}

func (t *base64Text) Read(p []byte) (n int, err error) {
	for n < len(p) && !t.done {
		c, err := t.from.ReadByte()
		switch {
		case errors.Is(err, io.EOF), err == nil && c == '<':
			t.done = true
		case err != nil:
			return n, err
		case c != ' ' && c != '\n' && c != '\r' && c != '\t':
			p[n] = c
			n++
		}
		if t.from.Buffered() == 0 && n > 0 {
			break
		}
	}
	if n == 0 && t.done {
		return 0, io.EOF
	}
	return n, nil
}

// boundedReader returns errTooLong after left bytes.
type boundedReader struct {
	from io.Reader
	left int64
}

func (r *boundedReader) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	if r.left -= int64(n); r.left < 0 {
		return 0, errTooLong
	}
	return n, err
}
