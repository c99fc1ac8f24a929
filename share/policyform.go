package share

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"itemshare/address"
	"itemshare/fault"
)

// PolicyForm is a policy in the texts of the form: durations by name, MaxViews and
// FilesMaxSize in decimal or "" for unlimited, AllowedTypes and AllowedRecipientTypes
// by the SDK's names, AllowedDomains several each.
type PolicyForm struct {
	MaxExpiry             string
	DefaultExpiry         string
	MaxViews              string
	AllowedTypes          []string
	AllowedRecipientTypes []string
	AllowedDomains        []string
	FilesAllowed          bool
	FilesMaxSize          string
}

// Form returns the policy in the texts of the form; ParsePolicy parses them.
func (p Policy) Form() PolicyForm {
	f := PolicyForm{
		MaxExpiry: durationOf(
			p.MaxExpiry,
		).Name(),
		DefaultExpiry:  durationOf(p.DefaultExpiry).Name(),
		AllowedDomains: p.AllowedDomains, FilesAllowed: p.FilesAllowed,
	}
	if p.MaxViews > 0 {
		f.MaxViews = strconv.Itoa(p.MaxViews)
	}
	if p.FilesMaxSize > 0 {
		f.FilesMaxSize = strconv.FormatInt(p.FilesMaxSize, 10)
	}
	for _, t := range p.AllowedTypes {
		f.AllowedTypes = append(f.AllowedTypes, string(t))
	}
	for _, k := range p.AllowedRecipientTypes {
		f.AllowedRecipientTypes = append(f.AllowedRecipientTypes, k.name())
	}
	return f
}

// name returns the SDK's name of a kind.
func (k RecipientKind) name() string {
	if k == Domain {
		return "Domain"
	}
	return "Email"
}

// maxPolicyDomains is how many domains a policy can have.
const maxPolicyDomains = 200

// maxPolicyViews is the largest view limit.
const maxPolicyViews = 1_000_000

// ParsePolicy parses a policy and returns every problem at once, as fault.Invalid.
func ParsePolicy(f PolicyForm) (Policy, error) {
	var r policyReader
	p := Policy{
		MaxExpiry:     r.duration("max_expiry", f.MaxExpiry),
		DefaultExpiry: r.duration("default_expiry", f.DefaultExpiry),
		MaxViews:      int(r.limit("max_views", f.MaxViews, maxPolicyViews)),
		AllowedTypes: names(
			&r,
			"allowed_types",
			f.AllowedTypes,
			map[string]Type{"Authenticated": Authenticated, "Public": Public},
		),
		AllowedRecipientTypes: names(
			&r,
			"allowed_recipient_types",
			f.AllowedRecipientTypes,
			recipientKinds(),
		),
		AllowedDomains: r.domains(f.AllowedDomains),
		FilesAllowed:   f.FilesAllowed,
		FilesMaxSize:   r.limit("files_max_size", f.FilesMaxSize, MaxFileSize),
	}
	if p.MaxExpiry > 0 && p.DefaultExpiry > p.MaxExpiry {
		r.problem(
			"default_expiry",
			"The default can't be longer than the maximum, which is "+Span(p.MaxExpiry)+".",
		)
	}
	return p, fault.Fields(r.problems)
}

// policyReader collects the problems of a form.
type policyReader struct{ problems []fault.Problem }

func (r *policyReader) problem(field, detail string) {
	r.problems = append(
		r.problems,
		fault.Problem{Code: fault.CodeInvalid, Field: field, Detail: detail},
	)
}

func (r *policyReader) duration(field, text string) time.Duration {
	d, ok := ParseDuration(text)
	if !ok {
		r.problem(field, "Choose 1 hour, 1, 7, 14 or 30 days.")
	}
	return d.Time()
}

// limit parses a number from 1, or "" for no limit.
func (r *policyReader) limit(field, text string, most int64) int64 {
	if text == "" {
		return 0
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 || n > most {
		r.problem(
			field,
			fmt.Sprintf(
				"Enter a whole number from 1 to %d, or leave this empty for no limit.",
				most,
			),
		)
		return 0
	}
	return n
}

// names returns the values of the SDK's names, sorted, each once.
func names[T ~string](r *policyReader, field string, texts []string, known map[string]T) []T {
	var all []T
	for _, text := range texts {
		value, ok := known[text]
		if !ok {
			r.problem(field, "Choose one of the options.")
			continue
		}
		all = append(all, value)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (r *policyReader) domains(raw []string) []string {
	var all []string
	n := 0
	for entry := range listOf(raw) {
		if n++; n > maxPolicyDomains {
			r.problem(
				"allowed_domains",
				fmt.Sprintf("A policy can have up to %d domains.", maxPolicyDomains),
			)
			return nil
		}
		if domain, ok := strings.CutPrefix(entry.Text, "@"); ok {
			entry = address.One(domain) // only domains are allowed here, so it can't mean a person
		}
		checked := checkEntry(entry)
		switch {
		case checked.Problem != nil:
			r.problems = append(r.problems, domainProblem(entry, *checked.Problem))
		case checked.Recipient.Kind != Domain:
			r.problem(
				"allowed_domains",
				quoted(entry.Text)+" is an email address. Enter its domain only.",
			)
		default:
			all = append(all, checked.Recipient.Address)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// domainProblem words the problem of an entry for a list that has domains alone.
func domainProblem(entry address.Entry, p fault.Problem) fault.Problem {
	p.Field = "allowed_domains"
	switch {
	case entry.IsDomain && address.IsFreeMail(entry.Address):
		p.Detail = quoted(entry.Text) + " is open to everyone. Enter an organization's domain."
	case errors.Is(entry.Err, address.ErrInvalid) && entry.Offer == "":
		p.Detail = quoted(entry.Text) + " isn't a valid domain."
	}
	return p
}
