package client

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// api is where the calls for programs stand below the base address.
const api = "/api/v1"

// Vaults are the calls about vaults.
type Vaults struct{ calls caller }

// List gives the vaults that the service account may read. An error ends it.
func (v Vaults) List(ctx context.Context) iter.Seq2[VaultOverview, error] {
	return pages[VaultOverview](ctx, v.calls, "list vaults", "/vaults", url.Values{})
}

// Items are the calls about items.
type Items struct{ calls caller }

// Get reads one item, its concealed values included, which the server notes.
func (i Items) Get(ctx context.Context, vaultID, itemID string) (Item, error) {
	var item Item
	err := i.calls.do(ctx, get(itemPath(vaultID, itemID), &item))
	return item, during("get an item", err)
}

// ItemListOptions narrow a list. Query finds words in title, subtitle, sites and
// tags; PageSize is how many come with one request, 0 for the server's choice.
type ItemListOptions struct {
	Query    string
	PageSize int
}

// List gives a vault's items by title, page after page as they are asked for. An
// error ends it; [All] gathers a list.
func (i Items) List(ctx context.Context, vaultID string, options ...ItemListOptions) iter.Seq2[ItemOverview, error] {
	query := url.Values{}
	for _, o := range options {
		set(query, "q", o.Query)
		setCount(query, o.PageSize)
	}
	return pages[ItemOverview](ctx, i.calls, "list items", "/vaults/"+segment(vaultID)+"/items", query)
}

// Shares gives the calls about sharing items.
func (i Items) Shares() ItemShares { return ItemShares(i) }

// All gathers a list, and gives what came before an error with it.
func All[T any](list iter.Seq2[T, error]) ([]T, error) {
	var all []T
	for one, err := range list {
		if err != nil {
			return all, err
		}
		all = append(all, one)
	}
	return all, nil
}

func itemPath(vaultID, itemID string) string {
	return "/vaults/" + segment(vaultID) + "/items/" + segment(itemID)
}

// segment is an id as one step of a path. What would be another path, an empty id
// or dots alone, becomes an id that nothing has.
func segment(id string) string {
	if strings.Trim(id, ".") == "" {
		return "_"
	}
	return url.PathEscape(id)
}

func get(path string, into any) call {
	return call{method: http.MethodGet, path: api + path, safe: true, patient: true, into: into}
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

// pages asks for page after page while somebody takes what is on them.
func pages[T any](ctx context.Context, calls caller, operation, path string, query url.Values) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		asked := url.Values{}
		for name, values := range query {
			asked[name] = values
		}
		for {
			var got page[T]
			if err := calls.do(ctx, get(path+encoded(asked), &got)); err != nil {
				yield(none, during(operation, err))
				return
			}
			for _, one := range got.Items {
				if !yield(one, nil) {
					return
				}
			}
			if got.Next == "" {
				return
			}
			if got.Next == asked.Get("after") {
				yield(none, fmt.Errorf("%s: the server gives the same page again and again", operation))
				return
			}
			asked.Set("after", got.Next)
		}
	}
}

func encoded(query url.Values) string {
	if len(query) == 0 {
		return ""
	}
	return "?" + query.Encode()
}
