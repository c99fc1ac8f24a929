package share

import (
	"context"
	"errors"
	"fmt"
	"time"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/share/link"
	"itemshare/vault"
)

// linkTime is how long an account may take to make a link. It is long because
// afterwards nobody knows whether there is one.
const linkTime = 30 * time.Second

// createNative has the vault's own account make the link. All that can be judged
// beforehand is; the form's token is used up before the account is asked, so that
// the same form never makes two links; and the link is shown only where the share
// was recorded.
func (s *Service) createNative(ctx context.Context, linker vault.Linker, by Sharer, r Request) (CreatedShare, error) {
	now := s.clock()
	p, err := s.prepareNative(ctx, linker, r, now)
	if err != nil {
		return CreatedShare{}, s.refused(ctx, now, by, r, err)
	}
	secret, err := link.NewSecret(s.random) // nobody keeps it: nothing below /s finds the share
	if err != nil {
		return CreatedShare{}, err
	}
	draft, err := s.draft(by, p, secret, now)
	if err != nil {
		return CreatedShare{}, err
	}
	draft.RequestKey = requestKey(by.ID, r.Token)
	if err := s.reserve(ctx, linker, by, draft, now); err != nil {
		return CreatedShare{}, err
	}
	made, err := s.link(context.WithoutCancel(ctx), linker, by, p, draft) // whoever hangs up now does not undo the link
	if err != nil {
		return CreatedShare{}, s.refused(ctx, now, by, r, err)
	}
	return made, nil
}

// reserve uses up the form's token and says in the audit log that a link is asked
// for, so that one made while this process dies leaves a trace.
func (s *Service) reserve(ctx context.Context, linker vault.Linker, by Sharer, draft Draft, now time.Time) error {
	entry, err := s.entry(now, audit.LinkAsked, by.ID, draft.Record.VaultID+"/"+draft.Record.ItemID, map[string]string{"account": linker.Account()})
	if err != nil {
		return err
	}
	return fault.Wrap("reserve a request", s.store.Reserve(ctx, draft, entry))
}

// link asks the account for the link and records the share.
func (s *Service) link(ctx context.Context, linker vault.Linker, by Sharer, p prepared, draft Draft) (CreatedShare, error) {
	var native vault.Link
	err := asked(ctx, linkTime, func(ctx context.Context) (err error) {
		native, err = linker.MakeLink(ctx, p.item.VaultID, p.item.ID, p.linkTerms())
		return err
	})
	if err != nil {
		return CreatedShare{}, s.notLinked(ctx, linker, by, draft, err)
	}
	if native.ItemVersion > 0 {
		draft.Record.ItemVersion = native.ItemVersion
	}
	if err := s.store.Create(ctx, draft); err != nil {
		detail := linker.Account() + " made the link, but it could not be recorded here. So nobody has seen it, and it is not shown: it ends by itself, or end it in " + linker.Account() + ". Share the item again in a moment."
		return CreatedShare{}, s.unknown(ctx, linker, by, draft, detail, fault.Wrap("record a native link", err))
	}
	return CreatedShare{
		ID: draft.Record.ID, Link: native.URL, Terms: p.terms, Recipients: p.recipients, Native: true,
		Title: p.item.Title, VaultID: draft.Record.VaultID, ItemID: draft.Record.ItemID, ItemVersion: draft.Record.ItemVersion,
	}, nil
}

// linkTerms are what the account is asked for.
func (p prepared) linkTerms() vault.LinkTerms {
	terms := vault.LinkTerms{ExpireAfter: durationOf(p.expiry).Name(), OneTime: p.terms.MaxViews == 1}
	for _, r := range p.recipients {
		terms.Recipients = append(terms.Recipients, r.Address)
	}
	return terms
}

// prepareNative judges the whole request, by our rules and by the account's.
func (s *Service) prepareNative(ctx context.Context, linker vault.Linker, r Request, now time.Time) (prepared, error) {
	plan, problems := r.plan(false) // the account mails its own codes
	problems = append(problems, r.chosenParts(linker.Account())...)
	item, err := s.item(ctx, r.VaultID, r.ItemID)
	if err != nil {
		return prepared{}, err
	}
	rule, err := s.EffectivePolicy(ctx, r.VaultID, r.ItemID)
	if err != nil {
		return prepared{}, err
	}
	rule = rule.WholeItem(item)
	plan.choice = selection{files: true}
	plan.expiry = rule.namedExpiry(plan.expiry)
	wish := plan.wish(item)
	wish.whole = true
	problems = append(problems, rule.check(wish)...)
	problems = append(problems, rule.checkNativeViews(plan.oneTime)...)
	refusals, err := askRecipients(ctx, linker, r.VaultID, r.ItemID, rule.allowed(plan.recipients))
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
		plan: plan, item: item, terms: plan.terms(rule.Policy, now), content: Content{Files: entries(item.Files)}, native: true,
		policyVersion: rule.version,
	}, nil
}

// chosenParts are the problems of choosing parts of an item of which all is shared.
func (r Request) chosenParts(account string) []fault.Problem {
	var all []fault.Problem
	for _, part := range []struct {
		field  string
		chosen bool
		words  string
	}{
		{"omit", len(r.Omit) > 0, "nothing can be left out."},
		{"totp", r.TOTP, "one-time passwords come along unasked."},
		{"files", r.Files, "its files come along unasked."},
	} {
		if part.chosen {
			all = append(all, fault.Problem{Code: fault.CodeInvalid, Field: part.field, Detail: "A link of " + account + " shares the whole item: " + part.words})
		}
	}
	return all
}

// WholeItem is the rule for a link that shares all of an item, its files included.
func (e Effective) WholeItem(item vault.Item) Effective {
	if len(item.Files) > 0 {
		return e.WithFiles()
	}
	return e
}

// namedExpiry is what was chosen, else the longest of the durations that have a
// name within the default: accounts know no other.
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

// OnlyOnce says why a native link may only be opened once, "" where it may be opened
// more often: an account knows once, or as often as its own limit.
func (e Effective) OnlyOnce() string {
	if e.theirs == nil || e.MaxViews == 0 || e.MaxViews == 1 || e.OriginOf("max_views") == e.theirs.by {
		return ""
	}
	return e.viewLimit() + " " + string(e.theirs.by) + " can only limit a link to one view, so choose one view."
}

func (e Effective) checkNativeViews(once bool) []fault.Problem {
	if words := e.OnlyOnce(); words != "" && !once {
		return []fault.Problem{{Code: fault.CodePolicyViews, Field: "one_time", Detail: words}}
	}
	return nil
}

// allowed are the recipients that the rule has nothing against.
func (e Effective) allowed(recipients []Recipient) (good []Recipient) {
	for _, r := range recipients {
		if e.checkRecipient(r) == nil {
			good = append(good, r)
		}
	}
	return good
}

// checkRecipient judges one recipient by itself.
func (e Effective) checkRecipient(r Recipient) []fault.Problem {
	one := wish{recipients: []Recipient{r}}
	return append(e.checkKinds(one), e.checkDomains(one)...)
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
	err = asked(ctx, vaultTime, func(ctx context.Context) (err error) {
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

// notLinked is what came of asking when there is no link to show. Where the account
// refused, the form's token may be used again; where it did not answer, never.
func (s *Service) notLinked(ctx context.Context, linker vault.Linker, by Sharer, draft Draft, err error) error {
	kind := fault.KindOf(err)
	if (kind == fault.Internal || kind == fault.Unavailable) && !errors.Is(err, vault.ErrNotMade) {
		detail := linker.Account() + " did not say whether it made the link. It may have made one, which nobody has seen. Nothing is recorded here: look in " + linker.Account() + " before you share the item again."
		return s.unknown(ctx, linker, by, draft, detail, fault.Wrap("make a native link", err))
	}
	if draft.RequestKey != nil {
		err = errors.Join(err, fault.Wrap("release a request", s.store.Release(ctx, draft.RequestKey, draft.Record)))
	}
	return fault.Wrap("make a native link", err)
}

// unknown keeps in the audit log that there may be a link that the history does
// not know, and says so.
func (s *Service) unknown(ctx context.Context, linker vault.Linker, by Sharer, draft Draft, detail string, cause error) error {
	entry, err := s.entry(s.clock(), audit.LinkUnknown, by.ID, draft.Record.VaultID+"/"+draft.Record.ItemID, map[string]string{"account": linker.Account()})
	if err == nil {
		err = fault.Wrap("record an unknown link", s.store.Record(ctx, entry))
	}
	return fmt.Errorf("%w: %w", fault.New(fault.Unavailable, fault.CodeLinkUnknown, detail), errors.Join(cause, err))
}
