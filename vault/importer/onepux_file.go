package importer

import (
	"io"

	"itemshare/vault"
)

// file adds a file that a value names by its document ID.
func (c *conversion) file(from *value, field string) {
	if from.kind != objectKind {
		c.problem(BadFile, field, "This isn't a file. It was left out.", from)
		return
	}
	id, name := from.get("documentId").plainText(), c.text(from.get("fileName"), field)
	if id == "" {
		return
	}
	found := c.reader.byName["files/"+id+"__"+name]
	if found == nil {
		found = c.reader.byID[id]
	}
	c.addFile(found, from, vault.File{ID: id, Name: name}, field)
	if size := from.get("decryptedSize"); size != nil && found != nil && size.mark == unmarked {
		n, ok := size.number()
		if size.set(taken); !ok || n > 0 && n != found.size() {
			c.problem(
				BadFile,
				field+" decryptedSize",
				"A file doesn't have the size that the export states. It was imported as it is.",
				nil,
			)
		}
	}
}

// outerFile adds the file beside an item: {"attrs": {"uuid", "name", "type"}, "path"}.
func (c *conversion) outerFile(from *value) {
	if from.isEmpty() {
		return
	}
	if from.kind != objectKind {
		c.problem(BadFile, "file", "This isn't a file. It was left out.", from)
		return
	}
	attrs, path := from.get("attrs"), from.get("path")
	file := vault.File{
		ID: attrs.get("uuid").
			plainText(),
		Name: c.text(attrs.get("name"), "file"), Type: mediaType(attrs),
	}
	found := c.reader.byName[path.plainText()]
	if found == nil {
		found = c.reader.byID[file.ID]
	}
	if file.ID == "" {
		file.ID = path.plainText()
	}
	c.addFile(found, from, file, "file")
}

// mediaType returns a file's type if it is one, such as image/png.
func mediaType(attrs *value) string {
	v := attrs.get("type")
	if v == nil || v.kind != textKind || !isMediaType(v.text) {
		return ""
	}
	v.set(taken)
	return v.text
}

// addFile adds a file whose bytes are in the archive, and names one whose bytes aren't or can't be read.
func (c *conversion) addFile(found *archiveFile, from *value, file vault.File, field string) {
	if c.files[file.ID] {
		from.set(taken)
		return
	}
	if found == nil {
		c.problem(BadFile, cmpOr(file.Name, field), "A file is missing from the archive.", from)
		return
	}
	c.files[file.ID] = true
	found.taken = true                      // named at least
	if found.size() <= vault.MaxFileBytes { // a larger one is not read
		c.reader.costLeft -= found.cost()
	}
	if c.reader.costLeft < 0 {
		c.problem(
			BadFile,
			cmpOr(file.Name, field),
			"The files of the archive are too much larger than the archive. This one was left out.",
			from,
		)
		return
	}
	if sentence := found.check(); sentence != "" {
		c.problem(BadFile, cmpOr(file.Name, field), sentence+" It was left out.", from)
		return
	}
	for _, name := range []string{"documentId", "path"} {
		from.get(name).set(taken)
	}
	from.get("attrs").get("uuid").set(taken)
	file.Name, file.Size = cmpOr(file.Name, "file"), found.size()
	c.item.Files = append(c.item.Files, file)
	if c.found == nil {
		c.found = map[string]*archiveFile{}
	}
	c.found[file.ID] = found
}

// opener returns a function that opens the item's files by their IDs.
func (c *conversion) opener() func(string) (io.ReadCloser, error) {
	files := c.found
	return func(id string) (io.ReadCloser, error) {
		file, ok := files[id]
		if !ok {
			return nil, invalidFile("A file is missing from the archive.", nil)
		}
		return openEntry(file.entry, vault.MaxFileBytes)
	}
}
