package main

import "context"
import "fmt"
import "os"
import "itemshare/client"

func main() { // shares an item in four steps and opens the link: example VAULT ITEM, by their ids
	ctx, url, key := context.Background(), os.Getenv("ITEMSHARE_URL"), os.Getenv("ITEMSHARE_TOKEN")
	ann := client.OpenOptions{Email: "ann@client.example", Code: client.CodeFrom(os.Stdin)}
	items := client.Must(client.New(client.Config{URL: url, Token: key})).Items()
	shares, item := items.Shares(), client.Must(items.Get(ctx, os.Args[1], os.Args[2]))
	policy := client.Must(shares.GetAccountPolicy(ctx, item.VaultID, item.ID))
	to := client.Must(shares.ValidateRecipients(ctx, policy, []string{ann.Email, "agency.example"}))
	params := client.ItemShareParams{Recipients: to, OneTimeOnly: true}
	share := client.Must(shares.Create(ctx, item, policy, params))
	fmt.Println(share.Link, "opened as", client.Must(client.Open(ctx, share.Link, ann)).Title)
}
