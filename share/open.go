package share

import (
	"context"
	"crypto/subtle"
	"fmt"
	"strings"
	"time"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/share/link"
)

// maxCode bounds what is taken for a code, spaces and dashes included.
const maxCode = 32

// PeekResult is what a link's holder may know before opening.
type PeekResult struct {
	Terms
	SharedBy     string
	CodeRequired bool
}

// OpenRequest asks for the sealed content. ID, Token and View are base64url as
// received; Agent is the User-Agent as received, of which a coarse name is kept.
type OpenRequest struct {
	ID, Token, View string
	Email, Code     string
	Agent           string
}

// OpenedShare is the sealed content with the terms that it is bound to.
type OpenedShare struct {
	Terms
	Nonce      []byte
	Ciphertext []byte
}

// ChunkRequest asks for one sealed chunk of a file while the view lasts.
type ChunkRequest struct {
	ID, Token, View string
	File, Chunk     int
}

// errNotFound is the one answer to whoever does not hold a link: it tells nothing.
func errNotFound() error { return fault.Of(fault.NotFound) }

// held finds the share of a link that the caller holds whole. Unreadable, unknown
// and wrong end in one and the same error, after the same comparison.
func (s *Service) held(ctx context.Context, id, token string, now time.Time) (Record, error) {
	linkID, readable := link.ParseID(id)
	proof, ok := link.ParseToken(token)
	if !readable || !ok {
		return Record{}, errNotFound()
	}
	hash := proof.Hash()
	record, err := s.store.ByLink(ctx, linkID, hash, now)
	missing := fault.KindOf(err) == fault.NotFound
	if err != nil && !missing {
		return Record{}, fmt.Errorf("find a link: %w", err)
	}
	if subtle.ConstantTimeCompare(record.TokenHash[:], hash[:]) != 1 || missing {
		return Record{}, errNotFound()
	}
	return record, nil
}

// gone says why a share ended, to a caller who holds its link.
func gone(state State) error {
	switch state {
	case Revoked:
		return fault.New(fault.Gone, fault.CodeRevoked, "This link was withdrawn by the person who shared it.")
	case Expired:
		return fault.New(fault.Gone, fault.CodeExpired, "This link has expired.")
	case Viewed:
		return fault.New(fault.Gone, fault.CodeViewed, "This link was opened as often as it may be.")
	default:
		return nil
	}
}

// ended is gone for what every holder of the link may know. That the views of
// named recipients are used up is told only after a code.
func (r Record) ended() error {
	if r.State == Viewed && r.Terms.Audience == Recipients {
		return nil
	}
	return r.signed(gone(r.State))
}

// signed adds the sharer's name to an error that says why a share ended: whoever
// holds its link may ask them for a new one.
func (r Record) signed(err error) error {
	if e, ok := fault.As(err); ok && e.Kind == fault.Gone {
		e.SharedBy = r.OwnerName
	}
	return err
}

// Peek tells the terms. It changes nothing.
func (s *Service) Peek(ctx context.Context, id, token string) (PeekResult, error) {
	record, err := s.held(ctx, id, token, s.clock())
	if err != nil {
		return PeekResult{}, err
	}
	if err := record.ended(); err != nil {
		return PeekResult{}, err
	}
	return PeekResult{record.Terms, record.OwnerName, record.Terms.Audience == Recipients}, nil
}

// Open counts a view and gives the sealed content.
func (s *Service) Open(ctx context.Context, r OpenRequest) (OpenedShare, error) {
	now := s.clock()
	record, err := s.held(ctx, r.ID, r.Token, now)
	if err != nil {
		return OpenedShare{}, err
	}
	view, ok := parseView(r.View)
	if !ok {
		return OpenedShare{}, fault.Field("view", fault.CodeInvalid, "A view is 16 bytes as base64url.")
	}
	claim := Claim{ShareID: record.ID, View: view, Now: now, Agent: CoarseAgent(r.Agent)}
	var address string
	if record.Terms.Audience == Recipients {
		if claim.Proof, address, err = s.proof(record, r); err != nil {
			return OpenedShare{}, err
		}
	}
	claim.Entry = func(o Outcome) (audit.Entry, error) { return s.openEntry(record, claim, address, o) }
	claimed, err := s.store.Claim(ctx, claim)
	if err != nil {
		return OpenedShare{}, fmt.Errorf("claim a view: %w", err)
	}
	if err := record.signed(claimed.problem()); err != nil {
		return OpenedShare{}, err
	}
	return OpenedShare{record.Terms, claimed.Nonce, claimed.Ciphertext}, nil
}

// parseView parses the 16 random bytes under which a recipient's browser opens a share.
func parseView(text string) (view [16]byte, ok bool) {
	raw, ok := link.Decode(text)
	if !ok || len(raw) != len(view) {
		return view, false
	}
	return [16]byte(raw), true
}

// proof reads address and code. What is unreadable comes first, then why the share
// ended, then that a code is missing. The address comes back where the share names it.
func (s *Service) proof(record Record, r OpenRequest) (*Proof, string, error) {
	address, ok := ParseAddress(r.Email)
	if r.Email != "" && !ok || r.Email == "" && r.Code != "" {
		return nil, "", errAddress()
	}
	if len(r.Code) > maxCode {
		return nil, "", fault.Field("code", fault.CodeInvalid, "A code has eight digits.")
	}
	code := strings.NewReplacer(" ", "", "-", "").Replace(r.Code)
	if code == "" {
		if err := record.ended(); err != nil {
			return nil, "", err
		}
		return nil, "", fault.New(fault.Unauthenticated, fault.CodeVerificationRequired, "This link is for named people. Ask for a code to your address.")
	}
	sealed, err := s.sealViewer(record.ID, address)
	if err != nil {
		return nil, "", fmt.Errorf("seal an address: %w", err)
	}
	one, all := s.macs(address)
	proof := &Proof{AddressMAC: one, DomainMAC: all, CodeMAC: s.codeMAC(record.ID, address, code), Address: sealed}
	if !s.named(record, address) {
		address = "" // a stranger's address is counted, never kept
	}
	return proof, address, nil
}

func errAddress() error {
	return fault.Field("email", fault.CodeInvalid, "Write your address like name@company.com.")
}

// problem is the error of an outcome, nil where the content comes along.
func (c ClaimResult) problem() error {
	switch c.Outcome {
	case Opened, Repeated:
		return nil
	case OutcomeRevoked:
		return gone(Revoked)
	case OutcomeExpired:
		return gone(Expired)
	case ViewsUsedUp:
		return gone(Viewed)
	case CodeWrong:
		return fault.New(fault.Unauthenticated, fault.CodeCodeInvalid, "This code is not right, or not any more. Ask for a new one.")
	case TooManyTries:
		return tooMany(c.RetryAfter)
	case OutcomeMissing:
		return errNotFound()
	default:
		return fmt.Errorf("claim ended in outcome %d", c.Outcome)
	}
}

func tooMany(after time.Duration) error {
	return fault.Wait(fault.CodeTooManyAttempts, "Too many tries. Wait a while, or ask for a new link.", max(after, time.Second))
}

// openEntry is the audit event of an outcome.
func (s *Service) openEntry(record Record, claim Claim, address string, o Outcome) (audit.Entry, error) {
	kind, why := audit.OpenRefused, ""
	switch o {
	case Opened:
		kind = audit.ShareOpened
	case CodeWrong:
		kind = audit.CodeRefused
	case OutcomeRevoked:
		why = "revoked"
	case OutcomeExpired:
		why = "expired"
	case ViewsUsedUp:
		why = "viewed"
	case TooManyTries:
		why = "too_many_attempts"
	}
	detail := map[string]string{"agent": claim.Agent}
	if address != "" {
		detail["address"] = address
	}
	if why != "" {
		detail["why"] = why
	}
	return s.entry(claim.Now, kind, "", record.ID, detail)
}

// Chunk gives one sealed chunk of a file.
func (s *Service) Chunk(ctx context.Context, r ChunkRequest) ([]byte, error) {
	now := s.clock()
	record, err := s.held(ctx, r.ID, r.Token, now)
	if err != nil {
		return nil, err
	}
	view, ok := parseView(r.View)
	switch {
	case !ok:
		return nil, fault.Field("view", fault.CodeInvalid, "A view is 16 bytes as base64url.")
	case r.File < 0:
		return nil, fault.Field("index", fault.CodeInvalid, "Files count from 0.")
	case r.Chunk < 0:
		return nil, fault.Field("chunk", fault.CodeInvalid, "Chunks count from 0.")
	}
	if record.State == Revoked || record.State == Expired {
		return nil, record.ended()
	}
	sealed, err := s.store.Chunk(ctx, record.ID, view, r.File, r.Chunk, now)
	return sealed, record.signed(fault.Wrap("read a chunk", err))
}
