package views

// vaultGrants are the grants of one vault on a page.
type vaultGrants struct {
	ID, Name string
	Grants   []GrantRow // none where nobody has access
}

// byVault splits the rows of a page, which come vault by vault.
func byVault(rows []GrantRow) []vaultGrants {
	var list []vaultGrants
	for _, g := range rows {
		if len(list) == 0 || list[len(list)-1].ID != g.VaultID {
			list = append(list, vaultGrants{ID: g.VaultID, Name: g.Vault})
		}
		if last := &list[len(list)-1]; g.User != "" {
			last.Grants = append(last.Grants, g)
		}
	}
	return list
}

// foundWords says how much of a list is on the page.
func foundWords(n int, one, next string) string {
	switch {
	case n == 0:
		return "No matches"
	case next != "":
		return count(n, one) + " shown, more on the next page"
	}
	return count(n, one) + " found"
}

// firstPage and nextPage are the addresses of other pages of a list, "" where there is none.
func firstPage(address func(ListFilter) string, f ListFilter) string {
	if f.After == "" {
		return ""
	}
	return address(ListFilter{Text: f.Text})
}

func nextPage(address func(ListFilter) string, f ListFilter, next string) string {
	if next == "" {
		return ""
	}
	return address(ListFilter{f.Text, next})
}

// grantee returns the email address of a person with rights, or says what else it is.
func grantee(g GrantRow) string {
	switch {
	case g.Group:
		return "Group"
	case g.Email == "":
		return "Service account"
	}
	return g.Email
}
