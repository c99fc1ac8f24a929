package importer

import (
	"io"

	"itemshare/vault"
)

// attachment is a file's bytes within an export.
type attachment interface {
	size() int64
	cost() int64   // what reading it costs, in bytes
	check() string // why its bytes can't be read, a sentence; "" if they can
	open() (io.ReadCloser, error)
	take() // an item has it
}

// addFile adds a file whose bytes are in the export, and names one whose bytes aren't or can't be read.
// It reports whether the item has the file now; one that it had before is not added again.
func (r *reading) addFile(
	b *builder, found attachment, from *value, file vault.File, field string,
) bool {
	if b.files[file.ID] {
		from.set(taken)
		return false
	}
	if found == nil {
		b.problem(BadFile, cmpOr(file.Name, field), "A file is missing from the archive.", from)
		return false
	}
	b.files[file.ID] = true
	found.take()                            // named at least
	if found.size() <= vault.MaxFileBytes { // a larger one is not read
		r.costLeft -= found.cost()
	}
	if r.costLeft < 0 {
		b.problem(
			BadFile,
			cmpOr(file.Name, field),
			"The files of the archive are too much larger than the archive. This one was left out.",
			from,
		)
		return false
	}
	if sentence := found.check(); sentence != "" {
		b.problem(BadFile, cmpOr(file.Name, field), sentence+" It was left out.", from)
		return false
	}
	file.Name, file.Size = cmpOr(file.Name, "file"), found.size()
	b.item.Files = append(b.item.Files, file)
	b.found[file.ID] = found
	return true
}

// opener returns a function that opens the item's files by their IDs.
func (b *builder) opener() opener {
	files := b.found
	return func(id string) (io.ReadCloser, error) {
		file, ok := files[id]
		if !ok {
			return nil, invalidFile("A file is missing from the archive.", nil)
		}
		return file.open()
	}
}
