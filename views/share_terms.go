package views

import (
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"itemshare/fault"
	"itemshare/share"
)

// ShownField has the key of the limits that a share form shows: see limitsKey.
const ShownField = "shown"

// limitsKey changes with what the policy allows, as far as a share form shows it. Choices that are
// still right are not replaced under the reader's hands.
func limitsKey(p ShareProps) string {
	sum := fnv.New64a()
	for _, c := range slices.Concat(
		[]shareChoice{
			audienceChoice(p, share.Anyone, "", ""), audienceChoice(p, share.Recipients, "", ""),
		},
		expiries(p), viewLimits(p),
	) {
		_, _ = sum.Write([]byte(c.Value + "\n" + c.Words + "\n" + c.Why + "\n"))
	}
	_, _ = sum.Write([]byte(p.Policy.RecipientsHint()))
	return strconv.FormatUint(sum.Sum64(), 36)
}

// pendingWords says what is to be done before a link can be created, "" for nothing.
func pendingWords(p ShareProps) string {
	if len(p.Pending) == 0 {
		return ""
	}
	wrong := 0
	for _, problem := range p.Pending {
		if isRejected(problem) {
			wrong++
		}
	}
	if isRejected(p.Pending[0]) {
		return fixWords(wrong)
	}
	return problemWords(p.Pending[0])
}

// isRejected reports whether a problem is about one entry of the recipients, which its chip says.
func isRejected(p fault.Problem) bool { return p.Code == fault.CodeRecipientInvalid }

// oob marks a fragment that finds its place in the page by its id.
func oob(is bool) templ.Attributes {
	if is {
		return templ.Attributes{"hx-swap-oob": "true"}
	}
	return nil
}

// choiceID is the id of a choice, by which it keeps the focus when it is replaced.
func choiceID(
	name, value string,
) string {
	return strings.TrimSuffix(name+"-"+value, "-") + "-choice"
}
