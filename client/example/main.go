package main

import (
	"context"
	"fmt"
	"os"

	"itemshare/client"
)

func main() { // shares an item in four steps and opens the link: example VAULT ITEM, by their ids
	ctx, ann := context.Background(), client.OpenOptions{
		Email: "ann@client.example",
		Code:  client.CodeFrom(os.Stdin),
	}
	c := client.Must(
		client.New(
			client.Config{URL: os.Getenv("ITEMSHARE_URL"), Token: os.Getenv("ITEMSHARE_TOKEN")},
		),
	)
	shares, item := c.Items().Shares(), client.Must(c.Items().Get(ctx, os.Args[1], os.Args[2]))
	policy := client.Must(shares.GetAccountPolicy(ctx, item.VaultID, item.ID))
	to := client.Must(shares.ValidateRecipients(ctx, policy, []string{ann.Email, "agency.example"}))
	share := client.Must(
		shares.Create(ctx, item, policy, client.ItemShareParams{Recipients: to, OneTimeOnly: true}),
	)
	fmt.Println(share.Link, "opened as", client.Must(client.Open(ctx, share.Link, ann)).Title)
}
