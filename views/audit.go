package views

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"itemshare/audit"
	"itemshare/share"
)

// actorName names who caused an event. Some events have no signed-in person: a recipient or one of
// the server's commands caused them.
func actorName(e AuditRow) string {
	switch {
	case e.Who != "":
		return e.Who
	case e.Actor != "":
		return e.Actor
	}
	switch e.Kind {
	case audit.UserAdded, audit.UserDisabled, audit.UserEnabled, audit.PasswordChanged,
		audit.UserInvited, audit.InviteWithdrawn, audit.UserChanged, audit.UserRemoved,
		audit.PasswordReset,
		audit.VaultAdded, audit.GrantChanged, audit.ItemsImported, audit.ItemsExported,
		audit.GroupAdded, audit.GroupRenamed, audit.GroupDeleted, audit.MemberAdded,
		audit.MemberRemoved, audit.VaultRenamed, audit.VaultArchived, audit.VaultRestored,
		audit.PolicyChanged, audit.ServiceAccountAdded,
		audit.ServiceAccountRevoked, audit.Restored, audit.KeysRotated, audit.KeysRenewed:
		return "Command line"
	case audit.ShareOpened, audit.OpenRefused, audit.CodeRequested, audit.CodeRefused:
		return "Recipient"
	case audit.CodeUndelivered:
		return "Mail server"
	case audit.ShareExpired:
		return "Server"
	case audit.WebhookGone:
		return "Receiver"
	}
	return "Not signed in"
}

func subjectName(e AuditRow) string {
	switch {
	case e.About != "":
		return e.About
	case e.Kind == audit.PolicyChanged && e.Subject == "":
		return "Account policy"
	}
	return truncate(e.Subject, 10)
}

// filterWords names the subject of a filtered list.
func filterWords(p AuditProps) string {
	if len(p.Events) > 0 {
		return "Subject: " + truncate(subjectName(p.Events[0]), 40)
	}
	return "Subject: " + truncate(p.Filter.Subject, 24)
}

// eventFact is one detail of an event: a text or a time.
type eventFact struct {
	Name, Value string
	At          time.Time
}

// eventFacts returns an event's details in words, without the redundant ones.
func eventFacts(e AuditRow) []eventFact {
	var facts []eventFact
	if e.Kind == audit.SignInRefused && e.Subject == "" && e.Count == 1 {
		facts = append(facts, eventFact{Name: "account", Value: "none with that email"})
	}
	rights, rightsShown := rightsFact(e), false
	for _, name := range slices.SortedFunc(maps.Keys(e.Detail), compareFacts) {
		value := e.Detail[name]
		switch {
		case rightNames[name] == "" && !isRedundant(e, name, value):
			facts = append(facts, eventFactOf(e, name, value))
		case rightNames[name] != "" && !rightsShown:
			facts, rightsShown = append(facts, rights), true
		}
	}
	return facts
}

// rightNames are the details that say whether somebody can do something now, with its verb.
var rightNames = map[string]string{
	"view": "view", "reveal": "reveal", "share": "share", "edit": "edit", "manage": "manage",
	"events": "read events", "people": "manage people",
}

// rightsFact says all that somebody can do in one line.
func rightsFact(e AuditRow) eventFact {
	var can []string
	for _, name := range firstFacts {
		if rightNames[name] != "" && e.Detail[name] == "true" {
			can = append(can, rightNames[name])
		}
	}
	if len(can) == 0 {
		can = []string{"nothing"}
	}
	return eventFact{Name: "can", Value: listOf(can)}
}

// firstFacts are the details that come first, in this order: whom and what it is about, then what they
// can do. The others follow by name.
var firstFacts = []string{
	"user", "group", "groups", "name", "item", "vaults", "from_vault", "view", "reveal", "share", "edit", "manage",
	"events", "people",
}

func compareFacts(a, b string) int {
	rank := func(name string) int {
		if i := slices.Index(firstFacts, name); i >= 0 {
			return i
		}
		return len(firstFacts)
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b))
}

// isRedundant reports whether a detail says nothing that the event doesn't say already.
func isRedundant(e AuditRow, name, value string) bool {
	switch name {
	case "item":
		return value == "" || e.About != ""
	case "name":
		return value == "" || value == e.About
	case "by":
		return value == "" || value == "person"
	case "count":
		return true // it is in the row's count
	case audit.DetailLast:
		return true // the link's own page says it
	}
	return value == ""
}

func eventFactOf(e AuditRow, name, value string) eventFact {
	switch name {
	case "expires_at":
		if at, err := time.Parse(time.RFC3339, value); err == nil {
			return eventFact{Name: "expires", At: at}
		}
	case "max_views":
		if n, err := strconv.Atoi(value); err == nil {
			return eventFact{
				Name: "allows", Value: viewLimitWords(n, share.Audience(e.Detail["audience"])),
			}
		}
	case "group":
		if e.Whom != "" {
			return eventFact{Name: "group", Value: e.Whom}
		}
	case "user":
		if e.Whom != "" {
			return eventFact{Name: "person", Value: e.Whom}
		}
	case "groups":
		return eventFact{Name: name, Value: cmp.Or(e.Groups, value)}
	case "vaults", "from_vault":
		if e.Vaults != "" {
			return eventFact{Name: eventFactName(name), Value: e.Vaults}
		}
	case "views":
		if n, err := strconv.ParseInt(value, 10, 64); err == nil {
			return eventFact{Name: "views in this minute", Value: humanize.Comma(n)}
		}
	case "codes":
		return eventFact{Name: "reason", Value: codesWords(value)}
	}
	value = eventFactValue(name, value)
	if name != "rule" { // a whole policy is what its event is about
		value = truncate(value, 200)
	}
	return eventFact{Name: eventFactName(name), Value: value}
}

func eventFactName(name string) string {
	names := map[string]string{
		"peer": "network address", "address": "email", "rule": "policy", "agent": "browser",
		"audience": "who can view", "before": "before that",
		"affected": "active links", "revoked": "links revoked",
		"unseen":    "shared without seeing",
		"elsewhere": "links to revoke in their own account", "native": "created by",
		"equal": "unchanged", "why": "reason",
		"from_vault": "moved from", "restored": "restored version",
	}
	if words, ok := names[name]; ok {
		return words
	}
	return strings.ReplaceAll(name, "_", " ")
}

func eventFactValue(name, value string) string {
	values := map[string]string{
		"audience=anyone": "anyone with the link", "audience=recipients": "specific people",
		"affected=keep": "kept", "affected=revoke": "revoked", "by=policy": "a new policy",
		"native=true": "the vault's own account", "links_by=native": "the vault's own account",
		"address=not on the share": "not a recipient", "why=viewed": "no views left",
		"why=too_many_attempts": "too many attempts",
		"why=withheld":          "not sent: too many codes for this address",
	}
	if words, ok := values[name+"="+value]; ok {
		return words
	}
	switch value {
	case "true":
		return "yes"
	case "false":
		return "no"
	}
	return value
}

// codesWords names what about a link the policy blocked.
func codesWords(codes string) string {
	names := map[string]string{
		"policy_access": "who can view", "policy_expiry": "expiry",
		"policy_recipient_type": "recipient type",
		"policy_domain":         "domain", "policy_files": "files",
		"policy_views": "view limit", "recipient_member": "recipient with an account",
	}
	var words []string
	for code := range strings.FieldsSeq(codes) {
		name, ok := names[code]
		if !ok {
			name = code
		}
		words = append(words, name)
	}
	slices.Sort(words)
	return listOf(slices.Compact(words))
}

// chainWords says how many events were verified, and how many are still to be added to the
// chain.
func chainWords(c ChainState) string {
	words := count(int(c.Count), "event")
	if c.Unsealed > 0 {
		words += ", and " + strconv.Itoa(c.Unsealed) + " more waiting to be added"
	}
	return words + "."
}

// runningWords says how far a check of the whole log is.
func runningWords(c ChainState) string {
	words := "Checking every event: " + humanize.Comma(c.Checked)
	if c.Count > c.Checked {
		words += " of " + humanize.Comma(c.Count)
	}
	return words + " done."
}

// happened is the name of an event with how often it happened.
func happened(e AuditRow) string {
	if e.Count > 1 {
		return humanize.Comma(int64(e.Count)) + " × " + kindWords(e.Kind)
	}
	return kindWords(e.Kind)
}

// occurrencesShown is how many times of a group a page lists.
const occurrencesShown = 20

// earlierWords counts the occurrences that a page doesn't list.
func earlierWords(e AuditRow) string {
	return count(len(e.Occurrences)-occurrencesShown, "earlier event")
}

func shownOccurrences(e AuditRow) []audit.Occurrence {
	return e.Occurrences[:min(len(e.Occurrences), occurrencesShown)]
}

func firstOccurrence(e AuditRow) time.Time { return e.Occurrences[len(e.Occurrences)-1].At }

// numberWords is an event's number in the log, "" while it has none.
func numberWords(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// onlySubject is the address of the events with a subject.
func onlySubject(p AuditProps, e AuditRow) string {
	return p.Shell.Paths.Audit(AuditFilter{Subject: e.Subject})
}

// eventsAnnouncement is announced to screen readers after a filter changed.
func eventsAnnouncement(p AuditProps) string {
	n := 0
	for _, e := range p.Events {
		n += len(e.Occurrences)
	}
	switch {
	case len(p.Problems) > 0:
		return problemWords(p.Problems[0])
	case n == 0:
		return "No events found"
	case p.Next != "":
		return count(n, "event") + " shown, more on the next page"
	}
	return count(n, "event") + " found"
}

// allSubjects is the address of the list without the filter by subject.
func allSubjects(p AuditProps) string {
	all := p.Filter
	all.Subject, all.After = "", ""
	return p.Shell.Paths.Audit(all)
}

func firstEvents(p AuditProps) string {
	if p.Filter.After == "" {
		return ""
	}
	first := p.Filter
	first.After = ""
	return p.Shell.Paths.Audit(first)
}

func nextEvents(p AuditProps) string {
	if p.Next == "" {
		return ""
	}
	next := p.Filter
	next.After = p.Next
	return p.Shell.Paths.Audit(next)
}
