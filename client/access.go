package client

import (
	"context"
	"iter"
	"net/http"
	"net/url"
)

// Right is what somebody can do in a vault. Each includes [RightView], and [RightEdit] includes
// [RightReveal].
type Right string

// The rights.
const (
	RightView   Right = "view"   // items, without concealed values
	RightReveal Right = "reveal" // concealed values and files
	RightShare  Right = "share"  // items by link
	RightEdit   Right = "edit"   // create, change and delete items
	RightManage Right = "manage" // the vault itself, and who has access
)

// VaultAccess is what a person, a group or a service account can do in a vault.
type VaultAccess struct {
	Type    string         `json:"type"` // user, group or serviceAccount
	ID      string         `json:"id"`
	Name    string         `json:"name"`
	Email   string         `json:"email,omitempty"` // of a person
	Rights  []Right        `json:"rights"`          // from all sources
	Sources []AccessSource `json:"sources"`
}

// AccessSource says where rights come from: a group, or "" for their own.
type AccessSource struct {
	GroupID string  `json:"groupId,omitempty"`
	Rights  []Right `json:"rights"`
}

// RightsInVault is what a person or a group can do in a vault. In an archived one only [RightManage] counts.
type RightsInVault struct {
	VaultID  string         `json:"vaultId"`
	Archived bool           `json:"archived,omitempty"`
	Rights   []Right        `json:"rights"` // from all sources
	Sources  []AccessSource `json:"sources"`
}

// ListAll returns every vault, also those that the service account can't read and archived ones. Like
// all calls about access it is for one that may manage people.
func (v Vaults) ListAll(ctx context.Context) iter.Seq2[VaultOverview, error] {
	return pages[VaultOverview](ctx, v.calls, "list vaults", "/vaults", url.Values{"all": {"true"}})
}

// Access returns who can do what in a vault.
func (v Vaults) Access(
	ctx context.Context, vaultID string, options ListOptions,
) iter.Seq2[VaultAccess, error] {
	return pages[VaultAccess](ctx, v.calls, "list access", accessPath(vaultID), options.query())
}

// SetUserAccess sets what a person can do in a vault by themselves. What their groups give them stays.
func (v Vaults) SetUserAccess(ctx context.Context, vaultID, userID string, rights ...Right) error {
	return v.setAccess(ctx, accessPath(vaultID)+userPath(userID), rights)
}

// RemoveUserAccess takes away what a person can do in a vault by themselves.
func (v Vaults) RemoveUserAccess(ctx context.Context, vaultID, userID string) error {
	return v.removeAccess(ctx, accessPath(vaultID)+userPath(userID))
}

// SetGroupAccess sets what a group gives its members in a vault.
func (v Vaults) SetGroupAccess(ctx context.Context, vaultID, groupID string, rights ...Right) error {
	return v.setAccess(ctx, accessPath(vaultID)+groupPath(groupID), rights)
}

// RemoveGroupAccess takes away what a group gives its members in a vault.
func (v Vaults) RemoveGroupAccess(ctx context.Context, vaultID, groupID string) error {
	return v.removeAccess(ctx, accessPath(vaultID)+groupPath(groupID))
}

func (v Vaults) setAccess(ctx context.Context, path string, rights []Right) error {
	body := map[string][]Right{"rights": append([]Right{}, rights...)}
	return during("set access", v.calls.do(ctx, repeatable(http.MethodPut, path, body)))
}

func (v Vaults) removeAccess(ctx context.Context, path string) error {
	return during("remove access", v.calls.do(ctx, repeatable(http.MethodDelete, path, nil)))
}

func accessPath(vaultID string) string { return vaultPath(vaultID) + "/access" }
