package views

import "itemshare/vault"

// itemsTrigger reloads the list while someone types in the search, and after other changes.
const itemsTrigger = "input changed delay:150ms from:find input[type=search], " +
	"change from:find select, submit"

func itemsTitle(p ItemsProps) string {
	for _, v := range p.Shell.Vaults {
		if v.ID == p.Filter.Vault {
			return v.Name
		}
	}
	return "All items"
}

// itemsAnnouncement says how many items there are, also to screen readers after a search.
func itemsAnnouncement(p ItemsProps) string {
	words := count(p.Total, "item")
	switch {
	case p.Unreachable:
		return "Can't reach the vault"
	case len(p.Items) == 0:
		return "No items found"
	case p.Filter.Text == "" && p.Filter.Category == "":
		return words
	case p.Filter.Text != "" && p.Total > vault.MostCounted:
		words = "More than " + count(vault.MostCounted, "item")
	}
	return words + " found"
}

func noMatchWords(f ItemsFilter) string {
	words := "No items"
	if f.Category != "" {
		words += " in the category “" + f.Category.Label() + "”"
	}
	if f.Text != "" {
		words += " match “" + truncate(f.Text, 60) + "”"
	}
	return words
}

func firstItems(p ItemsProps) string {
	if p.Filter.After == "" {
		return ""
	}
	first := p.Filter
	first.After = ""
	return p.Shell.Paths.Items(first)
}

func nextItems(p ItemsProps) string {
	if p.Next == "" {
		return ""
	}
	next := p.Filter
	next.After = p.Next
	return p.Shell.Paths.Items(next)
}

// allVaults is the address of the list without the filter by vault.
func allVaults(p ItemsProps) string {
	return p.Shell.Paths.Items(ItemsFilter{Text: p.Filter.Text, Category: p.Filter.Category})
}

func readerEmail(s Shell) string {
	if s.User == nil {
		return ""
	}
	return s.User.Email
}

// truncate returns at most so many runes of a text, with an ellipsis where it cut some off.
func truncate(text string, runes int) string {
	n := 0
	for i := range text {
		if n == runes {
			return text[:i] + "…"
		}
		n++
	}
	return text
}

// searchHint names what the search covers: cached lists have no usernames.
func searchHint(p ItemsProps) string {
	if p.Cached || p.Why != "" {
		return "Search by title, website or tag"
	}
	return "Search by title, username, website or tag"
}

func searchedWords(p ItemsProps) string {
	if p.Cached {
		return "Search matches the start of words in titles, websites and tags, and categories."
	}
	return "Search matches the start of words in titles, usernames, websites and tags, and categories."
}

func unreachableWords(p ItemsProps) string {
	if p.Why != "" {
		words := p.Why
		if p.Filter.Vault == "" && len(p.Shell.Vaults) > 1 {
			words += " Other vaults may still work. Choose one in the menu."
		}
		return words
	}
	return "It may be restarting or offline. Try again in a moment."
}

// CountItems returns a number of items in words.
func CountItems(n int) string { return count(n, "item") }
