package views

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
