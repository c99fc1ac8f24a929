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

// Members lists the people of the installation.
type Members interface {
	// MemberAddresses returns the canonical email address of everyone who has an account or is invited.
	MemberAddresses(ctx context.Context) ([]string, error)
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

// insiders are the people who have an account, by mailbox and by domain.
type insiders struct{ mailboxes, domains map[string]bool }

func insidersOf(addresses []string) *insiders {
	in := &insiders{map[string]bool{}, map[string]bool{}}
	for _, email := range addresses {
		in.mailboxes[address.Mailbox(email)] = true
		in.domains[address.DomainOf(email)] = true
	}
	return in
}

// admits reports whether one of the people can verify themselves as the recipient.
func (in *insiders) admits(r Recipient) bool {
	if r.Kind == Domain {
		return in.domains[r.Address]
	}
	return in.mailboxes[address.Mailbox(r.Address)]
}

// PolicyFor returns the policy for what somebody shares: EffectivePolicy, with its limits for those who
// may not reveal it. What is in no vault was written by them, so they see it.
func (s *Service) PolicyFor(
	ctx context.Context, by Sharer, vaultID, itemID string,
) (Effective, error) {
	policy, err := s.EffectivePolicy(ctx, vaultID, itemID)
	if err != nil || by.Reveals || vaultID == "" {
		return policy, err
	}
	addresses, err := s.store.MemberAddresses(ctx)
	if err != nil {
		return Effective{}, fault.Wrap("list members", err)
	}
	return policy.unseen(insidersOf(addresses)), nil
}

// unseen returns the policy for somebody who may not reveal what they share.
func (e Effective) unseen(in *insiders) Effective {
	limits := e.Policy
	limits.AllowedTypes = []Type{Authenticated}
	n := e.Narrowed(limits, Unseen)
	n.insiders = in
	return n
}

// Unseen reports whether the policy is that of somebody who may not reveal what they share.
func (e Effective) Unseen() bool { return e.insiders != nil }

// checkInsiders rejects recipients who have an account here, and domains with such people.
func (e Effective) checkInsiders(p proposal) []fault.Problem {
	if e.insiders == nil {
		return nil
	}
	var people, domains []string
	for _, r := range p.recipients {
		switch {
		case !e.insiders.admits(r):
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
