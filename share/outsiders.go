package share

import (
	"context"
	"slices"
	"strings"

	"itemshare/address"
	"itemshare/fault"
)

// Somebody who may share an item but not reveal its concealed values can name recipients alone, and
// none of the people who have an account here: else they, or a colleague for them, would open the link.

// Members finds the people of the installation, those who are invited or suspended too.
type Members interface {
	// MemberMailboxes returns those of the mailboxes, as address.Mailbox returns them, that are theirs.
	MemberMailboxes(ctx context.Context, mailboxes []string) ([]string, error)
	// MemberDomains returns those of the domains at which one of them has their address.
	MemberDomains(ctx context.Context, domains []string) ([]string, error)
}

// Unseen is the origin of limits for those who may not reveal what they share.
const Unseen Origin = "unseen"

// The words for those who share without seeing.
const (
	unseenAnyoneWords = "Without permission to reveal concealed values, you can share only with " +
		"people you choose."
	unseenNobodyWords = unseenAnyoneWords + " The policy doesn't allow that."
	unseenMemberWords = " Without permission to reveal concealed values, you can share only with " +
		"people who have no account here."
)

// PolicyFor returns the policy for what somebody shares: EffectivePolicy, with its limits for those who
// may not reveal it. What is in no vault was written by them, so they see it.
func (s *Service) PolicyFor(
	ctx context.Context, by Sharer, vaultID, itemID string,
) (Effective, error) {
	policy, err := s.EffectivePolicy(ctx, vaultID, itemID)
	if err != nil || by.Reveals || vaultID == "" {
		return policy, err
	}
	limits := policy.Policy
	limits.AllowedTypes = []Type{Authenticated}
	policy = policy.Narrowed(limits, Unseen)
	policy.unseen = true
	return policy, nil
}

// Unseen reports whether the policy is that of somebody who may not reveal what they share.
func (e Effective) Unseen() bool { return e.unseen }

// lookUp returns the policy to judge these recipients by: a policy of somebody who may not reveal what
// they share allows no recipient before.
func (s *Service) lookUp(
	ctx context.Context, policy Effective, recipients []Recipient,
) (Effective, error) {
	if !policy.unseen || len(recipients) == 0 {
		return policy, nil
	}
	var mailboxes, domains []string
	for _, r := range recipients {
		if r.Kind == Domain {
			domains = append(domains, r.Address)
		} else {
			mailboxes = append(mailboxes, address.Mailbox(r.Address))
		}
	}
	taken, err := s.store.MemberMailboxes(ctx, mailboxes)
	if err != nil {
		return Effective{}, fault.Wrap("look up members", err)
	}
	theirs, err := s.store.MemberDomains(ctx, domains)
	if err != nil {
		return Effective{}, fault.Wrap("look up members", err)
	}
	policy.outsiders = map[Recipient]bool{}
	for _, r := range recipients {
		if r.Kind == Domain {
			policy.outsiders[r] = !slices.Contains(theirs, r.Address)
		} else {
			policy.outsiders[r] = !slices.Contains(taken, address.Mailbox(r.Address))
		}
	}
	return policy, nil
}

// checkInsiders rejects recipients who have an account here, and domains with such people.
func (e Effective) checkInsiders(p proposal) []fault.Problem {
	if !e.unseen {
		return nil
	}
	var people, domains []string
	for _, r := range p.recipients {
		switch {
		case e.outsiders[r]:
		case r.Kind == Domain:
			domains = append(domains, r.Address)
		default:
			people = append(people, r.Address)
		}
	}
	slices.Sort(people)
	slices.Sort(domains)
	return violation(fault.CodeRecipientMember, "recipients", insidersReason(people, domains))
}

func insidersReason(people, domains []string) string {
	var sentences []string
	switch len(people) {
	case 0:
	case 1:
		sentences = append(sentences, people[0]+" has an account here.")
	default:
		sentences = append(sentences, joined(people, "and")+" have accounts here.")
	}
	if len(domains) > 0 {
		sentences = append(sentences, "Someone at "+joined(domains, "and")+" has an account here.")
	}
	if len(sentences) == 0 {
		return ""
	}
	return strings.Join(sentences, " ") + unseenMemberWords
}
