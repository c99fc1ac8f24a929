package importer

import "itemshare/vault"

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
	kind := mediaType(from.get(ownMember))
	c.addFile(found, from, vault.File{ID: id, Name: name, Type: kind}, field)
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

// addFile adds a file whose bytes are in the archive.
func (c *conversion) addFile(
	found *archiveFile, from *value, file vault.File, field string,
) {
	var bytes attachment
	if found != nil {
		bytes = found
	}
	if !c.reader.addFile(&c.builder, bytes, from, file, field) {
		return
	}
	for _, name := range []string{"documentId", "path"} {
		from.get(name).set(taken)
	}
	from.get("attrs").get("uuid").set(taken)
}
