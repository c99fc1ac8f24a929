package importer

import (
	"strings"

	"itemshare/vault"
)

// Proton Pass exports JSON (packages/pass/lib/export/types.ts in ProtonMail/WebClients): vaults by ID,
// each with items. Its archive holds it as data.json, and the items' files below files/.

// proton is an export. A first reading takes the names of vaults and folders.
type proton struct {
	*data
	options Options
	cost    int64
	user    string
	vaults  map[string]place
	folders map[string]string // names by vault and folder ID
	files   map[string]*archiveFile
}

func readProton(d *data, files []*archiveFile, size int64, options Options) (*Archive, error) {
	x := &proton{
		data: d, options: options, cost: costFree + costRatio*size, vaults: map[string]place{},
		folders: map[string]string{}, files: map[string]*archiveFile{},
	}
	for _, file := range files {
		if name, ok := strings.CutPrefix(file.name, "files/"); ok {
			x.files[name] = file
		}
	}
	report := newReport()
	if err := x.scan(func(s *scanner) error { return x.index(s, report) }); err != nil {
		return nil, x.plain(err)
	}
	archive, err := newArchive("Proton Pass export", report, x.each)
	if err != nil {
		return nil, err
	}
	x.noteEnd(report, "vaults")
	report.balanceFiles(files)
	return archive, nil
}

// index reads who the export is from, and the names of its vaults and folders.
func (x *proton) index(s *scanner, report *Report) error {
	return s.object(func(name string) error {
		switch name {
		case "userId":
			v, err := s.value(&budget{bytes: 1000, values: 1}, 0)
			if err == nil {
				x.user = v.plainText()
			}
			return err
		case "vaults":
			return s.object(func(id string) error { return x.indexVault(s, report, id) })
		case "version", "encrypted":
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

func (x *proton) indexVault(s *scanner, report *Report, id string) error {
	if len(x.vaults) == maxVaults {
		return invalidFile("The export has more than 10,000 vaults.", nil)
	}
	b := newBuilder(report, "")
	at := place{"Proton Pass", vault.Origin{Vault: id}}
	member := func(read func(v *value)) error {
		v, err := s.value(&budget{bytes: 64 << 10, values: 30_000}, 0)
		if err == nil {
			read(v)
		}
		return err
	}
	err := s.object(func(name string) error {
		switch name {
		case "items":
			_, err := s.skip()
			return err
		case "name":
			return member(func(v *value) { at.title = cmpOr(b.text(v, "name"), at.title) })
		case "description":
			return member(func(v *value) {
				if !v.isEmpty() {
					b.leave(VaultDescription, at.title, "The description of a vault was left out.", v)
				}
			})
		case "folders":
			return member(func(v *value) {
				for _, folder := range v.all() {
					x.folders[id+" "+b.optionalText(folder.get("folderId"))] = b.optionalText(folder.get("name"))
				}
				b.settings(v, "vaults.folders")
			})
		}
		return member(func(v *value) { b.settings(v, "vaults."+name) })
	})
	x.vaults[id] = at
	return err
}

func (x *proton) each(report *Report, do func(vault.ImportedItem) bool) error {
	r := protonReader{proton: x, reading: newReading(report, x.options, x.cost)}
	return x.plain(x.scan(func(s *scanner) error {
		return s.object(func(name string) error {
			if name != "vaults" {
				_, err := s.skip()
				return err
			}
			return s.object(func(id string) error { return r.vaultItems(s, id, do) })
		})
	}))
}

type protonReader struct {
	*proton
	reading
}

func (r *protonReader) vaultItems(
	s *scanner, id string, do func(vault.ImportedItem) bool,
) error {
	return s.object(func(name string) error {
		if name != "items" {
			_, err := s.skip()
			return err
		}
		return s.array(func() error {
			v, err := r.value(s)
			if err == nil && v != nil && !do(r.read(v, id)) {
				err = errStopped
			}
			return err
		})
	})
}

func (r *protonReader) read(v *value, vaultID string) vault.ImportedItem {
	at := r.proton.vaults[vaultID]
	if r.user != "" {
		at.origin.Account = "proton " + r.user
	}
	b := newBuilder(r.report, at.title)
	content := v.get("data")
	b.item.Title = content.get("metadata").get("name").plainText()
	ok := r.isItem(&b, v) && r.isWanted(&b, v)
	id := v.get("itemId").plainText()
	if ok {
		v.get("itemId").set(taken)
		v.get("shareId").set(taken)
		v.get("state").set(taken)
		if folder := v.get("folderId"); !folder.isEmpty() {
			b.tag(r.folders[vaultID+" "+b.optionalText(folder)])
		}
		r.convert(&b, v, content)
		r.attachments(&b, v)
	}
	return r.entry(&b, v, at, id, b.opener(), ok)
}

func (r *protonReader) isWanted(b *builder, v *value) bool {
	switch state := v.get("state"); {
	case state.plainText() == "2":
		b.leave(DeletedItem, "", "A recently deleted item was left out.", state)
		return false
	case v.get("data").get("content") == nil:
		b.problem(BadItem, "", "An item has no content. It was left out.", v)
		return false
	}
	return true
}

func (r *protonReader) convert(b *builder, v, from *value) {
	metadata, content := from.get("metadata"), from.get("content")
	b.text(metadata.get("name"), "name")
	b.item.Notes = b.text(metadata.get("note"), "note")
	b.item.CreatedAt = b.moment(v.get("createTime"), "createTime")
	b.item.UpdatedAt = b.moment(v.get("modifyTime"), "modifyTime")
	code := from.get("type")
	category, known := protonTypes[code.plainText()]
	if b.item.Category = category; known {
		code.set(taken)
	} else {
		b.item.Category = vault.Unsupported
		b.leave(UnknownCategory, code.plainText(), unknownCategory, code)
	}
	switch code.plainText() {
	case "login":
		protonLogin(b, content)
	case "alias":
		alias := b.optionalText(v.get("aliasEmail"))
		b.login(alias, "")
	case "creditCard":
		protonCard(b, content)
	case "identity":
		protonIdentity(b, content)
	case "sshKey":
		bitwardenKey(b, content)
	case "wifi":
		protonWifi(b, content)
	}
	for _, section := range b.list(content.get("sections"), "sections") {
		protonSection(b, section)
	}
	b.rest(content, "")
	protonFields(b, "", from.get("extraFields"))
	if pinned := v.get("pinned"); !pinned.isEmpty() {
		b.leave(Favorite, "", "A mark as pinned was left out.", pinned)
	}
}

func (r *protonReader) attachments(b *builder, v *value) {
	for _, from := range b.list(v.get("files"), "files") {
		name := from.plainText()
		var found attachment
		if file := r.files[strings.TrimPrefix(name, "files/")]; file != nil {
			found = file
		}
		shown := name[strings.LastIndexByte(name, '/')+1:]
		if r.addFile(b, found, from, vault.File{ID: name, Name: shown}, "files") {
			from.set(taken)
		}
	}
}
