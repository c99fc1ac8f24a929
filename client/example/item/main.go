package main

import (
	"context"
	"fmt"
	"strings"

	"itemshare/client"
)

func main() { // creates an item with a file, shares both and opens the link
	ctx, c := context.Background(), client.Must(client.New(client.FromEnv()))
	vault, items := client.Must(client.All(c.Vaults().List(ctx)))[0], c.Items()
	password := client.ItemField{ID: "password", Title: "password", FieldType: "Concealed", Value: "s3cret"}
	item := client.Must(items.Create(ctx, client.ItemCreateParams{
		VaultID: vault.ID, Category: "Login", Title: "Build server", Fields: []client.ItemField{password},
	}))
	text := client.FileCreateParams{Name: "runbook.txt", Content: strings.NewReader("Restart it on Mondays.")}
	client.Must(items.Files().Attach(ctx, item.VaultID, item.ID, text))
	policy := client.Must(items.Shares().GetAccountPolicy(ctx, item.VaultID, item.ID))
	share := client.Must(items.Shares().Create(ctx, item, policy, client.ItemShareParams{Files: true}))
	opened := client.Must(client.Open(ctx, share.Link, client.OpenOptions{}))
	fmt.Println(opened.Title, "opened with", opened.Files[0].Name)
}
