package client

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// api is the path of the calls for programs, below the base URL.
const api = "/api/v1"

// Vaults are the calls about vaults.
type Vaults struct{ calls caller }

// List returns the vaults that the service account may read. An error ends the list.
func (v Vaults) List(ctx context.Context) iter.Seq2[VaultOverview, error] {
	return pages[VaultOverview](ctx, v.calls, "list vaults", "/vaults", url.Values{})
}

// Items are the calls about items.
type Items struct{ calls caller }

// Get returns one item with its concealed values. The server records that in its audit log.
func (i Items) Get(ctx context.Context, vaultID, itemID string) (Item, error) {
	var item Item
	err := i.calls.do(ctx, get(itemPath(vaultID, itemID), &item))
	return item, during("get an item", err)
}

// Create stores a new item and returns it. After a lost answer nobody knows whether it was stored: the
// request is not sent again.
func (i Items) Create(ctx context.Context, params ItemCreateParams) (Item, error) {
	var item Item
	err := i.calls.do(ctx, call{
		method: http.MethodPost, path: api + itemsPath(params.VaultID), body: params,
		patient: true, into: &item,
	})
	return item, during("create an item", err)
}

// Put replaces an item by this one, except for its files, and returns its next version. If the item has
// another version than this one by now, the error is [CodeConflict] and nothing was changed. After a
// lost answer the request is not sent again.
func (i Items) Put(ctx context.Context, item Item) (Item, error) {
	var next Item
	err := i.calls.do(ctx, call{
		method: http.MethodPut, path: api + itemPath(item.VaultID, item.ID), body: item,
		match:   strconv.Quote(strconv.FormatUint(uint64(item.Version), 10)),
		patient: true, into: &next,
	})
	return next, during("replace an item", err)
}

// Archive keeps an item out of lists. It can be read still, but neither changed nor shared.
func (i Items) Archive(ctx context.Context, vaultID, itemID string) error {
	return during("archive an item", i.calls.do(ctx, call{
		method: http.MethodPost, path: api + itemPath(vaultID, itemID) + "/archive",
		idempotent: true, patient: true,
	}))
}

// Delete erases an archived item for good. The error of one that is not archived is [CodeConflict].
func (i Items) Delete(ctx context.Context, vaultID, itemID string) error {
	return during("delete an item", i.calls.do(ctx, call{
		method: http.MethodDelete, path: api + itemPath(vaultID, itemID), patient: true,
	}))
}

// ItemListOptions filter a list. Query matches the start of words in titles, usernames, websites
// and tags; Archived selects the archived items instead of the others; PageSize is the number of
// items in one request, 0 for the server's default.
type ItemListOptions struct {
	Query    string
	Archived bool
	PageSize int
}

// List returns a vault's items by title. It requests each page when the loop arrives there. An
// error ends the list; [All] collects it.
func (i Items) List(
	ctx context.Context, vaultID string, options ...ItemListOptions,
) iter.Seq2[ItemOverview, error] {
	query := url.Values{}
	for _, o := range options {
		set(query, "q", o.Query)
		if o.Archived {
			query.Set("state", string(ItemStateArchived))
		}
		setCount(query, o.PageSize)
	}
	return pages[ItemOverview](
		ctx,
		i.calls,
		"list items",
		itemsPath(vaultID),
		query,
	)
}

// Shares returns the calls about sharing items.
func (i Items) Shares() ItemShares { return ItemShares(i) }

// All collects a list. With an error it returns what came before.
func All[T any](list iter.Seq2[T, error]) ([]T, error) {
	var all []T
	for value, err := range list {
		if err != nil {
			return all, err
		}
		all = append(all, value)
	}
	return all, nil
}

func itemsPath(vaultID string) string { return "/vaults/" + segment(vaultID) + "/items" }

func itemPath(vaultID, itemID string) string {
	return itemsPath(vaultID) + "/" + segment(itemID)
}

// segment returns an id as one segment of a path. An empty id and one of dots alone would lead to
// another path: they become an id that nothing has.
func segment(id string) string {
	if strings.Trim(id, ".") == "" {
		return "_"
	}
	return url.PathEscape(id)
}

func get(path string, into any) call {
	return call{
		method:     http.MethodGet,
		path:       api + path,
		idempotent: true,
		patient:    true,
		into:       into,
	}
}

func set(query url.Values, name, value string) {
	if value != "" {
		query.Set(name, value)
	}
}

func setCount(query url.Values, n int) {
	if n > 0 {
		query.Set("limit", strconv.Itoa(n))
	}
}

// during wraps an error with the operation that it ended.
func during(operation string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", operation, err)
	}
	return nil
}

// page is one answer of a list.
type page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next"`
}

// pages returns a list, of which it requests page after page while the loop goes on.
func pages[T any](
	ctx context.Context, calls caller, operation, path string, query url.Values,
) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var zero T
		query := maps.Clone(query)
		for {
			var page page[T]
			if err := calls.do(ctx, get(path+encoded(query), &page)); err != nil {
				yield(zero, during(operation, err))
				return
			}
			for _, value := range page.Items {
				if !yield(value, nil) {
					return
				}
			}
			if page.Next == "" {
				return
			}
			if page.Next == query.Get("after") {
				yield(
					zero,
					fmt.Errorf("%s: the server sends the same page again and again", operation),
				)
				return
			}
			query.Set("after", page.Next)
		}
	}
}

func encoded(query url.Values) string {
	if len(query) == 0 {
		return ""
	}
	return "?" + query.Encode()
}
