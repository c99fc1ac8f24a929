package share

import (
	"context"
	"slices"
	"strings"
	"time"

	"itemshare/fault"
	"itemshare/vault"
)

// Again is a request to share an item as an earlier share did, as far as today's policy allows.
type Again struct {
	Request
	Changes []string // what differs from the earlier share, a sentence each
}

// Again returns the request of a share of an item, within the item and the policy of today. It
// creates nothing. A link for recipients never becomes one for anyone. A share of another item is
// fault.NotFound.
func (s *Service) Again(
	ctx context.Context, by Sharer, v Viewer, id, vaultID, itemID string,
) (Again, error) {
	before, err := s.original(ctx, v, id)
	if err != nil {
		return Again{}, err
	}
	if before.VaultID != vaultID || before.ItemID != itemID {
		return Again{}, fault.Of(fault.NotFound)
	}
	item, err := s.item(ctx, vaultID, itemID)
	if err != nil {
		return Again{}, err
	}
	policy, err := s.PolicyFor(ctx, by, vaultID, itemID)
	if err != nil {
		return Again{}, err
	}
	named, _ := splitChecked(checkRecipients(before.Recipients))
	if policy, err = s.lookUp(ctx, policy, named); err != nil {
		return Again{}, err
	}
	_, native, err := s.linkerOf(ctx, vaultID)
	if err != nil {
		return Again{}, err
	}
	again := Again{Request: before.Request}
	if native {
		policy = policy.WholeItem(item)
	} else {
		again.keepParts(item, before.included)
		again.keepFiles(policy, item)
		if len(again.selection().filesOf(item)) > 0 {
			policy = policy.WithFiles()
		}
	}
	again.keepAudience(policy, s.MailOff() && !native)
	again.keepRecipients(policy)
	again.keepExpiry(policy, before.terms)
	again.keepViews(policy, before.terms)
	return again, nil
}

func (a *Again) changed(words string) { a.Changes = append(a.Changes, words) }

// keepParts keeps the parts that the item still has.
func (a *Again) keepParts(item vault.Item, included Included) {
	a.Request = a.Choose(item)
	var gone []string
	for _, f := range included.Fields {
		if !slices.Contains(a.Include, FieldName(f.ID)) {
			gone = append(gone, f.Name)
		}
	}
	for _, f := range included.Files {
		if !slices.Contains(a.Include, FileName(f.ID)) {
			gone = append(gone, f.Name)
		}
	}
	if len(gone) > 0 {
		a.changed("No longer in the item: " + joined(gone, "and") + ".")
	}
}

// keepFiles keeps the files that the policy allows.
func (a *Again) keepFiles(policy Effective, item vault.Item) {
	var left []string
	why := ""
	for _, f := range a.selection().filesOf(item) {
		reason := policy.fileReason(item, f.ID)
		if reason == "" {
			continue
		}
		left, why = append(left, f.Name), reason
		a.Include = slices.DeleteFunc(a.Include, func(name string) bool {
			return name == FileName(f.ID)
		})
	}
	switch {
	case len(left) == 0:
	case !policy.FilesAllowed:
		a.changed("Files aren't allowed any more.")
	default:
		a.changed("Not included: " + joined(left, "and") + ". " + why)
	}
}

// keepAudience keeps who can view, or names recipients where a link for anyone isn't allowed.
func (a *Again) keepAudience(policy Effective, mailOff bool) {
	reason := policy.AudienceReason(Audience(a.Access), mailOff)
	switch {
	case reason == "":
	case a.Access == string(Anyone) && policy.AudienceReason(Recipients, mailOff) == "":
		a.Access = string(Recipients)
		a.changed("Links for anyone aren't allowed any more. Add the people who can view this.")
	default:
		a.changed(reason)
	}
}

// keepRecipients keeps the recipients that the policy allows.
func (a *Again) keepRecipients(policy Effective) {
	var kept, left []string
	for _, text := range a.Recipients {
		recipient, problem := ParseRecipient(text)
		if problem != nil || len(policy.checkRecipient(recipient)) > 0 {
			left = append(left, text)
		} else {
			kept = append(kept, text)
		}
	}
	a.Recipients = kept
	if len(left) > 0 {
		a.changed("Not allowed any more: " + joined(left, "and") + ".")
	}
}

// keepExpiry keeps the expiry, or takes the longest that is allowed.
func (a *Again) keepExpiry(policy Effective, earlier Terms) {
	before := time.Duration(earlier.ExpiresAt-earlier.CreatedAt) * time.Second
	limit, now := "", before
	switch {
	case before > policy.MaxExpiry:
		limit, now = " at most", policy.MaxExpiry
		a.ExpireAfter = ""
		for _, d := range Durations() {
			if d.Time() <= policy.MaxExpiry {
				a.ExpireAfter = d.Name()
			}
		}
	case a.ExpireAfter == "":
		now = policy.DefaultExpiry
	}
	if now != before {
		a.changed(Span(before) + " is now " + Span(now) + limit + ".")
	}
}

// keepViews keeps one view, or takes the policy's limit.
func (a *Again) keepViews(policy Effective, earlier Terms) {
	now := Terms{MaxViews: policy.MaxViews, Audience: earlier.Audience}
	if a.OneTime || policy.MaxViews == 1 {
		a.OneTime, now.MaxViews = true, 1
	}
	if now.MaxViews != earlier.MaxViews {
		before := strings.TrimSuffix(ViewWords(earlier), " per person")
		a.changed(capital(before) + " is now " + ViewWords(now) + ".")
	}
}

// original is a share, as it was asked for.
type original struct {
	Request
	terms    Terms
	included Included
}

func (s *Service) original(ctx context.Context, v Viewer, id string) (original, error) {
	record, err := s.ownedRecord(ctx, v, id)
	if err != nil {
		return original{}, err
	}
	e := original{terms: record.Terms, Request: Request{
		VaultID: record.VaultID, ItemID: record.ItemID, Access: string(record.Terms.Audience),
		OneTime: record.Terms.MaxViews == 1, Files: record.Files,
		ExpireAfter: durationOf(
			time.Duration(record.Terms.ExpiresAt-record.Terms.CreatedAt) * time.Second,
		).Name(),
	}}
	if e.included, err = s.openIncluded(id, record.Included); err != nil {
		return original{}, err
	}
	if e.included.Extent().Known() && !record.Native {
		e.Chosen, e.Include, e.Files = true, e.included.names(), false
	}
	for _, stored := range record.Recipients {
		recipient, err := s.openRecipient(id, stored)
		if err != nil {
			return original{}, err
		}
		if stored.RemovedAt == 0 && recipient.Address != "" {
			e.Recipients = append(e.Recipients, recipient.Address)
		}
	}
	return e, nil
}
