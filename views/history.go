package views

func historyWords(p HistoryProps) string {
	if p.Shell.User != nil && p.Shell.User.Admin {
		return "All links, newest first."
	}
	return "Links you created, newest first."
}

// sharesAnnouncement is announced to screen readers after a search.
func sharesAnnouncement(p HistoryProps) string {
	switch {
	case len(p.Problems) > 0:
		return problemWords(p.Problems[0])
	case len(p.Shares) == 0:
		return "No links found"
	case p.Next != "":
		return count(len(p.Shares), "link") + " shown, more on the next page"
	}
	return count(len(p.Shares), "link") + " found"
}

func firstShares(p HistoryProps) string {
	if p.Filter.After == "" {
		return ""
	}
	first := p.Filter
	first.After = ""
	return p.Shell.Paths.History(first)
}

func nextShares(p HistoryProps) string {
	if p.Next == "" {
		return ""
	}
	next := p.Filter
	next.After = p.Next
	return p.Shell.Paths.History(next)
}
