package local_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"itemshare/vault"
)

// The export that these tests build follows the published format, written from
// items as they should come out.

// codes are the format's numbers of categories.
var codes = map[vault.Category]string{
	vault.Login: "001", vault.CreditCard: "002", vault.SecureNote: "003", vault.Identity: "004",
	vault.Password: "005", vault.Document: "006",
	vault.SoftwareLicense: "100", vault.BankAccount: "101", vault.Database: "102",
	vault.Passport: "106", vault.Router: "109", vault.Server: "110",
	vault.APICredentials: "112", vault.SSHKey: "114",
}

var exported = []vault.Category{
	vault.Login, vault.CreditCard, vault.SecureNote, vault.Identity, vault.Password, vault.Document,
	vault.SoftwareLicense,
	vault.BankAccount, vault.Database, vault.Passport, vault.Router, vault.Server, vault.APICredentials, vault.SSHKey,
}

// sampleExport makes 210 items in 14 categories and three vaults with 20 files.
func sampleExport() (vaults map[string][]vault.Item, files map[string][]byte) {
	vaults, files = map[string][]vault.Item{}, map[string][]byte{}
	for n := range 210 {
		name := fmt.Sprintf("Source %d", n%3)
		item := sampleItem(n)
		if n%21 == 0 {
			for i := range 2 {
				id := fmt.Sprintf("doc%dx%d", n, i)
				files[id] = noise(i*1_300_000 + n)
				item.Files = append(
					item.Files,
					vault.File{
						ID:   id,
						Name: fmt.Sprintf("Übersicht %d.bin", i),
						Size: int64(len(files[id])),
					},
				)
			}
		}
		vaults[name] = append(vaults[name], item)
	}
	return vaults, files
}

func sampleItem(n int) vault.Item {
	item := vault.Item{
		ID: fmt.Sprint(
			"source-item-",
			n,
		), Title: fmt.Sprintf(
			"Title %d ünïcode 漢字",
			n,
		), Category: exported[n%len(exported)], Notes: fmt.Sprintf("Notes %d\n second", n),
		Tags: []string{
			"imported",
			fmt.Sprint("tag", n),
		}, Websites: []vault.Website{{Label: "site", URL: fmt.Sprintf("https://h%d.example/x", n)}},
		CreatedAt: time.Unix(1600000000+int64(n), 0).
			UTC(),
		UpdatedAt: time.Unix(1650000000+int64(n), 0).UTC(),
		Sections:  []vault.Section{{ID: "s1", Title: "First"}, {ID: "s2", Title: "Second"}},
	}
	if item.Category == vault.Login {
		item.Fields = []vault.Field{
			{
				ID:    "username",
				Title: "username",
				Type:  vault.FieldText,
				Value: fmt.Sprint("user", n),
			},
			{
				ID:    "password",
				Title: "password",
				Type:  vault.FieldConcealed,
				Value: fmt.Sprint("pass", n),
			},
		}
	}
	kinds := []struct {
		fieldType vault.FieldType
		value     string
	}{
		{vault.FieldText, "text"},
		{vault.FieldConcealed, "concealed"},
		{vault.FieldTOTP, "otpauth://totp/x?secret=GEZDGNBV"},
		{vault.FieldURL, "https://u.example"},
		{vault.FieldEmail, "ann@u.example"},
		{vault.FieldPhone, "+49 30 1"},
		{vault.FieldDate, "2001-02-03"},
		{vault.FieldMonthYear, "2031-04"},
		{vault.FieldAddress, "1 Way\n123 Town\nUnited States"},
		{vault.FieldCreditCardType, "Visa"},
		{vault.FieldCreditCardNumber, "4111111111111111"},
		{vault.FieldReference, "Title 1 ünïcode 漢字"},
		{vault.FieldMenu, "choice"},
		{vault.FieldSSHKey, "PRIVATE"},
	}
	for i := range 6 {
		kind := kinds[(n+i)%len(kinds)]
		item.Fields = append(
			item.Fields,
			vault.Field{
				ID:        fmt.Sprint("f", i),
				Title:     fmt.Sprint("Field ", i),
				SectionID: item.Sections[i/3].ID,
				Type:      kind.fieldType,
				Value:     kind.value,
			},
		)
	}
	return item
}

// exportedValue is a field's value in the form of the format.
func exportedValue(f vault.Field) map[string]any {
	switch f.Type {
	case vault.FieldText:
		return map[string]any{"string": f.Value}
	case vault.FieldConcealed:
		return map[string]any{"concealed": f.Value}
	case vault.FieldTOTP:
		return map[string]any{"totp": f.Value}
	case vault.FieldURL:
		return map[string]any{"url": f.Value}
	case vault.FieldEmail:
		return map[string]any{"email": map[string]any{"email_address": f.Value, "provider": nil}}
	case vault.FieldPhone:
		return map[string]any{"phone": f.Value}
	case vault.FieldDate:
		return map[string]any{"date": 981201660}
	case vault.FieldMonthYear:
		return map[string]any{"monthYear": 203104}
	case vault.FieldAddress:
		return map[string]any{
			"address": map[string]any{
				"street":  "1 Way",
				"city":    "Town",
				"country": "us",
				"zip":     "123",
				"state":   "",
			},
		}
	case vault.FieldCreditCardType:
		return map[string]any{"creditCardType": f.Value}
	case vault.FieldCreditCardNumber:
		return map[string]any{"creditCardNumber": f.Value}
	case vault.FieldReference:
		return map[string]any{"reference": "source-item-1"}
	case vault.FieldMenu:
		return map[string]any{"menu": f.Value}
	case vault.FieldSSHKey:
		return map[string]any{
			"sshKey": map[string]any{"privateKey": f.Value, "metadata": map[string]any{}},
		}
	}
	panic("no form for " + f.Type)
}

func exportedItem(item vault.Item) map[string]any {
	var logins []any
	sections := make([]map[string]any, len(item.Sections))
	for i, s := range item.Sections {
		sections[i] = map[string]any{"title": s.Title, "name": s.ID, "fields": []any{}}
	}
	for _, f := range item.Fields {
		if f.SectionID == "" {
			logins = append(
				logins,
				map[string]any{
					"value":       f.Value,
					"id":          "",
					"name":        f.Title,
					"fieldType":   "T",
					"designation": f.ID,
				},
			)
		}
		for i, s := range item.Sections {
			if s.ID == f.SectionID {
				sections[i]["fields"] = append(
					sections[i]["fields"].([]any),
					map[string]any{"title": f.Title, "id": f.ID, "value": exportedValue(f)},
				)
			}
		}
	}
	details := map[string]any{"loginFields": logins, "notesPlain": item.Notes}
	for i, f := range item.Files {
		file := map[string]any{"fileName": f.Name, "documentId": f.ID, "decryptedSize": f.Size}
		if i == 0 && item.Category == vault.Document {
			details["documentAttributes"] = file
		} else {
			sections[0]["fields"] = append(
				sections[0]["fields"].([]any),
				map[string]any{"title": "file", "id": "file" + f.ID, "value": map[string]any{"file": file}},
			)
		}
	}
	details["sections"] = sections
	return map[string]any{
		"uuid": item.ID, "favIndex": 0, "createdAt": item.CreatedAt.Unix(),
		"updatedAt": item.UpdatedAt.Unix(), "state": "active",
		"categoryUuid": codes[item.Category], "details": details,
		"overview": map[string]any{
			"title": item.Title,
			"urls": []any{
				map[string]any{"label": item.Websites[0].Label, "url": item.Websites[0].URL},
			},
			"tags": item.Tags,
		},
	}
}

// writeExport writes a .1pux and returns its path.
func writeExport(t testing.TB, vaults map[string][]vault.Item, files map[string][]byte) string {
	t.Helper()
	var list []any
	for name, items := range vaults {
		var all []any
		for _, item := range items {
			all = append(all, exportedItem(item))
		}
		list = append(
			list,
			map[string]any{
				"attrs": map[string]any{"uuid": "uuid of " + name, "name": name, "type": "U"},
				"items": all,
			},
		)
	}
	data, err := json.Marshal(
		map[string]any{
			"accounts": []any{
				map[string]any{"attrs": map[string]any{"uuid": "ACCOUNT"}, "vaults": list},
			},
		},
	)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	put := func(name string, content []byte) {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	put(
		"export.attributes",
		[]byte(`{"version":3,"description":"1Password Unencrypted Export","createdAt":1700000000}`),
	)
	put("export.data", data)
	for id, content := range files {
		put("files/"+id+"___name", content)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "export.1pux")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
