package share

import (
	"context"
	"fmt"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/vault"
)

// LinksBy is who creates links where the vault's own account can create them too.
type LinksBy string

// The choices. Native is the default.
const (
	LinksNative LinksBy = "native"
	LinksOurs   LinksBy = "itemshare"
)

// Linking is who creates links. Account is the name of the vault's own account, "" where
// it has none. Choice means that it can create links, Native that it does.
type Linking struct {
	Account string
	Choice  bool
	Native  bool
}

// Linking returns who creates links.
func (s *Service) Linking(ctx context.Context) (Linking, error) {
	limiter, ok := s.vault.(vault.Limiter)
	if !ok {
		return Linking{}, nil
	}
	_, native, err := s.linker(ctx)
	_, can := s.vault.(vault.Linker)
	return Linking{Account: limiter.Account(), Choice: can, Native: native}, err
}

// linker returns the vault, and whether its account creates the links instead of this server.
func (s *Service) linker(ctx context.Context) (linker vault.Linker, native bool, err error) {
	linker, can := s.vault.(vault.Linker)
	if !can {
		return nil, false, nil
	}
	chosen, err := s.store.LinksBy(ctx)
	if err != nil {
		return nil, false, fmt.Errorf("load who creates links: %w", err)
	}
	return linker, chosen != LinksOurs, nil
}

// linkerOf returns the same for a vault, "" for what is in no vault, which only this server shares.
func (s *Service) linkerOf(
	ctx context.Context, vaultID string,
) (linker vault.Linker, native bool, err error) {
	if vaultID == "" {
		return nil, false, nil
	}
	return s.linker(ctx)
}

// SetLinksBy sets who creates links from now on. Existing links do not change.
func (s *Service) SetLinksBy(ctx context.Context, by Sharer, choice LinksBy) error {
	if _, ok := s.vault.(vault.Linker); !ok {
		return fault.New(fault.Conflict, fault.CodeConflict, "Only this server can create links.")
	}
	if choice != LinksNative && choice != LinksOurs {
		return fault.Field("links_by", fault.CodeInvalid, "Choose who creates links.")
	}
	now := s.clock()
	entry, err := s.entry(
		now,
		audit.PolicyChanged,
		by.ID,
		"",
		map[string]string{"links_by": string(choice)},
	)
	if err != nil {
		return err
	}
	return fault.Wrap("store who creates links", s.store.SetLinksBy(ctx, choice, now, entry))
}

// account returns the name of the vault's own account.
func (s *Service) account() string {
	if limiter, ok := s.vault.(vault.Limiter); ok {
		return limiter.Account()
	}
	return "the account that created it"
}

// onlyIn returns the error for what only the account can do with its link.
func (s *Service) onlyIn(what string) error {
	return fault.New(
		fault.Conflict,
		fault.CodeConflict,
		what+" in "+s.account()+", which created it.",
	)
}
