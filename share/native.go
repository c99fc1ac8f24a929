package share

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/vault"
)

// linkTime is how long an account may take to create a link. It is long because after a
// timeout it is unknown whether there is one.
const linkTime = 30 * time.Second

// createNative has the vault's own account create the link. Everything that can be judged
// before is; the form's token is used up first, so that one form never creates two links;
// and the link is shown only if the share was stored.
func (s *Service) createNative(
	ctx context.Context,
	linker vault.Linker,
	by Sharer,
	r Request,
) (CreatedShare, error) {
	now := s.clock()
	p, err := s.prepareNative(ctx, linker, by, r, now)
	if err != nil {
		return CreatedShare{}, s.auditRefusal(ctx, now, by, r, err)
	}
	id, secret, err := s.identity(now) // the secret isn't stored: nothing below /s finds the share
	if err != nil {
		return CreatedShare{}, err
	}
	draft, err := s.draft(id, by, p, secret, now)
	if err != nil {
		return CreatedShare{}, err
	}
	draft.RequestKey = requestKey(by.ID, r.Token)
	if err := s.reserve(ctx, linker, by, draft, now); err != nil {
		return CreatedShare{}, err
	}
	// A request that is canceled now does not cancel the link.
	created, err := s.link(context.WithoutCancel(ctx), linker, by, p, draft)
	if err != nil {
		return CreatedShare{}, s.auditRefusal(ctx, now, by, r, err)
	}
	return created, nil
}

// reserve uses up the form's token and records in the audit log that a link is requested,
// so that one which is created while this process dies leaves a trace.
func (s *Service) reserve(
	ctx context.Context,
	linker vault.Linker,
	by Sharer,
	draft Draft,
	now time.Time,
) error {
	entry, err := s.entry(
		now,
		audit.LinkAsked,
		by.ID,
		draft.Record.VaultID+"/"+draft.Record.ItemID,
		map[string]string{"account": linker.Account()},
	)
	if err != nil {
		return err
	}
	return fault.Wrap("reserve a request", s.store.Reserve(ctx, draft, entry))
}

// link requests the link from the account and stores the share.
func (s *Service) link(
	ctx context.Context,
	linker vault.Linker,
	by Sharer,
	p prepared,
	draft Draft,
) (CreatedShare, error) {
	var native vault.Link
	err := withTimeout(ctx, linkTime, func(ctx context.Context) (err error) {
		native, err = linker.MakeLink(ctx, p.item.VaultID, p.item.ID, p.linkTerms())
		return err
	})
	if err != nil {
		return CreatedShare{}, s.linkFailed(ctx, linker, by, draft, err)
	}
	if native.ItemVersion > 0 {
		draft.Record.ItemVersion = native.ItemVersion
	}
	if err := s.store.Create(ctx, draft); err != nil {
		detail := linker.Account() + " created the link, but this server couldn't store it, so it isn't " +
			"shown. Revoke it in " +
			linker.Account() + ", or let it expire. Then share the item again."
		return CreatedShare{}, s.linkUnknown(
			ctx,
			linker,
			by,
			draft,
			detail,
			fault.Wrap("store a native link", err),
		)
	}
	return CreatedShare{
		ID: draft.Record.ID, Link: native.URL, Terms: p.terms, Recipients: p.recipients, Native: true,
		Included: p.included,
		Title:    p.item.Title, VaultID: draft.Record.VaultID, ItemID: draft.Record.ItemID,
		ItemVersion: draft.Record.ItemVersion,
	}, nil
}

// linkTerms returns what the link is requested with.
func (p prepared) linkTerms() vault.LinkTerms {
	terms := vault.LinkTerms{
		ExpireAfter: durationOf(p.expiry).Name(),
		OneTime:     p.terms.MaxViews == 1,
	}
	for _, r := range p.recipients {
		terms.Recipients = append(terms.Recipients, r.Address)
	}
	return terms
}

// prepareNative judges the whole request, by this server's policy and the account's.
func (s *Service) prepareNative(
	ctx context.Context,
	linker vault.Linker,
	by Sharer,
	r Request,
	now time.Time,
) (prepared, error) {
	item, err := s.item(ctx, r.VaultID, r.ItemID)
	if err != nil {
		return prepared{}, err
	}
	judged, err := s.judgeNative(ctx, linker.Account(), by, item, r)
	if err != nil {
		return prepared{}, err
	}
	problems, plan, policy := judged.problems, judged.plan, judged.policy
	refusals, err := askRecipients(
		ctx,
		linker,
		r.VaultID,
		r.ItemID,
		policy.allowed(plan.recipients),
	)
	if err != nil {
		return prepared{}, err
	}
	for _, refusal := range refusals {
		problems = append(problems, refusal.Problem)
	}
	if err := fault.Fields(problems); err != nil {
		return prepared{}, err
	}
	return prepared{
		plan: plan, item: item, terms: plan.terms(policy.Policy, now),
		content:  Content{Files: entries(item.Files)},
		included: plan.choice.included(item), native: true, policyVersion: policy.version,
	}, nil
}

// chosenParts returns the problems of selecting parts of an item that is shared whole.
func (r Request) chosenParts(account string) []fault.Problem {
	var all []fault.Problem
	for _, part := range []struct {
		field  string
		chosen bool
		words  string
	}{
		{"omit", len(r.Omit) > 0, "Nothing can be left out."},
		{"totp", r.TOTP, "One-time passwords are always included."},
		{"files", r.Files, "Its files are always included."},
		{"include", r.Chosen, "Nothing can be left out."},
	} {
		if part.chosen {
			all = append(all, invalid(part.field, "A "+account+" link shares the whole item. "+part.words))
		}
	}
	return all
}

// WholeItem returns the policy for a link that shares an item with its files.
func (e Effective) WholeItem(item vault.Item) Effective {
	if len(item.Files) > 0 {
		return e.WithFiles()
	}
	return e
}

// namedExpiry returns the chosen expiry, or else the longest named duration within the
// default: accounts accept no other.
func (e Effective) namedExpiry(chosen time.Duration) time.Duration {
	if chosen > 0 {
		return chosen
	}
	longest := OneHour
	for _, d := range Durations() {
		if d.Time() <= e.DefaultExpiry {
			longest = d
		}
	}
	return longest.Time()
}

// OnlyOnce says why a native link can only have one view, "" where it can have more: an
// account can limit a link to one view or to its own limit.
func (e Effective) OnlyOnce() string {
	if e.upstream == nil || e.MaxViews == 0 || e.MaxViews == 1 ||
		e.OriginOf("max_views") == e.upstream.by {
		return ""
	}
	return e.viewLimit() + " " + string(
		e.upstream.by,
	) + " can only limit a link to one view, so choose one view."
}

func (e Effective) checkNativeViews(once bool) []fault.Problem {
	if words := e.OnlyOnce(); words != "" && !once {
		return []fault.Problem{{Code: fault.CodePolicyViews, Field: "one_time", Detail: words}}
	}
	return nil
}

// allowed returns the recipients that the policy allows.
func (e Effective) allowed(recipients []Recipient) (good []Recipient) {
	for _, r := range recipients {
		if e.checkRecipient(r) == nil {
			good = append(good, r)
		}
	}
	return good
}

// checkRecipient judges one recipient.
func (e Effective) checkRecipient(r Recipient) []fault.Problem {
	p := proposal{recipients: []Recipient{r}}
	return slices.Concat(e.checkKinds(p), e.checkDomains(p), e.checkInsiders(p))
}

// askRecipients has the account judge recipients that we allow.
func askRecipients(
	ctx context.Context, linker vault.Linker, vaultID, itemID string, recipients []Recipient,
) (refusals []vault.Refusal, err error) {
	if len(recipients) == 0 {
		return nil, nil
	}
	texts := make([]string, len(recipients))
	for i, r := range recipients {
		texts[i] = r.Address
	}
	err = withTimeout(ctx, vaultTime, func(ctx context.Context) (err error) {
		refusals, err = linker.CheckRecipients(ctx, vaultID, itemID, texts)
		return err
	})
	for i := range refusals {
		refusals[i].Problem.Field = "recipients"
	}
	return refusals, fault.Wrap("have recipients checked", err)
}

// markRefused puts each of the account's refusals where its recipient stands.
func markRefused(checked []CheckedRecipient, refusals []vault.Refusal) {
	for i, refusal := range refusals {
		for j, c := range checked {
			if c.Problem == nil && c.Recipient.Address == refusal.Recipient {
				checked[j].Problem = &refusals[i].Problem
			}
		}
	}
}

// linkFailed returns the error for a link that can't be shown. If the account refused it,
// the form's token can be used again; if it did not answer, it can't.
func (s *Service) linkFailed(
	ctx context.Context,
	linker vault.Linker,
	by Sharer,
	draft Draft,
	err error,
) error {
	kind := fault.KindOf(err)
	if (kind == fault.Internal || kind == fault.Unavailable) && !errors.Is(err, vault.ErrNotMade) {
		detail := linker.Account() + " didn't answer, so there may be a link that isn't shown. " +
			"Check in " + linker.Account() +
			" before you share the item again."
		return s.linkUnknown(
			ctx,
			linker,
			by,
			draft,
			detail,
			fault.Wrap("create a native link", err),
		)
	}
	if draft.RequestKey != nil {
		err = errors.Join(
			err,
			fault.Wrap("release a request", s.store.Release(ctx, draft.RequestKey, draft.Record)),
		)
	}
	return fault.Wrap("create a native link", err)
}

// linkUnknown records in the audit log that there may be a link which is not in the
// history, and returns the error that says so.
func (s *Service) linkUnknown(
	ctx context.Context,
	linker vault.Linker,
	by Sharer,
	draft Draft,
	detail string,
	cause error,
) error {
	entry, err := s.entry(
		s.clock(),
		audit.LinkUnknown,
		by.ID,
		draft.Record.VaultID+"/"+draft.Record.ItemID,
		map[string]string{"account": linker.Account()},
	)
	if err == nil {
		err = fault.Wrap("record an unknown link", s.store.Record(ctx, entry))
	}
	return fmt.Errorf(
		"%w: %w",
		fault.New(fault.Unavailable, fault.CodeLinkUnknown, detail),
		errors.Join(cause, err),
	)
}
