package views

import (
	"github.com/a-h/templ"

	"itemshare/fault"
	"itemshare/vault"
)

// itemsTrigger reloads the list while someone types in the search, and after other changes.
const itemsTrigger = "input changed delay:150ms from:find input[type=search], " +
	"change from:find select, submit"

func itemsTitle(p ItemsProps) string {
	title := "All items"
	if p.Filter.Archived {
		title = "Archive"
	}
	for _, v := range p.Shell.Vaults {
		if v.ID == p.Filter.Vault && p.Filter.Archived {
			title += " of " + v.Name
		} else if v.ID == p.Filter.Vault {
			title = v.Name
		}
	}
	return title
}

// selection returns the change of several items that was refused, an empty one for none.
func (p ItemsProps) selection() Selection {
	if p.Selection == nil {
		return Selection{}
	}
	return *p.Selection
}

// selectionAnchor returns the link to the control that a problem is about, "" for the list.
func selectionAnchor(p fault.Problem) string {
	if p.Field == "tag" || p.Field == "to" {
		return "#selection-" + p.Field
	}
	return ""
}

// selectionState returns the attributes of a control with what is wrong with it.
func selectionState(p ItemsProps, field string) templ.Attributes {
	if !itemHasProblem(p.selection().Problems, field) {
		return templ.Attributes{}
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": "selection-problems"}
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
	all := p.Filter
	all.Vault, all.After = "", ""
	return p.Shell.Paths.Items(all)
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
