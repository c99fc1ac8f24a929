// Command example shares an item in the documentation's four steps and opens the link: example VAULT ITEM, by their ids.
package main

import (
	"context"
	"fmt"
	"os"

	"itemshare/client"
)

func main() {
	ctx, c := context.Background(), client.Must(client.New(client.Config{URL: os.Getenv("ITEMSHARE_URL"), Token: os.Getenv("ITEMSHARE_TOKEN")}))
	item := client.Must(c.Items().Get(ctx, os.Args[1], os.Args[2]))
	policy := client.Must(c.Items().Shares().GetAccountPolicy(ctx, item.VaultID, item.ID))
	recipients := client.Must(c.Items().Shares().ValidateRecipients(ctx, policy, []string{"ann@client.example", "agency.example"}))
	share := client.Must(c.Items().Shares().Create(ctx, item, policy, client.ItemShareParams{Recipients: recipients, ExpireAfter: new(client.ItemShareDurationSevenDays), OneTimeOnly: true}))
	fmt.Println(share.Link, "opened as", client.Must(client.Open(ctx, share.Link, client.OpenOptions{Email: "ann@client.example", Code: client.CodeFrom(os.Stdin)})).Title)
}
