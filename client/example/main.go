package main

import (
	"context"
	"fmt"
	"os"

	"itemshare/client"
)

func main() { // shares an item in four steps and opens the link: example VAULT ITEM, by their ids
	ctx, items := context.Background(), client.Must(client.New(client.FromEnv())).Items()
	shares, item := items.Shares(), client.Must(items.Get(ctx, os.Args[1], os.Args[2]))
	policy := client.Must(shares.GetAccountPolicy(ctx, item.VaultID, item.ID))
	ann := client.OpenOptions{Email: "ann@client.example", Code: client.CodeFrom(os.Stdin)}
	to := client.Must(shares.ValidateRecipients(ctx, policy, []string{ann.Email, "agency.example"}))
	share := client.Must(shares.Create(ctx, item, policy, client.ItemShareParams{Recipients: to}))
	fmt.Println(share.Link, "opened as", client.Must(client.Open(ctx, share.Link, ann)).Title)
}
