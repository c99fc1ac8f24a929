package views

import (
	"net/url"
	"strconv"

	"itemshare/vault"
)

// Items, their files and versions, imports and exports.

// Items is the list of the items that match a filter.
func (p Paths) Items(f ItemsFilter) string {
	return p.Base + "/items" + query(
		"vault", f.Vault, "q", f.Text, "category", string(f.Category), "after", f.After,
		"archived", onIf(f.Archived),
	)
}

func onIf(set bool) string {
	if set {
		return "on"
	}
	return ""
}

// SelectedItems accepts a POST of several items, and of what to do with them. GET leads to the list.
func (p Paths) SelectedItems() string { return p.Base + "/items/selected" }

// AllVaults lists the vaults that the reader can view.
func (p Paths) AllVaults(f ListFilter) string { return p.Base + "/vaults" + f.query() }

// Refresh accepts a POST of the items' filter, and loads the cached lists again.
func (p Paths) Refresh() string { return p.Base + "/items/refresh" }

// Item is one item's page.
func (p Paths) Item(vaultID, itemID string) string {
	return p.Base + "/vaults/" + url.PathEscape(vaultID) + "/items/" + url.PathEscape(itemID)
}

// VaultItems accepts a POST of the form of a new item.
func (p Paths) VaultItems(vaultID string) string {
	return p.Base + "/vaults/" + url.PathEscape(vaultID) + "/items"
}

// NewItem is the form of a new item of a category, or without one the choice of categories.
func (p Paths) NewItem(vaultID string, category vault.Category) string {
	return p.VaultItems(vaultID) + "/new" + query("category", string(category))
}

// EditItem is the form of an item.
func (p Paths) EditItem(vaultID, itemID string) string { return p.Item(vaultID, itemID) + "/edit" }

// ItemDone is an item's page after a change: done says which.
func (p Paths) ItemDone(vaultID, itemID, done string) string {
	return p.Item(vaultID, itemID) + query("done", done)
}

// ItemsDone is a list of items after a change: done says which, of how many, and how many it left.
func (p Paths) ItemsDone(f ItemsFilter, done string, changed, left int) string {
	return p.Base + "/items" + query(
		"vault", f.Vault, "archived", onIf(f.Archived), "done", done,
		"changed", strconv.Itoa(changed), "left", strconv.Itoa(left),
	)
}

// ItemVersions lists an item's versions from one down, 0 for the newest.
func (p Paths) ItemVersions(vaultID, itemID string, from uint32) string {
	if from == 0 {
		return p.Item(vaultID, itemID) + "/versions"
	}
	return p.Item(vaultID, itemID) + "/versions" + query("from", strconv.Itoa(int(from)))
}

// ItemVersion is one version of an item.
func (p Paths) ItemVersion(vaultID, itemID string, version uint32) string {
	return p.ItemVersions(vaultID, itemID, 0) + "/" + strconv.Itoa(int(version))
}

// RestoreVersion accepts a POST.
func (p Paths) RestoreVersion(vaultID, itemID string, version uint32) string {
	return p.ItemVersion(vaultID, itemID, version) + "/restore"
}

// ItemAct accepts a POST of what to do with an item: "duplicate", "move", "archive", "restore" or "delete".
func (p Paths) ItemAct(vaultID, itemID, act string) string {
	return p.Item(vaultID, itemID) + "/" + act
}

// PasswordStrength accepts a POST of a password.
func (p Paths) PasswordStrength() string { return p.Base + "/passwords/strength" }

// Reveal accepts a POST.
func (p Paths) Reveal(vaultID, itemID string) string { return p.Item(vaultID, itemID) + "/reveal" }

// Files accepts a POST of files to add to an item.
func (p Paths) Files(vaultID, itemID string) string { return p.Item(vaultID, itemID) + "/files" }

// FilesOnPage is the item's page, from its files on.
func (p Paths) FilesOnPage(vaultID, itemID string) string {
	return p.Item(vaultID, itemID) + "#" + filesID
}

// File is a download of one of an item's files.
func (p Paths) File(vaultID, itemID, fileID string) string {
	return p.Files(vaultID, itemID) + "/" + url.PathEscape(fileID)
}

// DeleteFile accepts a POST.
func (p Paths) DeleteFile(vaultID, itemID, fileID string) string {
	return p.File(vaultID, itemID, fileID) + "/delete"
}

// Imports is the page to send a file to import, and accepts its POST.
func (p Paths) Imports() string { return p.Base + "/import" }

// Import is one import's page.
func (p Paths) Import(id string) string { return p.Imports() + "/" + url.PathEscape(id) }

// ImportPages is the same at a page of its duplicates and of what is left out.
func (p Paths) ImportPages(id string, duplicates, leftOut int) string {
	number := func(n int) string {
		if n < 2 {
			return ""
		}
		return strconv.Itoa(n)
	}
	return p.Import(id) + query("page", number(duplicates), "left", number(leftOut))
}

// ImportColumns accepts a POST of what the columns of a CSV file hold.
func (p Paths) ImportColumns(id string) string { return p.Import(id) + "/columns" }

// ImportVault accepts a POST of where items go.
func (p Paths) ImportVault(id string) string { return p.Import(id) + "/vault" }

// ImportDecide accepts a POST of what becomes of duplicates, and starts the import.
func (p Paths) ImportDecide(id string) string { return p.Import(id) + "/decide" }

// ImportCancel accepts a POST, and erases the import's file or report.
func (p Paths) ImportCancel(id string) string { return p.Import(id) + "/cancel" }

// ImportReport is every entry of an import, as CSV.
func (p Paths) ImportReport(id string) string { return p.Import(id) + "/report.csv" }

// Export is the page to download items as a file, and accepts its POST.
func (p Paths) Export() string { return p.Base + "/export" }
