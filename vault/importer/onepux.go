package importer

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"itemshare/fault"
	"itemshare/vault"
)

// The 1Password export (support.1password.com/1pux-format) is a zip of export.attributes, export.data
// and files/. The entry of a file is named by its document ID, two underscores and its name.

// Limits of an export.
const (
	maxItems  = 100_000 // items
	maxVaults = 10_000  // accounts and vaults
	maxValues = 8 << 20 // values of all items together

	maxItemText   = vault.MaxItemBytes // bytes of an item's texts
	maxItemValues = 50_000             // values of one item
)

// onePUX is an export. Its data is read three times: for the names that references need, for the
// report, and for the items. Each reading keeps one item in memory.
type onePUX struct {
	ctx     context.Context
	options Options
	data    *archiveFile
	cached  []byte // all of export.data if it is small
	byName  map[string]*archiveFile
	byID    map[string]*archiveFile // below files/, by document ID
	cost    int64                   // what reading files may cost
	places  map[[2]int]place        // by number of account and vault
	owners  map[int]string          // accounts' IDs by their number
	titles  map[itemKey]string      // of items, for references
	longer  bool                    // something follows the data's end
}

// place is a vault of the export.
type place struct {
	title  string
	origin vault.Origin
}

// itemKey is an item's ID within an account.
type itemKey struct {
	account int
	id      string
}

func readOnePUX(ctx context.Context, from source, size int64, options Options) (*Archive, error) {
	files, err := openZip(from, size)
	if err != nil {
		return nil, err
	}
	x := &onePUX{
		ctx: ctx, options: options, cost: costFree + costRatio*size,
		byName: map[string]*archiveFile{}, byID: map[string]*archiveFile{},
		places: map[[2]int]place{}, owners: map[int]string{}, titles: map[itemKey]string{},
	}
	for _, file := range files {
		x.byName[file.name] = file
		if rest, ok := strings.CutPrefix(file.name, "files/"); ok {
			id, _, _ := strings.Cut(rest, "__")
			if x.byID[id] == nil {
				x.byID[id] = file
			}
		}
	}
	if x.data = x.byName["export.data"]; x.data == nil {
		return nil, unknown()
	}
	if err := x.loadData(); err != nil {
		return nil, err
	}
	archive, err := x.survey(files)
	return archive, x.plain(err)
}

// loadData reads the export's data if it is small enough to keep, and checks that it can be read.
func (x *onePUX) loadData() error {
	x.data.taken = true
	size, slow := x.data.size(), x.data.entry.Method == methodBzip2
	switch {
	case x.data.method() != "":
		return invalidFile(x.data.method(), nil)
	case size > maxData:
		return invalidFile("The export's data is larger than 128 MiB.", nil)
	case size > maxSlowData && slow:
		return invalidFile("The export's data is larger than 32 MiB, too much for bzip2: "+
			"make the archive again with the usual compression, Deflate.", nil)
	case size > maxSlowData:
		return nil
	}
	content, err := openEntry(x.data.entry, maxData)
	if err != nil {
		return damagedArchive()
	}
	defer content.Close()
	if x.cached, err = io.ReadAll(content); err != nil {
		return damagedArchive()
	}
	if bytes.HasPrefix(x.cached, []byte("\xff\xfe")) ||
		bytes.HasPrefix(x.cached, []byte("\xfe\xff")) {
		return invalidFile("The export's data is UTF-16 text. It must be UTF-8.", nil)
	}
	return nil
}

func damagedArchive() error {
	return invalidFile("The archive is damaged or incomplete.", nil)
}

// scan reads the data from its start to its end, where the checksum is compared.
func (x *onePUX) scan(read func(*scanner) error) error {
	var content io.Reader = bytes.NewReader(x.cached)
	if x.cached == nil {
		opened, err := openEntry(x.data.entry, maxData)
		if err != nil {
			return damagedArchive()
		}
		defer opened.Close()
		content = opened
	}
	s := newScanner(x.ctx, content)
	if err := read(s); err != nil {
		return err
	}
	if _, err := s.start(); err == nil {
		x.longer = true
		_, err = io.Copy(io.Discard, content)
		return err
	} else if !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// plain replaces an error of reading, which may quote the export, by a sentence.
func (x *onePUX) plain(err error) error {
	switch {
	case err == nil, fault.KindOf(err) == fault.Invalid:
		return err
	case x.ctx.Err() != nil:
		return fmt.Errorf("read an export: %w", x.ctx.Err())
	case errors.Is(err, errTooLong),
		errors.Is(err, errShort),
		errors.Is(err, io.ErrUnexpectedEOF),
		errors.Is(err, zip.ErrChecksum),
		errors.Is(err, io.EOF):
		return invalidFile("The export's data is damaged or incomplete.", nil)
	}
	return invalidFile("The export's data isn't in 1Password's format.", nil)
}

// visitor is called for the parts of an export, in their order.
type visitor struct {
	item  func(s *scanner, account, vault int) error
	attrs func(v *value, account, vault int) error // vault is -1 for an account's
	other func(name string)                        // of a member that the format doesn't have
}

// walk reads the data. Unless the visitor wants them, it skips attributes and other members.
func (x *onePUX) walk(s *scanner, visit visitor) error {
	account := -1
	return s.object(func(name string) error {
		if name != "accounts" {
			return x.other(s, visit, name)
		}
		return s.array(func() error {
			account++
			number := -1
			return s.object(func(name string) error {
				switch name {
				case "attrs":
					return x.attrs(s, visit, account, -1)
				case "vaults":
					return s.array(func() error {
						number++
						return x.vault(s, visit, account, number)
					})
				}
				return x.other(s, visit, "accounts."+name)
			})
		})
	})
}

func (x *onePUX) vault(s *scanner, visit visitor, account, number int) error {
	return s.object(func(name string) error {
		switch name {
		case "attrs":
			return x.attrs(s, visit, account, number)
		case "items":
			return s.array(func() error { return visit.item(s, account, number) })
		}
		return x.other(s, visit, "accounts.vaults."+name)
	})
}

func (x *onePUX) attrs(s *scanner, visit visitor, account, number int) error {
	if visit.attrs == nil {
		_, err := s.skip()
		return err
	}
	v, err := s.value(&budget{bytes: 64 << 10, values: 1000}, 0)
	if err != nil {
		return err
	}
	return visit.attrs(v, account, number)
}

func (x *onePUX) other(s *scanner, visit visitor, name string) error {
	filled, err := s.skip()
	if err == nil && filled && visit.other != nil {
		visit.other(name)
	}
	return err
}

// survey reads the data twice and returns the archive with its report.
func (x *onePUX) survey(files []*archiveFile) (*Archive, error) {
	report := newReport()
	if err := x.scan(func(s *scanner) error { return x.walk(s, x.index(report)) }); err != nil {
		return nil, err
	}
	archive := &Archive{
		Format: "1Password export", Counts: map[vault.Category]int{}, Report: report, items: x.items(),
	}
	vaults := map[place]bool{}
	err := x.each(report, func(item vault.ImportedItem) bool {
		of := place{item.VaultTitle, item.Origin}
		of.origin.Item = ""
		vaults[of] = true
		archive.Counts[item.Item.Category]++
		archive.Files += len(item.Item.Files)
		return true
	})
	archive.Vaults = len(vaults)
	if err == nil {
		x.balance(files, report)
	}
	return archive, err
}

// index returns a visitor that reads what the items need to know of the whole: the vaults' names and
// IDs, and the items' titles.
func (x *onePUX) index(report *Report) visitor {
	return visitor{
		other: report.setting,
		attrs: func(v *value, account, number int) error {
			if len(x.places)+len(x.owners) == maxVaults {
				return invalidFile("The export has more than 10,000 vaults.", nil)
			}
			c := conversion{report: report, vault: v.get("name").plainText()}
			if number < 0 {
				x.owners[account] = accountID(&c, v)
				c.settings(v, "accounts.attrs")
				return nil
			}
			x.places[[2]int{account, number}] = newPlace(&c, v)
			c.settings(v, "accounts.vaults.attrs")
			return nil
		},
		item: func(s *scanner, account, _ int) error {
			id, title, err := nameOfItem(s)
			if err == nil && id != "" && len(x.titles) < maxItems {
				x.titles[itemKey{account, id}] = title
			}
			return err
		},
	}
}

// place returns the vault of an item.
func (x *onePUX) place(account, number int) place {
	p := x.places[[2]int{account, number}]
	p.origin.Account = x.owners[account]
	return p
}

// accountID returns what names an account: its ID, or else the address and server of its owner.
func accountID(c *conversion, attrs *value) string {
	id := c.optionalText(attrs.get("uuid"))
	email, domain := attrs.get("email").plainText(), attrs.get("domain").plainText()
	if id == "" && email != "" && domain != "" {
		id = "email " + domain + " " + strings.ToLower(email)
	}
	return id
}

func newPlace(c *conversion, attrs *value) place {
	p := place{title: strings.TrimSpace(c.optionalText(attrs.get("name")))}
	p.origin.Vault = c.optionalText(attrs.get("uuid"))
	if p.origin.Vault == "" && p.title != "" {
		p.origin.Vault = "name " + p.title
	}
	if desc := attrs.get("desc"); desc != nil && strings.TrimSpace(desc.text) != "" {
		c.leave(VaultDescription, "desc", "The description of a vault was left out.", desc)
	}
	return p
}

// nameOfItem reads an item and returns its ID and title.
func nameOfItem(s *scanner) (id, title string, err error) {
	const longest = 300
	text := func(into *string) error {
		c, err := s.start()
		if err == nil && c == '"' {
			*into, _, err = s.text(longest)
			return err
		}
		if err == nil {
			_, err = s.skip()
		}
		return err
	}
	member := func(name string) error {
		c, err := s.start()
		switch {
		case err != nil:
			return err
		case name == "uuid":
			return text(&id)
		case name == "overview" && c == '{':
			return s.object(func(name string) error {
				if name == "title" {
					return text(&title)
				}
				_, err := s.skip()
				return err
			})
		}
		_, err = s.skip()
		return err
	}
	if c, err := s.start(); err != nil || c != '{' {
		if err == nil {
			_, err = s.skip()
		}
		return "", "", err
	}
	err = s.object(func(name string) error {
		if c, err := s.start(); err == nil && name == "item" && c == '{' {
			return s.object(member)
		}
		return member(name)
	})
	return id, title, err
}

// each reads all items and calls do with those that are imported. A nil report gets no findings.
func (x *onePUX) each(report *Report, do func(vault.ImportedItem) bool) error {
	r := itemReader{onePUX: x, report: report, costLeft: x.cost, valuesLeft: maxValues}
	stopped := errors.New("stopped")
	err := x.scan(func(s *scanner) error {
		return x.walk(s, visitor{item: func(s *scanner, account, number int) error {
			item, ok, err := r.read(s, account, number)
			if err == nil && ok && !do(item) {
				err = stopped
			}
			return err
		}})
	})
	if errors.Is(err, stopped) {
		return nil
	}
	return err
}

// items returns a sequence of the items that are imported.
func (x *onePUX) items() iter.Seq2[vault.ImportedItem, error] {
	return func(yield func(vault.ImportedItem, error) bool) {
		stopped := false
		err := x.each(nil, func(item vault.ImportedItem) bool {
			stopped = !yield(item, nil)
			return !stopped
		})
		if err != nil && !stopped {
			yield(vault.ImportedItem{}, x.plain(err))
		}
	}
}

// balance accounts for the entries of the archive.
func (x *onePUX) balance(files []*archiveFile, report *Report) {
	if attributes := x.byName["export.attributes"]; attributes != nil {
		attributes.taken = true
	}
	if x.longer {
		report.add(Finding{
			What: BadValue, Problem: true, Field: "export.data",
			Detail: "Something follows the end of the export's data. It was left out.",
		})
	}
	b := &report.Balance
	for _, file := range files {
		b.Entries++
		b.Bytes += min(file.size(), maxArchive)
		switch {
		case file.taken:
			b.EntriesTaken++
			b.BytesTaken += min(file.size(), maxArchive)
		case len(report.Unused) < maxFindings:
			report.Unused = append(report.Unused, shortened(file.name))
		}
	}
}
