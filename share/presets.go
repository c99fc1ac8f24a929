package share

import (
	"context"
	"slices"

	"itemshare/fault"
)

// Preset names a policy to begin with. Each is the default policy, but for who can view.
type Preset string

// The presets, from the least to the most strict.
const (
	PresetOpen     Preset = "open"     // anyone with a link
	PresetVerified Preset = "verified" // only recipients, who verify their address
	PresetDomains  Preset = "domains"  // only recipients at chosen domains
)

// ParsePreset returns the policy of a preset. The domains, several in each text, are those of
// PresetDomains. All problems are returned at once, as fault.Invalid.
func ParsePreset(p Preset, domains []string) (Policy, error) {
	form := Default().Form()
	switch p {
	case PresetOpen:
	case PresetVerified:
		form.AllowedTypes = []string{string(Authenticated)}
	case PresetDomains:
		form.AllowedTypes = []string{string(Authenticated)}
		form.AllowedDomains = domains
	default:
		return Policy{}, fault.Field("rules", fault.CodeInvalid, "Choose one of the three.")
	}
	policy, err := ParsePolicy(form)
	if err == nil && p == PresetDomains && len(policy.AllowedDomains) == 0 {
		err = fault.Field(
			"allowed_domains", fault.CodeInvalid, "Enter at least one domain, such as company.example.",
		)
	}
	return policy, err
}

// PresetOf returns the preset that a policy is, "" if it is none.
func PresetOf(policy Policy) Preset {
	for _, p := range []Preset{PresetOpen, PresetVerified, PresetDomains} {
		preset, err := ParsePreset(p, policy.AllowedDomains)
		if err == nil && slices.Equal(policy.Facts(), preset.Facts()) {
			return p
		}
	}
	return ""
}

// HasPolicy reports whether somebody has set the account's policy.
func (s *Service) HasPolicy(ctx context.Context) (bool, error) {
	all, err := s.policies(ctx)
	_, has := all[""]
	return has, err
}
