package views

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"itemshare/audit"
	"itemshare/share"
	"itemshare/vault"
)

// categoryIcons names the icon of each category.
var categoryIcons = map[vault.Category]string{
	vault.Login:                "key-round",
	vault.Password:             "key",
	vault.SecureNote:           "notebook-text",
	vault.CreditCard:           "credit-card",
	vault.Identity:             "id-card",
	vault.Document:             "file-text",
	vault.APICredentials:       "braces",
	vault.BankAccount:          "landmark",
	vault.CryptoWallet:         "wallet",
	vault.Database:             "database",
	vault.DriverLicense:        "car",
	vault.Email:                "mail",
	vault.MedicalRecord:        "heart-pulse",
	vault.Membership:           "ticket",
	vault.OutdoorLicense:       "tent",
	vault.Passport:             "book-user",
	vault.Person:               "user",
	vault.Rewards:              "gift",
	vault.Router:               "router",
	vault.Server:               "server",
	vault.SocialSecurityNumber: "hash",
	vault.SoftwareLicense:      "app-window",
	vault.SSHKey:               "square-terminal",
	vault.Unsupported:          "box",
}

// categoryIcon returns the name of a category's icon, for an unknown one that of Unsupported.
func categoryIcon(c vault.Category) string {
	return cmp.Or(categoryIcons[c], categoryIcons[vault.Unsupported])
}

// absolute returns a time in UTC. The page's script shows it in the reader's time zone.
func absolute(t time.Time) string { return t.UTC().Format(absoluteLayout) }

const absoluteLayout = "2 January 2006, 15:04 UTC"

func machine(t time.Time) string { return t.UTC().Format(time.RFC3339) }

const day = 24 * time.Hour

// relative returns a time relative to now: "in 3 days", "5 minutes ago".
func relative(now, t time.Time) string {
	d := t.Sub(now)
	if d > 0 {
		return "in " + span(d)
	}
	if -d < time.Minute {
		return "just now"
	}
	return span(-d) + " ago"
}

// span returns a length of time in its largest unit, rounded.
func span(d time.Duration) string {
	units := []struct {
		size  time.Duration
		until time.Duration // the unit is used below
		name  string
	}{
		{time.Minute, time.Hour, "minute"},
		{time.Hour, 36 * time.Hour, "hour"},
		{day, 45 * day, "day"},
		{30 * day, 365 * day, "month"},
	}
	for _, u := range units {
		n := int((d + u.size/2) / u.size)
		if d < u.until && time.Duration(n)*u.size < u.until {
			return count(max(n, 1), u.name)
		}
	}
	return count(max(int((d+365*day/2)/(365*day)), 1), "year")
}

// seconds returns a wait in seconds or minutes, rounded up.
func seconds(d time.Duration) string {
	if d < time.Minute {
		return count(int((d+time.Second-1)/time.Second), "second")
	}
	return count(int((d+time.Minute-1)/time.Minute), "minute")
}

// count returns a number with its noun: "1 item", "2 items".
func count(n int, noun string) string {
	text := strconv.Itoa(n)
	if n > 999 {
		text = humanize.Comma(int64(n))
	}
	if n == 1 {
		return text + " " + noun
	}
	if strings.HasSuffix(noun, "ss") {
		return text + " " + noun + "es"
	}
	if stem, ok := strings.CutSuffix(noun, "ry"); ok {
		return text + " " + stem + "ries"
	}
	return text + " " + noun + "s"
}

// listOf returns a list in words: "a, b and c".
func listOf(words []string) string {
	switch len(words) {
	case 0:
		return ""
	case 1:
		return words[0]
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

func capitalize(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// whoWords says who can view a share: "Anyone with the link", "Two people".
func whoWords(audience share.Audience, recipients []RecipientName) string {
	var left []share.Recipient
	for _, r := range recipients {
		if !r.Removed {
			left = append(left, share.Recipient{Kind: r.Kind, Address: r.Address})
		}
	}
	return share.Who(audience, left)
}

// shownNames is how many recipients nameWords names.
const shownNames = 3

// nameWords says who can view a share, by name: "ann@client.example, bob@client.example". It counts
// recipients beyond shownNames, and those whose addresses were erased.
func nameWords(audience share.Audience, recipients []RecipientName) string {
	var names []string
	for _, r := range recipients {
		switch {
		case r.Removed:
		case r.Address == "":
			return whoWords(audience, recipients)
		case r.Kind == share.Domain:
			names = append(names, "anyone at "+r.Address)
		default:
			names = append(names, r.Address)
		}
	}
	if audience == share.Anyone || len(names) == 0 {
		return whoWords(audience, recipients)
	}
	more := ""
	if len(names) > shownNames {
		more = " +" + strconv.Itoa(len(names)-shownNames)
		names = names[:shownNames]
	}
	if strings.HasPrefix(names[0], "anyone at ") {
		names[0] = capitalize(names[0])
	}
	return strings.Join(names, ", ") + more
}

// viewLimitWords says how many views a share has: "one view per person".
func viewLimitWords(maxViews int, audience share.Audience) string {
	return share.ViewWords(share.Terms{MaxViews: maxViews, Audience: audience})
}

// stateWords returns the name of a state.
func stateWords(s share.State) string {
	switch s {
	case share.Active:
		return "Active"
	case share.Expired:
		return "Expired"
	case share.Viewed:
		return "No views left"
	case share.Revoked:
		return "Revoked"
	}
	return string(s)
}

func stateIcon(s share.State) string {
	switch s {
	case share.Active:
		return "link"
	case share.Expired:
		return "clock"
	case share.Viewed:
		return "check"
	}
	return "ban"
}

func states() []share.State {
	return []share.State{share.Active, share.Viewed, share.Expired, share.Revoked}
}

// viewsWords says how often a share was viewed, and how often it may be.
func viewsWords(s ShareRow) string {
	if s.Native != "" {
		return "in " + s.Native
	}
	if s.MaxViews == 0 || s.Audience == share.Recipients {
		return strconv.Itoa(s.Views)
	}
	return fmt.Sprintf("%d of %d", s.Views, s.MaxViews)
}

// viewCount is viewsWords with the noun.
func viewCount(s ShareRow) string {
	switch words := viewsWords(s); {
	case s.Native != "":
		return "views " + words
	case s.MaxViews == 0 || s.Audience == share.Recipients:
		return count(s.Views, "view")
	default:
		return words + " views"
	}
}

// kindWords returns the name of an event.
func kindWords(k audit.Kind) string {
	for _, kind := range auditKinds {
		if kind.Kind == k {
			return kind.Words
		}
	}
	return string(k)
}

type auditKind struct {
	Kind  audit.Kind
	Words string
	Tone  string // "bad" for what was denied or failed, "" for the rest
}

// auditKinds lists all kinds of events. It is never modified.
var auditKinds = [...]auditKind{
	{audit.SignedIn, "Signed in", ""},
	{audit.SignInRefused, "Sign-in failed", "bad"},
	{audit.SignedOut, "Signed out", ""},
	{audit.UserAdded, "Person added", ""},
	{audit.UserInvited, "Person invited", ""},
	{audit.UserJoined, "Person joined", ""},
	{audit.InviteWithdrawn, "Invitation withdrawn", ""},
	{audit.UserChanged, "Name or role changed", ""},
	{audit.UserRemoved, "Person removed", ""},
	{audit.LinksHandedOver, "Links handed over", ""},
	{audit.PasswordReset, "New sign-in requested", ""},
	{audit.InstallationSet, "Installation set up", ""},
	{audit.SettingsChanged, "Settings changed", ""},
	{audit.PasswordChanged, "Password changed", ""},
	{audit.PasswordRemoved, "Password removed", ""},
	{audit.UserRenamed, "Name changed", ""},
	{audit.SessionsEnded, "Sessions ended", ""},
	{audit.ExternalBound, "Signs in with the provider", ""},
	{audit.PasskeyAdded, "Passkey added", ""},
	{audit.PasskeyRemoved, "Passkey removed", ""},
	{audit.FactorAdded, "Second factor set up", ""},
	{audit.FactorRemoved, "Second factor removed", ""},
	{audit.RecoveryUsed, "Recovery code used", ""},
	{audit.RecoveryRenewed, "Recovery codes replaced", ""},
	{audit.FactorRequired, "Second factor requirement changed", ""},
	{audit.UserDisabled, "Person suspended", ""},
	{audit.UserEnabled, "Person reinstated", ""},
	{audit.VaultAdded, "Vault added", ""},
	{audit.VaultRenamed, "Vault renamed", ""},
	{audit.VaultArchived, "Vault archived", ""},
	{audit.VaultRestored, "Vault restored from the archive", ""},
	{audit.GrantChanged, "Access changed", ""},
	{audit.GroupAdded, "Group created", ""},
	{audit.GroupRenamed, "Group renamed", ""},
	{audit.GroupDeleted, "Group deleted", ""},
	{audit.MemberAdded, "Added to group", ""},
	{audit.MemberRemoved, "Removed from group", ""},
	{audit.ItemsImported, "Items imported", ""},
	{audit.ItemsExported, "Items exported", ""},
	{audit.FieldRevealed, "Value revealed", ""},
	{audit.ItemRead, "Item read by service account", ""},
	{audit.FileDownloaded, "File downloaded", ""},
	{audit.FileAdded, "File added", ""},
	{audit.FileRemoved, "File deleted", ""},
	{audit.ItemCreated, "Item created", ""},
	{audit.ItemEdited, "Item edited", ""},
	{audit.ItemDuplicated, "Item duplicated", ""},
	{audit.ItemMoved, "Item moved", ""},
	{audit.ItemArchived, "Item archived", ""},
	{audit.ItemRestored, "Item restored from the archive", ""},
	{audit.ItemDeleted, "Item deleted", ""},
	{audit.VersionRestored, "Earlier version restored", ""},
	{audit.ShareCreated, "Link created", ""},
	{audit.ShareRefused, "Link blocked by policy", "bad"},
	{audit.LinkAsked, "Link requested", ""},
	{audit.LinkUnknown, "Link may have been created", "bad"},
	{audit.CodeRequested, "Code requested", ""},
	{audit.CodeRefused, "Wrong code", "bad"},
	{audit.CodeUndelivered, "Code not delivered", "bad"},
	{audit.ShareOpened, "Link viewed", ""},
	{audit.OpenRefused, "View denied", "bad"},
	{audit.ShareRevoked, "Link revoked", ""},
	{audit.ShareExpired, "Link expired", ""},
	{audit.RecipientRemoved, "Recipient removed", ""},
	{audit.PolicyChanged, "Policy changed", ""},
	{audit.PolicyApplied, "Policy applied to active links", ""},
	{audit.ServiceAccountAdded, "Service account created", ""},
	{audit.ServiceAccountRevoked, "Service account revoked", ""},
	{audit.WebhookAdded, "Webhook added", ""},
	{audit.WebhookPaused, "Webhook paused", ""},
	{audit.WebhookResumed, "Webhook resumed", ""},
	{audit.WebhookRotated, "Webhook secret changed", ""},
	{audit.WebhookRemoved, "Webhook removed", ""},
	{audit.WebhookTested, "Webhook tested", ""},
	{audit.WebhookGone, "Webhook turned off by its receiver", "bad"},
	{audit.Restored, "Restored from backup", ""},
	{audit.KeysRotated, "Master key changed", ""},
	{audit.KeysRenewed, "Encryption keys renewed", ""},
	{audit.MailTested, "Test email sent", ""},
}

func kindTone(k audit.Kind) string {
	for _, kind := range auditKinds {
		if kind.Kind == k {
			return kind.Tone
		}
	}
	return ""
}
