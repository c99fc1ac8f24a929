package importer

import (
	"strings"

	"itemshare/vault"
)

// survey reads the data twice and returns the archive with its report.
func (x *onePUX) survey(files []*archiveFile) (*Archive, error) {
	report := newReport()
	if err := x.scan(func(s *scanner) error { return x.walk(s, x.index(report)) }); err != nil {
		return nil, err
	}
	archive, err := newArchive("1Password export", report, x.each)
	if err == nil {
		if attributes := x.byName["export.attributes"]; attributes != nil {
			attributes.taken = true
		}
		x.noteEnd(report, "export.data")
		report.balanceFiles(files)
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

// each reads all items and calls do with each.
func (x *onePUX) each(report *Report, do func(vault.ImportedItem) bool) error {
	r := itemReader{onePUX: x, reading: newReading(report, x.options, x.cost)}
	return x.plain(x.scan(func(s *scanner) error {
		return x.walk(s, visitor{item: func(s *scanner, account, number int) error {
			v, err := r.value(s)
			if err == nil && v != nil && !do(r.read(v, account, number)) {
				err = errStopped
			}
			return err
		}})
	}))
}
