package link

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf8"
)

// Content is the copy of an item that a share seals. What is absent in the item is absent in the
// JSON. Printing a content prints its values.
type Content struct {
	Title    string    `json:"title"`
	Category string    `json:"category"`
	Fields   []Field   `json:"fields,omitempty"`
	Sections []Section `json:"sections,omitempty"`
	Websites []Website `json:"websites,omitempty"`
	Tags     []string  `json:"tags,omitempty"`
	Notes    string    `json:"notes,omitempty"`
	Files    []File    `json:"files,omitempty"`
	SharedBy string    `json:"shared_by"` // the sharer's display name
	SharedAt int64     `json:"shared_at"` // Unix seconds
}

// Field is one field of the item. Type is the name that 1Password's SDK uses (Text, Concealed,
// Totp, …); Section is the id of a section, or empty.
type Field struct {
	Title   string `json:"title"`
	Type    string `json:"type"`
	Value   string `json:"value"`
	Section string `json:"section,omitempty"`
}

// Concealed reports whether the value is hidden until a person asks for it.
func (f Field) Concealed() bool {
	switch f.Type {
	case "Concealed", "Totp", "SshKey", "CreditCardNumber":
		return true
	}
	return false
}

// Section groups fields under a title.
type Section struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

// Website is an address where the item is used.
type Website struct {
	Label string `json:"label"`
	URL   string `json:"url"`
}

// prefixSize is the length of a nonce prefix, in bytes.
const prefixSize = 7

// File is the entry of a file. Sizes are in bytes. Name is what the sharer called the file: clean
// it before using it on a disk. NoncePrefix is 7 random bytes as base64url.
type File struct {
	Index       int    `json:"index"`
	Name        string `json:"name"`
	Type        string `json:"type"`
	Size        int64  `json:"size"`
	ChunkSize   int64  `json:"chunk_size"`
	NoncePrefix string `json:"nonce_prefix"`
}

// Chunks returns the number of the file's chunks: at least one, also where the file is empty.
func (f File) Chunks() int64 {
	return max(1, f.Size/f.ChunkSize+min(1, f.Size%f.ChunkSize))
}

// NewNoncePrefix reads the nonce prefix of a file from the random source.
func NewNoncePrefix(random io.Reader) (string, error) {
	var prefix [prefixSize]byte
	if _, err := io.ReadFull(random, prefix[:]); err != nil {
		return "", fmt.Errorf("create a nonce prefix: %w", err)
	}
	return Encode(prefix[:]), nil
}

// Encode returns the JSON that is sealed. It never stands in HTML, so it leaves <, > and & as they
// are.
func (c Content) Encode() ([]byte, error) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(c); err != nil {
		return nil, fmt.Errorf("encode content: %w", err)
	}
	return bytes.TrimSuffix(buffer.Bytes(), []byte("\n")), nil
}

// ParseContent parses the JSON of a content. What is not JSON in UTF-8 is ErrTampered.
func ParseContent(text []byte) (c Content, err error) {
	if !utf8.Valid(text) || json.Unmarshal(text, &c) != nil {
		return Content{}, fmt.Errorf("%w: the content is not JSON in UTF-8", ErrTampered)
	}
	return c, nil
}
