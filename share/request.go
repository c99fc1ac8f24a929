package share

import (
	"crypto/sha256"
	"strings"
	"time"

	"itemshare/fault"
	"itemshare/vault"
)

// Request asks for a share in the texts of the edge: Access is "anyone" or
// "recipients"; Recipients may hold several each; ExpireAfter is a duration's name
// or "" for the policy's default; Omit are the ids of fields to leave out; Token,
// where not "", is a one-use token of 16 to 64 characters.
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
	Token       string
}

// plan is a request as far as it could be read.
type plan struct {
	audience   Audience      // "" when unreadable
	expiry     time.Duration // 0 for the policy's default
	recipients []Recipient
	oneTime    bool
	choice     selection
}

// plan reads a request, with every problem at once.
func (r Request) plan(mailOff bool) (plan, []fault.Problem) {
	p := plan{oneTime: r.OneTime, choice: selection{omit: r.Omit, totp: r.TOTP, files: r.Files}}
	var problems []fault.Problem
	add := func(more ...fault.Problem) { problems = append(problems, more...) }
	switch Audience(r.Access) {
	case Recipients:
		p.audience = Recipients
		good, wrong := parted(checkRecipients(r.Recipients))
		p.recipients = good
		add(wrong...)
		add(named(good, wrong, mailOff)...)
	case Anyone:
		p.audience = Anyone
		if len(splitRecipients(r.Recipients)) > 0 {
			add(fault.Problem{Code: fault.CodeInvalid, Field: "access", Detail: "You named people, but this link would open for anyone. Choose only these people, or clear the list."})
		}
	default:
		add(fault.Problem{Code: fault.CodeInvalid, Field: "access", Detail: "Choose anyone with the link, or only the people that you name."})
	}
	if r.ExpireAfter != "" {
		d, ok := ParseDuration(r.ExpireAfter)
		if p.expiry = d.Time(); !ok {
			add(fault.Problem{Code: fault.CodeInvalid, Field: "expire_after", Detail: "Choose 1 hour, 1, 7, 14 or 30 days."})
		}
	}
	if r.Token != "" && (len(r.Token) < 16 || len(r.Token) > 64) {
		add(fault.Problem{Code: fault.CodeInvalid, Field: "token", Detail: "Load the page again, then share."})
	}
	return p, problems
}

// named are the problems of sharing with named recipients as such.
func named(good []Recipient, wrong []fault.Problem, mailOff bool) []fault.Problem {
	var all []fault.Problem
	if len(good)+len(wrong) == 0 {
		all = append(all, fault.Problem{Code: fault.CodeRecipientMissing, Field: "recipients", Detail: MissingRecipientsWords})
	}
	if mailOff {
		all = append(all, mailOffProblem())
	}
	return all
}

func mailOffProblem() fault.Problem {
	return fault.Problem{Code: fault.CodeMailOff, Field: "recipients", Detail: MailOffWords}
}

// wish is what the policy judges.
func (p plan) wish(item vault.Item) wish {
	w := wish{audience: p.audience, expiry: p.expiry, recipients: p.recipients}
	if p.choice.files {
		for _, f := range item.Files {
			w.files = append(w.files, f.Size)
		}
	}
	return w
}

// terms are what the share is bound to from a moment on.
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

// requestKey is the hash of a one-use token of one owner, nil where there is none.
func requestKey(ownerID, token string) []byte {
	if token == "" {
		return nil
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{"itemshare request", ownerID, token}, "\n")))
	return sum[:]
}
