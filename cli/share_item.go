package cli

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"itemshare/client"
)

// find finds the one item that was meant. It reads no item's values: the id and
// what lists tell are enough to share one.
func (c *shareCommand) find(ctx context.Context, api *client.Client) (client.Item, error) {
	vaults, err := c.vaults(ctx, api)
	if err != nil {
		return client.Item{}, err
	}
	if itemID.MatchString(c.Item) {
		found, err := byID(ctx, api, vaults, c.Item)
		if err != nil || found.ID != "" {
			return found, err
		}
	}
	exact, alike, err := byTitle(ctx, api, vaults, c.Item)
	if err != nil {
		return client.Item{}, err
	}
	if len(exact) == 0 {
		exact = alike
	}
	switch len(exact) {
	case 1:
		return exact[0].item, nil
	case 0:
		return client.Item{}, exitError{exitNotFound, fmt.Sprintf("there is no item %s that this token may read: name it by id, title or Vault/Title", plain(c.Item))}
	}
	return client.Item{}, fmt.Errorf("%d items have that name, say which by its id: %s", len(exact), listed(exact))
}

// itemID is what ids look like, here and in 1Password.
var itemID = regexp.MustCompile(`^[a-z0-9]{26}$`)

func (c *shareCommand) vaults(ctx context.Context, api *client.Client) ([]client.VaultOverview, error) {
	if c.Vault != "" {
		one, err := vaultNamed(ctx, api, c.Vault)
		return []client.VaultOverview{one}, err
	}
	return client.All(api.Vaults().List(ctx))
}

// byID asks each vault for the rule of sharing this item, which is needed anyway.
// No item is found where all say that it is not there.
func byID(ctx context.Context, api *client.Client, vaults []client.VaultOverview, id string) (client.Item, error) {
	for _, v := range vaults {
		_, err := api.Items().Shares().GetAccountPolicy(ctx, v.ID, id)
		switch {
		case errors.Is(err, client.CodeNotFound), errors.Is(err, client.CodeForbidden): // a vault to read alone tells nothing of its items here
			continue
		case err != nil:
			return client.Item{}, err
		}
		return client.Item{ID: id, VaultID: v.ID, Title: "item " + id}, nil
	}
	return client.Item{}, nil
}

// candidate is an item that may be meant.
type candidate struct {
	vault string
	item  client.Item
}

// byTitle finds the items of this title, and those whose title differs in case alone.
func byTitle(ctx context.Context, api *client.Client, vaults []client.VaultOverview, text string) (exact, alike []candidate, err error) {
	for _, v := range vaults {
		titles := []string{text}
		if rest, ok := inVault(text, v.Title); ok {
			titles = append(titles, rest)
		}
		for _, title := range titles {
			for one, err := range api.Items().List(ctx, v.ID, client.ItemListOptions{Query: title, PageSize: 100}) {
				if err != nil {
					return nil, nil, err
				}
				found := candidate{v.Title, client.Item{ID: one.ID, VaultID: one.VaultID, Title: one.Title}}
				switch {
				case one.Title == title:
					exact = append(exact, found)
				case strings.EqualFold(one.Title, title):
					alike = append(alike, found)
				}
			}
		}
	}
	return exact, alike, nil
}

// inVault reads Vault/Title.
func inVault(text, vault string) (string, bool) {
	if len(text) <= len(vault) || text[len(vault)] != '/' || !strings.EqualFold(text[:len(vault)], vault) {
		return "", false
	}
	rest := text[len(vault)+1:]
	return rest, rest != ""
}

const mostListed = 10

func listed(all []candidate) string {
	var names []string
	for _, c := range all[:min(len(all), mostListed)] {
		names = append(names, fmt.Sprintf("%s/%s (%s)", plain(c.vault), plain(c.item.Title), c.item.ID))
	}
	if len(all) > mostListed {
		names = append(names, "and more")
	}
	return strings.Join(names, ", ")
}
