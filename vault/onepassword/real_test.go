package onepassword

import (
	"context"
	"os"
	"testing"
	"time"

	sdk "github.com/1password/onepassword-sdk-go"

	"itemshare/vault"
	"itemshare/vault/vaulttest"
)

// TestRealAccount runs the same suite against the account of OP_SERVICE_ACCOUNT_TOKEN, whose
// contents it reads through the SDK alone. It creates one link, which expires after an hour, for
// an address that does not exist. The account needs two vaults, three items in one of them and an
// item with a file.
func TestRealAccount(t *testing.T) {
	token := os.Getenv("OP_SERVICE_ACCOUNT_TOKEN")
	if token == "" {
		t.Skip(
			"OP_SERVICE_ACCOUNT_TOKEN is not set: the suite was left out for a real 1Password " +
				"account, and held against the stand-in alone",
		)
	}
	client, err := sdk.NewClient(
		t.Context(),
		sdk.WithServiceAccountToken(token),
		sdk.WithIntegrationInfo("itemshare tests", "v1"),
	)
	if err != nil {
		t.Fatal(firstLine(err, token))
	}
	backend := New(Config{
		Token: token, Clock: time.Now,
		Connect: func(context.Context) (Client, error) { return client, nil },
	})
	vaulttest.Run(t, backend, contentsOf(t, client, token))
}

func contentsOf(t *testing.T, client *sdk.Client, token string) vaulttest.Contents {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(firstLine(err, token))
		}
	}
	contents := vaulttest.Contents{Files: map[string][]byte{}, Overview: listOverview}
	vaults, err := client.Vaults().List(t.Context())
	must(err)
	for _, v := range vaults {
		contents.Vaults = append(contents.Vaults, vault.Info{ID: v.ID, Title: v.Title})
		overviews, err := client.Items().List(t.Context(), v.ID)
		must(err)
		for _, o := range overviews {
			item, err := client.Items().Get(t.Context(), v.ID, o.ID)
			must(err)
			contents.Items = append(contents.Items, itemOf(item))
			for _, file := range filesOf(item) {
				contents.Files[file.ID], err = client.Items().
					Files().
					Read(t.Context(), v.ID, o.ID, file)
				must(err)
			}
		}
	}
	return contents
}

// listOverview returns an item as the SDK's lists show it: without fields, files and version.
func listOverview(item vault.Item) vault.Overview {
	item.Fields, item.Files, item.Version = nil, nil, 0
	return vault.OverviewOf(item)
}
