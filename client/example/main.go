// Command example shares an item in the four steps of item sharing and opens the link:
//
//	example VAULT ITEM
//
// Vault and item are ids. The server and the token are in ITEMSHARE_URL and ITEMSHARE_TOKEN.
package main

import (
	"context"
	"fmt"
	"os"

	"itemshare/client"
)

func main() {
	ctx := context.Background()
	c := client.Must(client.New(client.Config{
		URL: os.Getenv("ITEMSHARE_URL"), Token: os.Getenv("ITEMSHARE_TOKEN"),
	}))
	shares := c.Items().Shares()
	item := client.Must(c.Items().Get(ctx, os.Args[1], os.Args[2]))
	policy := client.Must(shares.GetAccountPolicy(ctx, item.VaultID, item.ID))
	recipients := client.Must(shares.ValidateRecipients(ctx, policy,
		[]string{"ann@client.example", "agency.example"}))
	share := client.Must(shares.Create(ctx, item, policy, client.ItemShareParams{
		Recipients:  recipients,
		ExpireAfter: new(client.ItemShareDurationSevenDays),
		OneTimeOnly: true,
	}))
	opened := client.Must(client.Open(ctx, share.Link, client.OpenOptions{
		Email: "ann@client.example", Code: client.CodeFrom(os.Stdin),
	}))
	fmt.Println(share.Link, "opened as", opened.Title)
}
