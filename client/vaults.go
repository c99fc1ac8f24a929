package client

import (
	"context"
	"net/http"
)

// Get returns a vault, archived or not. Like all calls that change vaults it is for a service account that
// may manage people.
func (v Vaults) Get(ctx context.Context, id string) (VaultOverview, error) {
	var vault VaultOverview
	err := v.calls.do(ctx, get(vaultPath(id), &vault))
	return vault, during("get a vault", err)
}

// Create creates an empty vault, in which nobody has rights yet. A title in use is [CodeConflict]. After a
// lost answer the request is not sent again.
func (v Vaults) Create(ctx context.Context, title string) (VaultOverview, error) {
	var vault VaultOverview
	err := v.calls.do(ctx, call{
		method: http.MethodPost, path: api + "/vaults", body: map[string]string{"title": title},
		patient: true, into: &vault,
	})
	return vault, during("create a vault", err)
}

// Rename changes the title of a vault. A title in use is [CodeConflict].
func (v Vaults) Rename(ctx context.Context, id, title string) (VaultOverview, error) {
	return v.change(ctx, "rename a vault", id, map[string]any{"title": title})
}

// Archive puts a vault out of use: nobody views, shares or changes its items until it is restored. Links to
// them keep working.
func (v Vaults) Archive(ctx context.Context, id string) (VaultOverview, error) {
	return v.change(ctx, "archive a vault", id, map[string]any{"archived": true})
}

// Restore puts an archived vault into use again.
func (v Vaults) Restore(ctx context.Context, id string) (VaultOverview, error) {
	return v.change(ctx, "restore a vault", id, map[string]any{"archived": false})
}

func (v Vaults) change(
	ctx context.Context, what, id string, body map[string]any,
) (vault VaultOverview, err error) {
	change := repeatable(http.MethodPatch, vaultPath(id), body)
	change.into = &vault
	return vault, during(what, v.calls.do(ctx, change))
}

func vaultPath(id string) string { return "/vaults/" + segment(id) }
