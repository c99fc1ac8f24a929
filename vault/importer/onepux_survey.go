package importer

import (
	"errors"
	"iter"
	"strings"

	"itemshare/vault"
)

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
			c := newBuilder(report, v.get("name").plainText())
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
func accountID(c *builder, attrs *value) string {
	id := c.optionalText(attrs.get("uuid"))
	email, domain := attrs.get("email").plainText(), attrs.get("domain").plainText()
	if id == "" && email != "" && domain != "" {
		id = "email " + domain + " " + strings.ToLower(email)
	}
	return id
}

func newPlace(c *builder, attrs *value) place {
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
