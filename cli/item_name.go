package cli

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"itemshare/client"
)

// itemName is an item as an argument names it.
type itemName struct {
	Item  string `arg:"" help:"The item: its ID, its title, or Vault/Title."`
	Vault string `help:"Name or ID of the item's vault."`

	archived bool // look for the title in the archive
}

// itemID matches IDs of items, here and in 1Password.
var itemID = regexp.MustCompile(`^[a-z0-9]{26}$`)

// find returns the one item that has the name, without its values. exists returns a nil error if a
// vault has an item with that ID, and else the server's error.
func (n itemName) find(
	ctx context.Context,
	api *client.Client,
	exists func(vaultID, itemID string) error,
) (candidate, error) {
	vaults, err := n.vaults(ctx, api)
	if err != nil {
		return candidate{}, err
	}
	if itemID.MatchString(n.Item) {
		found, err := findByID(vaults, n.Item, exists)
		if err != nil || found.item.ID != "" {
			return found, err
		}
	}
	matches, similar, err := findByTitle(ctx, api, vaults, n.Item, n.archived)
	if err != nil {
		return candidate{}, err
	}
	if len(matches) == 0 {
		matches = similar
	}
	switch len(matches) {
	case 1:
		return matches[0], nil
	case 0:
		return candidate{}, exitError{exitNotFound, fmt.Sprintf(
			"there is no item %s that this token can read: use its ID, its title or Vault/Title",
			plain(n.Item),
		)}
	}
	return candidate{}, fmt.Errorf(
		"%d items have that title. Use an ID: %s",
		len(matches),
		listWords(matches),
	)
}

// load returns the one item that has the name, with its values, and its vault's title.
func (n itemName) load(ctx context.Context, api *client.Client) (client.Item, string, error) {
	var item client.Item
	get := func(vaultID, itemID string) (err error) {
		item, err = api.Items().Get(ctx, vaultID, itemID)
		return err
	}
	found, err := n.find(ctx, api, get)
	if err == nil && item.ID == "" {
		err = get(found.item.VaultID, found.item.ID)
	}
	return item, found.vault, err
}

func (n itemName) vaults(ctx context.Context, api *client.Client) ([]client.VaultOverview, error) {
	if n.Vault != "" {
		found, err := findVault(ctx, api, n.Vault)
		return []client.VaultOverview{found}, err
	}
	return client.All(api.Vaults().List(ctx))
}

// findByID asks each vault whether it has an item with that ID. The zero candidate means that none
// has it.
func findByID(
	vaults []client.VaultOverview, id string, exists func(vaultID, itemID string) error,
) (candidate, error) {
	for _, v := range vaults {
		err := exists(v.ID, id)
		switch {
		case errors.Is(err, client.CodeNotFound),
			errors.Is(err, client.CodeForbidden): // any ID, in a vault that the token can only read
			continue
		case err != nil:
			return candidate{}, err
		}
		return candidate{v.Title, client.Item{ID: id, VaultID: v.ID, Title: "item " + id}}, nil
	}
	return candidate{}, nil
}

// candidate is an item that the argument may name.
type candidate struct {
	vault string
	item  client.Item
}

// findByTitle returns the items with that title, and those whose title differs only in case.
func findByTitle(
	ctx context.Context, api *client.Client, vaults []client.VaultOverview, text string, archived bool,
) (exact, similar []candidate, err error) {
	for _, v := range vaults {
		titles := []string{text}
		if rest, ok := cutVault(text, v.Title); ok {
			titles = append(titles, rest)
		}
		for _, title := range titles {
			options := client.ItemListOptions{Query: title, Archived: archived, PageSize: 100}
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
