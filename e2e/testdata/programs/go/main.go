// Command generated shares an item with the client that oapi-codegen generates from the API's
// description, and prints its status.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"

	"generated/api"
)

func main() {
	if err := run(context.Background(), os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, vault, item string) error {
	authorize := func(_ context.Context, r *http.Request) error {
		r.Header.Set("Authorization", "Bearer "+os.Getenv("ITEMSHARE_TOKEN"))
		return nil
	}
	client, err := api.NewClientWithResponses(
		os.Getenv("ITEMSHARE_URL"), api.WithRequestEditorFn(authorize),
	)
	if err != nil {
		return err
	}
	var ann api.Recipient
	if err := ann.FromRecipient0("ann@client.example"); err != nil {
		return err
	}
	once := true
	created, err := client.CreateShareWithResponse(
		ctx, vault, item, nil,
		api.ShareRequest{Recipients: &[]api.Recipient{ann}, OneTimeOnly: &once},
	)
	if err != nil {
		return err
	}
	if created.JSON201 == nil {
		return fmt.Errorf("created no share: %s", created.Status())
	}
	share, err := client.GetShareWithResponse(ctx, created.JSON201.Id, nil)
	if err != nil {
		return err
	}
	if share.JSON200 == nil {
		return fmt.Errorf("found no share: %s", share.Status())
	}
	to, err := share.JSON200.Recipients[0].AsEmailRecipient()
	if err != nil {
		return err
	}
	fmt.Println("created with the generated client:", share.JSON200.Status, *to.Parameters.Email)
	return nil
}
