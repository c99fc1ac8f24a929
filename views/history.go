package views

import (
	"strconv"
	"time"

	"itemshare/share"
)

func historyWords(p HistoryProps) string {
	if p.Shell.User != nil && p.Shell.User.Admin {
		return "Every link made here, newest first."
	}
	return "Every link you made, newest first."
}

// sharesFound is what a screen reader hears after a search.
func sharesFound(p HistoryProps) string {
	switch {
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

func detailTitle(p ShareDetailProps) string {
	if p.Share.Title == "" {
		return "A shared item"
	}
	return p.Share.Title
}

func canWords(s share.State) string {
	if s == share.Active {
		return "can"
	}
	return "could"
}

// untilOf is when a share ends, or when it ended before its time.
func untilOf(row ShareRow) time.Time {
	if row.EndedAt.IsZero() {
		return row.ExpiresAt
	}
	return row.EndedAt
}

func endWords(s share.State) string {
	switch s {
	case share.Active:
		return "Expires"
	case share.Viewed:
		return "Used up"
	}
	return stateWords(s)
}

func neverWords(s share.State) string {
	if s == share.Active {
		return "Not opened yet."
	}
	return "It was never opened."
}

func yesNo(yes bool) string {
	if yes {
		return "Shared too"
	}
	return "None"
}

func decimal(n uint32) string { return strconv.FormatUint(uint64(n), 10) }

// progressWords is how far a recipient came.
func progressWords(r RecipientProgress) string {
	switch {
	case r.Removed:
		return "Removed"
	case r.Views > 0:
		return "Opened " + timesWords(r.Views)
	case r.Codes > 0:
		return "Asked for a code, not opened yet"
	}
	return "Nothing yet"
}

func timesWords(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return strconv.Itoa(n) + " times"
}

// removeWords says what removing means, and that the last one's removal revokes.
func removeWords(p ShareDetailProps, r RecipientProgress) string {
	left := 0
	for _, other := range p.Progress {
		if !other.Removed {
			left++
		}
	}
	who := r.Address
	if r.Kind == share.Domain {
		who = "People at " + r.Address
	}
	words := who + " can no longer open this link. They cannot be added again."
	if left == 1 {
		words += " Nobody else is left, so the link is revoked."
	}
	return words
}

// elsewhereWords say what the history cannot know of a native link.
func elsewhereWords(row ShareRow) string {
	words := row.Native + " made this link and alone knows who opened it. "
	if row.State == share.Active {
		return words + "By this server’s clock it is active until it expires; if somebody revoked it there, that is not seen here."
	}
	return words + "By this server’s clock it has expired."
}
