package share

import (
	"context"
	"fmt"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/vault"
)

// LinksBy is who makes links where the vault's own account can, too.
type LinksBy string

// The choices. Native is the default.
const (
	LinksNative LinksBy = "native"
	LinksOurs   LinksBy = "itemshare"
)

// Linking is who makes links. Account names the vault's own account, "" where it
// has none; Choice tells that it can make links, Native that it does.
type Linking struct {
	Account string
	Choice  bool
	Native  bool
}

// Linking tells who makes links.
func (s *Service) Linking(ctx context.Context) (Linking, error) {
	limiter, ok := s.vault.(vault.Limiter)
	if !ok {
		return Linking{}, nil
	}
	_, native, err := s.linker(ctx)
	_, can := s.vault.(vault.Linker)
	return Linking{Account: limiter.Account(), Choice: can, Native: native}, err
}

// linker is the vault where it makes the links, and false where we do.
func (s *Service) linker(ctx context.Context) (linker vault.Linker, native bool, err error) {
	linker, can := s.vault.(vault.Linker)
	if !can {
		return nil, false, nil
	}
	chosen, err := s.store.LinksBy(ctx)
	if err != nil {
		return nil, false, fmt.Errorf("read who makes links: %w", err)
	}
	return linker, chosen != LinksOurs, nil
}

// SetLinksBy chooses who makes links from now on. Those that were made stay as they are.
func (s *Service) SetLinksBy(ctx context.Context, by Sharer, choice LinksBy) error {
	if _, ok := s.vault.(vault.Linker); !ok {
		return fault.New(fault.Conflict, fault.CodeConflict, "Only this server can make links here.")
	}
	if choice != LinksNative && choice != LinksOurs {
		return fault.Field("links_by", fault.CodeInvalid, "Choose who makes the links.")
	}
	now := s.clock()
	entry, err := s.entry(now, audit.PolicyChanged, by.ID, "", map[string]string{"links_by": string(choice)})
	if err != nil {
		return err
	}
	return fault.Wrap("set who makes links", s.store.SetLinksBy(ctx, choice, now, entry))
}

// account names the vault's own account in a sentence.
func (s *Service) account() string {
	if limiter, ok := s.vault.(vault.Limiter); ok {
		return limiter.Account()
	}
	return "the account that made it"
}

// elsewhere refuses what only the account can do with its link.
func (s *Service) elsewhere(what string) error {
	return fault.New(fault.Conflict, fault.CodeConflict, what+" in "+s.account()+": it made this link, and only it can end it.")
}
