package cli

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"itemshare/client"
)

// find returns the one item that the argument names. It loads no item with its values: ID and
// title are enough to share one.
func (c *shareCommand) find(ctx context.Context, api *client.Client) (client.Item, error) {
	vaults, err := c.vaults(ctx, api)
	if err != nil {
		return client.Item{}, err
	}
	if itemID.MatchString(c.Item) {
		found, err := findByID(ctx, api, vaults, c.Item)
		if err != nil || found.ID != "" {
			return found, err
		}
	}
	matches, similar, err := findByTitle(ctx, api, vaults, c.Item)
	if err != nil {
		return client.Item{}, err
	}
	if len(matches) == 0 {
		matches = similar
	}
	switch len(matches) {
	case 1:
		return matches[0].item, nil
	case 0:
		return client.Item{}, exitError{exitNotFound, fmt.Sprintf(
			"there is no item %s that this token can read: use its ID, its title or Vault/Title",
			plain(c.Item),
		)}
	}
	return client.Item{}, fmt.Errorf(
		"%d items have that title. Use an ID: %s",
		len(matches),
		listWords(matches),
	)
}

// itemID matches IDs of items, here and in 1Password.
var itemID = regexp.MustCompile(`^[a-z0-9]{26}$`)

func (c *shareCommand) vaults(
	ctx context.Context,
	api *client.Client,
) ([]client.VaultOverview, error) {
	if c.Vault != "" {
		found, err := findVault(ctx, api, c.Vault)
		return []client.VaultOverview{found}, err
	}
	return client.All(api.Vaults().List(ctx))
}

// findByID asks each vault for the policy of the item with that ID. The zero Item means that no
// vault has it.
func findByID(
	ctx context.Context,
	api *client.Client,
	vaults []client.VaultOverview,
	id string,
) (client.Item, error) {
	for _, v := range vaults {
		_, err := api.Items().Shares().GetAccountPolicy(ctx, v.ID, id)
		switch {
		case errors.Is(err, client.CodeNotFound),
			errors.Is(err, client.CodeForbidden): // any ID, in a vault that the token can only read
			continue
		case err != nil:
			return client.Item{}, err
		}
		return client.Item{ID: id, VaultID: v.ID, Title: "item " + id}, nil
	}
	return client.Item{}, nil
}

// candidate is an item that the argument may name.
type candidate struct {
	vault string
	item  client.Item
}

// findByTitle returns the items with that title, and those whose title differs only in case.
func findByTitle(
	ctx context.Context, api *client.Client, vaults []client.VaultOverview, text string,
) (exact, similar []candidate, err error) {
	for _, v := range vaults {
		titles := []string{text}
		if rest, ok := cutVault(text, v.Title); ok {
			titles = append(titles, rest)
		}
		for _, title := range titles {
			options := client.ItemListOptions{Query: title, PageSize: 100}
			for item, err := range api.Items().List(ctx, v.ID, options) {
				if err != nil {
					return nil, nil, err
				}
				found := candidate{
					v.Title,
					client.Item{ID: item.ID, VaultID: item.VaultID, Title: item.Title},
				}
				switch {
				case item.Title == title:
					exact = append(exact, found)
				case strings.EqualFold(item.Title, title):
					similar = append(similar, found)
				}
			}
		}
	}
	return exact, similar, nil
}

// cutVault returns the title in "Vault/Title", and whether text has that form for the vault.
func cutVault(text, vault string) (string, bool) {
	if len(text) <= len(vault) || text[len(vault)] != '/' ||
		!strings.EqualFold(text[:len(vault)], vault) {
		return "", false
	}
	rest := text[len(vault)+1:]
	return rest, rest != ""
}

const maxListed = 10

func listWords(all []candidate) string {
	var names []string
	for _, c := range all[:min(len(all), maxListed)] {
		names = append(
			names,
			fmt.Sprintf("%s/%s (%s)", plain(c.vault), plain(c.item.Title), c.item.ID),
		)
	}
	if len(all) > maxListed {
		names = append(names, "and more")
	}
	return strings.Join(names, ", ")
}
