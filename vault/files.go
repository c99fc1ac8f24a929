package vault

import (
	"context"
	"fmt"
	"io"
	"mime"
	"strings"
	"unicode/utf8"

	"itemshare/fault"
)

// FileEditor is a Backend whose items' files can be changed. by is the ID of the user or service
// account who makes the change. Both methods give the item its next version, whatever else changed it
// meanwhile: two changes of files never conflict. An archived item is fault.Conflict.
type FileEditor interface {
	// AddFiles adds files to an item, all of them or none, and returns them as stored. next returns
	// the next file, and io.EOF after the last; a file is read to its end before the next is asked
	// for. A file of more than most bytes is fault.Invalid.
	AddFiles(
		ctx context.Context, by, vaultID, itemID string, most int64, next func() (NewFile, error),
	) ([]File, error)
	// RemoveFile takes a file from an item. Earlier versions keep it.
	RemoveFile(ctx context.Context, by, vaultID, itemID, fileID string) error
}

// File returns the item's file with an ID.
func (i Item) File(id string) (File, bool) {
	for _, f := range i.Files {
		if f.ID == id {
			return f, true
		}
	}
	return File{}, false
}

// NewFile is a file to add. Name and Type are as the sender says.
type NewFile struct {
	Name    string
	Type    string
	Content io.Reader
}

const (
	maxFileName = 255 // characters
	maxFileType = 100 // bytes
)

// Describe returns the name and the media type that are stored of a file: any text without control
// characters as the name, and a media type only if it is one. A name that is empty or too long is
// fault.Invalid.
func (f NewFile) Describe() (name, mediaType string, err error) {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(f.Name, "\uFFFD"))
	switch name = strings.TrimSpace(name); {
	case name == "":
		return "", "", fault.Field("file", fault.CodeInvalid, "A file needs a name.")
	case utf8.RuneCountInString(name) > maxFileName:
		return "", "", fault.Field(
			"file", fault.CodeInvalid,
			fmt.Sprintf("A file's name has at most %d characters.", maxFileName),
		)
	}
	mediaType, _, err = mime.ParseMediaType(f.Type)
	if err != nil || len(mediaType) > maxFileType || !strings.Contains(mediaType, "/") {
		mediaType = ""
	}
	return name, mediaType, nil
}

// TooLarge returns the error of a file that has more bytes than a limit.
func TooLarge(name string, limit int64) error {
	return fault.Field(
		"file", fault.CodeTooLarge,
		fmt.Sprintf("“%s” is too large. A file can have up to %d MiB.", name, limit>>20),
	)
}

// CheckFiles returns fault.Invalid if an item has too many files.
func CheckFiles(item Item) error {
	c := checker{}
	c.count("file", "files", len(item.Files), MaxFilesPerItem)
	return fault.Fields(c.problems)
}
