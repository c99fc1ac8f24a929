package local

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"itemshare/vault"
)

// Demo names the demo account's vaults.
type Demo struct{ Team, ReadOnly, Admins vault.Info }

// AddDemo fills an empty store with the demo account's vaults and items, all at once.
func (v *Vault) AddDemo(ctx context.Context) (Demo, error) {
	files := demoFiles()
	var items []vault.ImportedItem
	for _, group := range DemoVaults(v.c.Clock()) {
		for _, item := range group.Items {
			items = append(
				items,
				vault.ImportedItem{VaultTitle: group.Title, Item: item, Open: files.open},
			)
		}
	}
	done, err := v.Import(ctx, Import{Items: vault.ImportedItems(items...), Format: "demo"})
	if err != nil {
		return Demo{}, fmt.Errorf("fill the demo: %w", err)
	}
	at := func(title string) vault.Info {
		return done.Vaults[slices.IndexFunc(done.Vaults, func(to ImportedVault) bool { return to.Title == title })].Info
	}
	return Demo{Team: at("Team"), ReadOnly: at("Read only"), Admins: at("Admins")}, nil
}

// DemoVault is one of the demo account's vaults. OpenDemoFile opens its files by id.
type DemoVault struct {
	Title string
	Items []vault.Item
}

// DemoVaults returns the demo account's vaults as of a time.
func DemoVaults(now time.Time) []DemoVault {
	all := []DemoVault{
		{"Team", demoTeam()},
		{"Read only", demoReadOnly()},
		{"Admins", demoAdmins()},
	}
	for _, v := range all {
		for n := range v.Items {
			// Different ages, so that lists show different times.
			v.Items[n].CreatedAt = now.AddDate(0, -n, -3)
			v.Items[n].UpdatedAt = now.Add(-time.Duration(n*n) * time.Hour)
		}
	}
	return all
}

// OpenDemoFile returns a reader of a file of the demo.
func OpenDemoFile(fileID string) (io.ReadCloser, error) { return demoFiles().open(fileID) }

// part adds fields, notes, tags, websites or files to a demo item.
type part func(*vault.Item)

func demoItem(category vault.Category, title string, parts ...part) vault.Item {
	item := vault.Item{Category: category, Title: title}
	for _, add := range parts {
		add(&item)
	}
	return item
}

// value adds a field. A field labelled username or password has its label as id.
func value(fieldType vault.FieldType, label, words string) part {
	return func(item *vault.Item) {
		id := fmt.Sprint("field", len(item.Fields)+1)
		if label == "username" || label == "password" {
			id = label
		}
		item.Fields = append(
			item.Fields,
			vault.Field{ID: id, Title: label, Type: fieldType, Value: words},
		)
	}
}

func text(label, words string) part { return value(vault.FieldText, label, words) }

func secret(label, words string) part { return value(vault.FieldConcealed, label, words) }

func totp(seed string) part {
	return value(
		vault.FieldTOTP,
		"one-time password",
		"otpauth://totp/Demo?secret="+seed+"&issuer=Demo",
	)
}

func credentials(username, password string) part {
	return func(item *vault.Item) {
		text("username", username)(item)
		secret("password", password)(item)
	}
}

// in adds fields in a section.
func in(title string, parts ...part) part {
	return func(item *vault.Item) {
		section := vault.Section{ID: fmt.Sprint("section", len(item.Sections)+1), Title: title}
		item.Sections = append(item.Sections, section)
		before := len(item.Fields)
		for _, add := range parts {
			add(item)
		}
		for i := before; i < len(item.Fields); i++ {
			item.Fields[i].SectionID = section.ID
		}
	}
}

func note(words string) part { return func(item *vault.Item) { item.Notes = words } }

func tags(names ...string) part { return func(item *vault.Item) { item.Tags = names } }

func site(url string) part {
	return func(item *vault.Item) {
		item.Websites = append(item.Websites, vault.Website{Label: "website", URL: url})
	}
}

func attached(name, mediaType string) part {
	return func(item *vault.Item) {
		item.Files = append(item.Files, vault.File{ID: name, Name: name, Type: mediaType})
	}
}
