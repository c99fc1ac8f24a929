package share

import (
	"crypto/sha256"
	"strings"
	"time"

	"itemshare/fault"
	"itemshare/vault"
)

// Request asks for a share, unparsed: Access is "anyone" or "recipients"; each of
// Recipients may have several; ExpireAfter is a duration's name
// or "" for the policy's default; Token, where not "", is a one-use token of 16 to 64
// characters.
//
// Where Chosen, Include has the names of everything that is included: see FieldName,
// FileName and PartNotes. Else everything is but the fields that Omit has the ids of, and
// one-time passwords and files where TOTP and Files don't include them.
type Request struct {
	VaultID     string
	ItemID      string
	Access      string
	Recipients  []string
	ExpireAfter string
	OneTime     bool
	Files       bool
	TOTP        bool
	Omit        []string
	Chosen      bool
	Include     []string
	First       bool // for Judge: nothing is chosen yet, so it judges what a share form shows at first
	Token       string
	Tell        bool // the sharer wants emails about the share
}

// plan is a request as far as it could be parsed.
type plan struct {
	audience   Audience      // "" if it could not be parsed
	expiry     time.Duration // 0 for the policy's default
	recipients []Recipient
	oneTime    bool
	choice     selection
	tell       bool
}

// plan parses a request and returns every problem at once.
func (r Request) plan(mailOff bool) (plan, []fault.Problem) {
	p := plan{oneTime: r.OneTime, choice: r.selection(), tell: r.Tell && !mailOff}
	var problems []fault.Problem
	add := func(more ...fault.Problem) { problems = append(problems, more...) }
	switch Audience(r.Access) {
	case Recipients:
		p.audience = Recipients
		good, wrong := splitChecked(checkRecipients(r.Recipients))
		p.recipients = good
		add(wrong...)
		add(recipientProblems(good, wrong, mailOff)...)
	case Anyone:
		p.audience = Anyone
		if namesAny(r.Recipients) {
			add(invalid("access", "A link for anyone can't have recipients. Remove them or change who can view."))
		}
	default:
		add(invalid("access", "Choose who can view."))
	}
	if r.ExpireAfter != "" {
		d, ok := ParseDuration(r.ExpireAfter)
		if p.expiry = d.Time(); !ok {
			add(invalid("expire_after", "Choose 1 hour, 1, 7, 14 or 30 days."))
		}
	}
	if r.Token != "" && (len(r.Token) < 16 || len(r.Token) > 64) {
		add(invalid("token", "Reload the page and try again."))
	}
	return p, problems
}

// recipientProblems returns the problems of a link for recipients.
func recipientProblems(good []Recipient, wrong []fault.Problem, mailOff bool) []fault.Problem {
	var all []fault.Problem
	if len(good)+len(wrong) == 0 {
		all = append(all, fault.Problem{
			Code: fault.CodeRecipientMissing, Field: "recipients", Detail: MissingRecipientsWords,
		})
	}
	if mailOff {
		all = append(all, mailOffProblem())
	}
	return all
}

func mailOffProblem() fault.Problem {
	return fault.Problem{Code: fault.CodeMailOff, Field: "recipients", Detail: MailOffWords}
}

// proposal returns what the policy judges.
func (p plan) proposal(item vault.Item) proposal {
	pr := proposal{audience: p.audience, expiry: p.expiry, recipients: p.recipients}
	for _, f := range p.choice.filesOf(item) {
		pr.files = append(pr.files, f.Size)
	}
	return pr
}

// terms returns the terms of a share that is created now.
func (p plan) terms(policy Policy, now time.Time) Terms {
	expiry := p.expiry
	if expiry == 0 {
		expiry = policy.DefaultExpiry
	}
	t := Terms{CreatedAt: now.Unix(), Audience: p.audience, MaxViews: policy.MaxViews}
	t.ExpiresAt = t.CreatedAt + int64(expiry/time.Second)
	if p.oneTime {
		t.MaxViews = 1
	}
	return t
}

// requestKey returns the hash of an owner's one-use token, nil where there is none.
func requestKey(ownerID, token string) []byte {
	if token == "" {
		return nil
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{"itemshare request", ownerID, token}, "\n")))
	return sum[:]
}
