package views

import (
	"slices"
	"strconv"
	"time"

	"itemshare/audit"
	"itemshare/share"
)

func detailTitle(p ShareDetailProps) string {
	if p.Share.Title == "" {
		return "Shared item"
	}
	return p.Share.Title
}

// accessWords begins a sentence on who can view a share, or could while it was active.
func accessWords(row ShareRow) string {
	can := " could"
	if row.State == share.Active {
		can = " can"
	}
	return whoWords(row.Audience, row.Recipients) + can + " view this until "
}

// limitWords ends the sentence with the number of views.
func limitWords(row ShareRow) string {
	return ", with " + viewLimitWords(row.MaxViews, row.Audience) + "."
}

// endOf returns when a share ended, or else when it expires.
func endOf(row ShareRow) time.Time {
	if row.EndedAt.IsZero() {
		return row.ExpiresAt
	}
	return row.EndedAt
}

func endWords(s share.State) string {
	if s == share.Active {
		return "Expires"
	}
	return "Ended"
}

func neverWords(s share.State) string {
	if s == share.Active {
		return "Not viewed yet."
	}
	return "Never viewed."
}

// includedWords says what a link includes; of one whose names were erased, whether files.
func includedWords(row ShareRow) string {
	switch {
	case row.Included.Known():
		return row.Included.Words()
	case row.Files:
		return "With files"
	}
	return "Without files"
}

func versionWords(n uint32) string { return "Version " + strconv.FormatUint(uint64(n), 10) }

// progressWords says how far a recipient has come.
func progressWords(r RecipientProgress) string {
	switch {
	case r.Removed:
		return "Removed"
	case r.Views > 0:
		return "Viewed " + timesWords(r.Views)
	case r.Codes > 0:
		return "Code requested, not viewed yet"
	}
	return "Not viewed yet"
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

func confirmRevoke(p ShareDetailProps) confirmation {
	return confirmation{
		ID: "revoke", TestID: "revoke-ask", Icon: "ban", Words: "Revoke",
		Heading: "Revoke this link?", Action: p.Shell.Paths.Revoke(p.Share.ID),
		Do: "Revoke link", DoTest: "revoke",
	}
}

func confirmRemove(p ShareDetailProps, r RecipientProgress) confirmation {
	return confirmation{
		ID: "remove-" + strconv.Itoa(r.Position), TestID: "remove-ask", Icon: "x", Words: "Remove",
		Label:   "Remove " + r.Address,
		Heading: "Remove " + r.Address + "?",
		Action:  p.Shell.Paths.RemoveRecipient(p.Share.ID, r.Position),
		Do:      "Remove", DoTest: "remove",
	}
}

// removeWords says what removing a recipient does. Removing the last one revokes the link.
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
	words := who + " will lose access to this link. This can't be undone."
	if left == 1 {
		words += " This is the last recipient, so the link will be revoked."
	}
	return words
}

// nativeStateWords says what the history can't know about a native link.
func nativeStateWords(row ShareRow) string {
	words := row.Native + " created this link. Its views are recorded there"
	if row.State == share.Active {
		return words + ", and if it's revoked there, it still shows as active here."
	}
	return words + ". It has expired."
}

// timelineWords says what happened to a link: "Code requested by ann@client.example". Of an event
// whose details were erased it says the kind.
func timelineWords(p ShareDetailProps, e audit.Event) string {
	words, detail := kindWords(e.Kind), e.Detail
	switch e.Kind {
	case audit.CodeUndelivered:
		return joinWords(joinWords(words, " to ", detail["address"]), ": ", detail["reason"])
	case audit.RecipientRemoved:
		words = joinWords(words, ": ", detail["recipient"])
	case audit.ShareOpened:
		if n, err := strconv.Atoi(detail["views"]); err == nil {
			return words + " " + timesWords(n) + " in this minute"
		}
	}
	by := detail["address"]
	switch {
	case by == "not on the share":
		by = "someone who isn't a recipient"
	case by == "" && e.Actor != "" && e.Actor == p.SharerID:
		by = p.Share.By
	case detail["by"] == "policy":
		by = eventFactValue("by", "policy")
	}
	words = joinWords(words, " by ", by)
	if why := detail["why"]; why != "" {
		words += ": " + eventFactValue("why", why)
	}
	return words
}

// joinWords returns words with more, or words alone if there is no more.
func joinWords(words, separator, more string) string {
	if more == "" {
		return words
	}
	return words + separator + more
}

// TotalViews returns how many views the rows stand for.
func TotalViews(rows []ViewRow) int {
	total := 0
	for _, row := range rows {
		total += max(1, row.InMinute)
	}
	return total
}

// countsByMinute reports whether a row stands for the views of a minute.
func countsByMinute(rows []ViewRow) bool {
	return slices.ContainsFunc(rows, func(row ViewRow) bool { return row.InMinute > 0 })
}
