package importer

import (
	"fmt"
	"slices"
	"strings"

	"itemshare/vault"
)

// Bitwarden's export (bitwarden.com/help/export-your-data) is JSON: folders of a person or collections
// of an organization, and items. Its archive holds the same as data.json, and attachments/, where each
// item's files are below its ID.

// bitwarden is an export. A first reading takes the names of folders and collections.
type bitwarden struct {
	*data
	options     Options
	cost        int64
	folders     map[string]string // names by ID
	collections map[string]place
	files       map[string][]*archiveFile // by the item's ID
}

func readBitwarden(
	d *data, files []*archiveFile, size int64, options Options,
) (*Archive, error) {
	x := &bitwarden{
		data: d, options: options, cost: costFree + costRatio*size,
		folders: map[string]string{}, collections: map[string]place{},
		files: map[string][]*archiveFile{},
	}
	for _, file := range files {
		parts := strings.SplitN(file.name, "/", 3)
		if len(parts) == 3 && parts[0] == "attachments" {
			x.files[parts[1]] = append(x.files[parts[1]], file)
		}
	}
	report := newReport()
	if err := x.scan(func(s *scanner) error { return x.index(s, report) }); err != nil {
		return nil, x.plain(err)
	}
	archive, err := newArchive("Bitwarden export", report, x.each)
	if err != nil {
		return nil, err
	}
	x.noteEnd(report, "items")
	report.balanceFiles(files)
	return archive, nil
}

// index reads the names of folders and collections.
func (x *bitwarden) index(s *scanner, report *Report) error {
	return s.object(func(name string) error {
		switch name {
		case "folders", "collections":
			return s.array(func() error {
				v, err := s.value(&budget{bytes: 64 << 10, values: 100}, 0)
				if err != nil {
					return err
				}
				return x.name(newBuilder(report, ""), name, v)
			})
		case "items", "encrypted":
			_, err := s.skip()
			return err
		}
		filled, err := s.skip()
		if filled {
			report.setting(name)
		}
		return err
	})
}

// name keeps the name of a folder or collection.
func (x *bitwarden) name(b builder, list string, v *value) error {
	if len(x.folders)+len(x.collections) == maxVaults {
		return invalidFile("The export has more than 10,000 folders.", nil)
	}
	id, name := b.optionalText(v.get("id")), b.text(v.get("name"), list)
	if list == "folders" {
		x.folders[id] = name
		b.settings(v, list)
		return nil
	}
	organization := b.optionalText(v.get("organizationId"))
	x.collections[id] = place{cmpOr(name, "Bitwarden"), vault.Origin{
		Account: "bitwarden " + organization, Vault: id,
	}}
	b.settings(v, list)
	return nil
}

func (x *bitwarden) each(report *Report, do func(vault.ImportedItem) bool) error {
	r := bitwardenReader{bitwarden: x, reading: newReading(report, x.options, x.cost)}
	return x.plain(x.scan(func(s *scanner) error {
		return s.object(func(name string) error {
			if name != "items" {
				_, err := s.skip()
				return err
			}
			return s.array(func() error {
				v, err := r.value(s)
				if err == nil && v != nil && !do(r.read(v)) {
					err = errStopped
				}
				return err
			})
		})
	}))
}

type bitwardenReader struct {
	*bitwarden
	reading
}

func (r *bitwardenReader) read(v *value) vault.ImportedItem {
	at, tags := r.place(v)
	b := newBuilder(r.report, at.title)
	b.item.Title = v.get("name").plainText()
	ok := r.isItem(&b, v) && r.isWanted(&b, v)
	id := v.get("id").plainText()
	if ok {
		v.get("id").set(taken)
		for _, name := range []string{"folderId", "collectionIds", "organizationId"} {
			v.get(name).set(taken)
		}
		for _, tag := range tags {
			b.tag(tag)
		}
		r.convert(&b, v)
		r.attachments(&b, id)
	}
	return r.entry(&b, v, at, id, b.opener(), ok)
}

// place returns the vault of an item, the first of its collections, and the names of its other
// collections and its folder.
func (r *bitwardenReader) place(v *value) (at place, tags []string) {
	at = place{"Bitwarden", vault.Origin{Account: "bitwarden"}}
	found := false
	for _, id := range v.get("collectionIds").all() {
		collection, ok := r.collections[id.plainText()]
		switch {
		case ok && !found:
			at, found = collection, true
		case ok:
			tags = append(tags, collection.title)
		}
	}
	if folder, ok := r.folders[v.get("folderId").plainText()]; ok {
		tags = append(tags, folder)
	}
	return at, tags
}

// isWanted reports whether an item is imported for its state, and names it if it isn't.
func (r *bitwardenReader) isWanted(b *builder, v *value) bool {
	switch deleted, archived := v.get("deletedDate"), v.get("archivedDate"); {
	case !deleted.isEmpty():
		b.leave(DeletedItem, "", "A recently deleted item was left out.", deleted)
		return false
	case !archived.isEmpty() && !r.reading.options.Archived:
		b.leave(ArchivedItem, "", archivedLeftOut, archived)
		return false
	default:
		b.archived = !archived.isEmpty()
		archived.set(taken)
		return true
	}
}

// bitwardenTypes maps the format's numbers to categories and the members that hold their values.
var bitwardenTypes = map[string]struct {
	category vault.Category
	member   string
}{
	"1": {vault.Login, "login"}, "2": {vault.SecureNote, "secureNote"},
	"3": {vault.CreditCard, "card"}, "4": {vault.Identity, "identity"},
	"5": {vault.SSHKey, "sshKey"}, "6": {vault.BankAccount, "bankAccount"},
	"7": {vault.DriverLicense, "driversLicense"}, "8": {vault.Passport, "passport"},
}

func (r *bitwardenReader) convert(b *builder, v *value) {
	b.text(v.get("name"), "name")
	b.item.Notes = b.text(v.get("notes"), "notes")
	b.item.CreatedAt = b.moment(v.get("creationDate"), "creationDate")
	b.item.UpdatedAt = b.moment(v.get("revisionDate"), "revisionDate")
	code := v.get("type")
	kind, known := bitwardenTypes[code.plainText()]
	if b.item.Category = kind.category; known {
		code.set(taken)
	} else {
		b.item.Category = vault.Unsupported
		b.leave(UnknownCategory, code.plainText(), unknownCategory, code)
	}
	switch kind.category {
	case vault.Login:
		bitwardenLogin(b, v.get("login"))
	case vault.CreditCard:
		bitwardenCard(b, v.get("card"))
	case vault.Identity:
		bitwardenIdentity(b, v.get("identity"))
	case vault.SSHKey:
		bitwardenKey(b, v.get("sshKey"))
	case vault.SecureNote:
		v.get("secureNote").set(taken) // its type, which has one value
	}
	bitwardenRest(b, v, kind.member)
	for _, field := range b.list(v.get("fields"), "fields") {
		bitwardenField(b, field)
	}
	if favorite := v.get("favorite"); !favorite.isEmpty() {
		b.leave(Favorite, "", "A mark as favorite was left out.", favorite)
	}
	if history := v.get("passwordHistory"); !history.isEmpty() {
		detail := fmt.Sprintf("Earlier passwords were left out (%d).", len(history.elements))
		b.leave(PasswordHistory, "", detail, history)
	}
}

// attachments adds the files of an item, by name.
func (r *bitwardenReader) attachments(b *builder, id string) {
	files := slices.Clone(r.files[id])
	slices.SortFunc(files, func(x, y *archiveFile) int { return strings.Compare(x.name, y.name) })
	for _, file := range files {
		name := file.name[strings.LastIndexByte(file.name, '/')+1:]
		r.addFile(b, file, nil, vault.File{ID: file.name, Name: name}, "attachments")
	}
}
