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

// messageText is what the sharer may paste into a chat.
func messageText(p SharedProps) string {
	sharer := "me"
	if p.Shell.User != nil {
		sharer = p.Shell.User.Name
	}
	var b strings.Builder
	fmt.Fprintf(&b, "I shared an item with you:\n%s\n\n", p.Link)
	fmt.Fprintf(&b, "It opens until %s, %s.", absolute(at(p.Terms.ExpiresAt)), oftenWords(p.Terms.MaxViews, p.Terms.Audience))
	if p.Terms.Audience == share.Recipients {
		b.WriteString(" You will be asked for your email address, and a code will go there.")
	}
	fmt.Fprintf(&b, "\n\nIf it does not open, check that the whole link was copied, or ask %s for a new one.", sharer)
	return b.String()
}

// quiet is how many light modules a reader needs around a code.
const quiet = 4

// qrPath draws a text as a QR code: the box and one path of its dark runs. A text
// that is too long gives "".
func qrPath(text string) (box, path string) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return "", ""
	}
	var b strings.Builder
	b.Grow(8 * code.Size * code.Size / 2) // a run of two modules and two light ones takes sixteen bytes
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			run := 0
			for x+run < code.Size && code.Black(x+run, y) {
				run++
			}
			if run > 0 {
				length := strconv.Itoa(run)
				for _, part := range []string{"M", strconv.Itoa(x + quiet), " ", strconv.Itoa(y + quiet), "h", length, "v1h-", length, "z"} {
					b.WriteString(part)
				}
				x += run
			}
		}
	}
	side := strconv.Itoa(code.Size + 2*quiet)
	return "0 0 " + side + " " + side, b.String()
}

// adviceWords are for a link that opens for anyone.
func adviceWords(p SharedProps) string {
	where := ""
	if p.Native != "" {
		where = " in " + p.Native
	}
	return "Send it only where you would send the item itself, and revoke it" + where + " once it has served."
}
