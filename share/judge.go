package share

import (
	"context"

	"itemshare/fault"
	"itemshare/vault"
)

// judged is a request as far as it could be parsed, and what the policy says about it.
type judged struct {
	plan     plan
	base     Effective // whatever is included
	policy   Effective // for what is included: links with files may have their own limits
	problems []fault.Problem
}

// judge judges a request for an item by the policy.
func (s *Service) judge(
	ctx context.Context, by Sharer, item vault.Item, r Request,
) (judged, error) {
	base, err := s.PolicyFor(ctx, by, item.VaultID, item.ID)
	if err != nil {
		return judged{}, err
	}
	if r.First {
		r.Access = string(base.FirstAudience(s.MailOff()))
		r.Chosen, r.Include = true, base.DefaultInclude(item)
	}
	plan, problems := r.plan(s.MailOff())
	if base, err = s.lookUp(ctx, base, plan.recipients); err != nil {
		return judged{}, err
	}
	policy, proposal := base, plan.proposal(item)
	if len(proposal.files) > 0 {
		policy = base.WithFiles()
	}
	problems = append(problems, policy.check(proposal)...)
	problems = append(problems, plan.choice.problems(item)...)
	return judged{plan, base, policy, problems}, nil
}

// judgeNative judges a request for a link that the vault's own account creates, except for its
// recipients, whom the account judges.
func (s *Service) judgeNative(
	ctx context.Context, account string, by Sharer, item vault.Item, r Request,
) (judged, error) {
	policy, err := s.PolicyFor(ctx, by, item.VaultID, item.ID)
	if err != nil {
		return judged{}, err
	}
	policy = policy.WholeItem(item)
	if r.First {
		r.Access = string(policy.FirstAudience(false))
	}
	plan, problems := r.plan(false) // the account mails its own codes
	if policy, err = s.lookUp(ctx, policy, plan.recipients); err != nil {
		return judged{}, err
	}
	problems = append(problems, r.chosenParts(account)...)
	plan.choice = selection{totp: true, files: true}
	plan.expiry = policy.namedExpiry(plan.expiry)
	proposal := plan.proposal(item)
	proposal.native = true
	problems = append(problems, policy.check(proposal)...)
	problems = append(problems, policy.checkNativeViews(plan.oneTime)...)
	return judged{plan, policy, policy, problems}, nil
}

// Judgement is what would become of the choices of a share form.
type Judgement struct {
	Base       Effective // the policy, whatever is included
	Policy     Effective // the policy for what is included: links with files may have their own limits
	Terms      Terms     // on which a link would be created now
	Recipients []Recipient
	Included   Included
	Include    []string        // the names of what is included
	Problems   []fault.Problem // why none would, all at once
	Native     string          // the account that creates the link, "" for this server
}

// Judge returns what would become of a request for an item, with the same problems as Create but
// those that only the vault's own account finds. It creates nothing, and records no event.
func (s *Service) Judge(
	ctx context.Context, by Sharer, item vault.Item, r Request,
) (Judgement, error) {
	linker, native, err := s.linkerOf(ctx, item.VaultID)
	if err != nil {
		return Judgement{}, err
	}
	var j Judgement
	var found judged
	if native {
		j.Native = linker.Account()
		found, err = s.judgeNative(ctx, j.Native, by, item, r)
	} else {
		found, err = s.judge(ctx, by, item, r)
	}
	if err != nil {
		return Judgement{}, err
	}
	j.Base, j.Policy, j.Problems = found.base, found.policy, found.problems
	j.Terms = found.plan.terms(found.policy.Policy, s.clock())
	j.Recipients, j.Included = found.plan.recipients, found.plan.choice.included(item)
	j.Include = found.plan.choice.names(item)
	return j, nil
}
