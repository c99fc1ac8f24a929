package views

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"rsc.io/qr"

	"itemshare/share"
)

func at(unix int64) time.Time { return time.Unix(unix, 0).UTC() }

// maxNamed is how many recipients of a new link are named in words.
const maxNamed = 3

// namedWords names recipients, up to three and how many more there are.
func namedWords(recipients []RecipientName) string {
	var names []string
	for _, r := range recipients[:min(len(recipients), maxNamed)] {
		if r.Kind == share.Domain {
			names = append(names, "anyone at "+r.Address)
		} else {
			names = append(names, r.Address)
		}
	}
	if more := len(recipients) - maxNamed; more > 0 {
		return strings.Join(names, ", ") + " +" + strconv.Itoa(more)
	}
	return listOf(names)
}

// messageText returns the message that the sharer can paste into a chat.
func messageText(p SharedProps) string {
	sharer := "me"
	if p.Shell.User != nil {
		sharer = p.Shell.User.Name
	}
	var b strings.Builder
	fmt.Fprintf(&b, "I shared an item with you:\n%s\n\n", p.Link)
	fmt.Fprintf(&b, "The link expires on %s.", absolute(at(p.Terms.ExpiresAt)))
	if n := p.Terms.MaxViews; n > 0 {
		b.WriteString(" You can view it " + timesWords(n) + ".")
	}
	b.WriteString(includedSentence(p.Included))
	if p.Terms.Audience == share.Recipients {
		b.WriteString(" You'll be asked for your email address and get a code to verify it.")
	}
	fmt.Fprintf(
		&b,
		"\n\nIf the link doesn't work, make sure you copied all of it, or ask %s for a new one.",
		sharer,
	)
	return b.String()
}

// includedSentence says what a share includes, after another sentence; "" where that isn't known.
func includedSentence(in share.Included) string {
	if words := in.Words(); words != "" {
		return " Included: " + words + "."
	}
	return ""
}

// quietZone is the width of the light margin that a reader needs, in modules.
const quietZone = 4

// qrPath draws a text as a QR code: its box and one path of its dark runs, both "" for a text
// that is too long.
func qrPath(text string) (box, path string) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return "", ""
	}
	var b strings.Builder
	b.Grow(4 * code.Size * code.Size) // 16 bytes for each two dark and two light modules
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			run := 0
			for x+run < code.Size && code.Black(x+run, y) {
				run++
			}
			if run > 0 {
				length := strconv.Itoa(run)
				for _, part := range []string{
					"M", strconv.Itoa(x + quietZone), " ", strconv.Itoa(y + quietZone), "h", length,
					"v1h-", length, "z",
				} {
					b.WriteString(part)
				}
				x += run
			}
		}
	}
	side := strconv.Itoa(code.Size + 2*quietZone)
	return "0 0 " + side + " " + side, b.String()
}

// adviceWords says what to do with a link that anyone can open.
func adviceWords(p SharedProps) string {
	where := ""
	if p.Native != "" {
		where = " in " + p.Native
	}
	return "Revoke it" + where + " when it's no longer needed."
}
