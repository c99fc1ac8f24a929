package share

import (
	"context"
	"crypto/subtle"
	"fmt"
	"strconv"
	"time"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/share/link"
)

// maxCode is the longest code that is parsed, with what stands around its digits, in bytes.
const maxCode = 128

// maxDigits is the length of the longest code without that, in bytes. A longer one isn't counted as
// a try.
const maxDigits = 32

// PeekResult is what the holder of a link may know before viewing.
type PeekResult struct {
	Terms
	SharedBy     string
	CodeRequired bool
}

// OpenRequest asks for the sealed content. ID, Token and View are base64url as
// received; Agent is the User-Agent as received, of which a coarse name is stored.
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

// errNotFound is the one answer to callers without the link. It reveals nothing.
func errNotFound() error { return fault.Of(fault.NotFound) }

// findLink returns the share of a link. Unreadable, unknown and wrong links end in the
// same error, after the same comparison.
func (s *Service) findLink(ctx context.Context, id, token string, now time.Time) (Record, error) {
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

// gone returns why a share ended, for a caller who holds its link.
func gone(state State) error {
	switch state {
	case Revoked:
		return fault.New(
			fault.Gone,
			fault.CodeRevoked,
			"The person who shared this item stopped sharing it.",
		)
	case Expired:
		return fault.New(fault.Gone, fault.CodeExpired, "This link has expired.")
	case Viewed:
		return fault.New(
			fault.Gone,
			fault.CodeViewed,
			"No views left. This link has already been opened the maximum number of times.",
		)
	default:
		return nil
	}
}

// ended returns why a share ended, as every holder of the link may know it. A share for recipients
// is Viewed once none of them has a view left; of a single one, that is revealed only after a code.
func (r Record) ended() error { return r.withSharer(gone(r.State)) }

// sharer returns the name of who shared, as recipients read it: with the organization's, if it has one.
func (r Record) sharer() string { return SharerOf(r.OwnerName, r.Organization) }

// SharerOf returns the name of a sharer of an organization as recipients read it.
func SharerOf(name, organization string) string {
	if organization == "" {
		return name
	}
	return name + " (" + organization + ")"
}

// withSharer adds the sharer's name to an error that says why a share ended, so that the
// holder of its link can ask them for a new one.
func (r Record) withSharer(err error) error {
	if e, ok := fault.As(err); ok && e.Kind == fault.Gone {
		e.SharedBy = r.sharer()
	}
	return err
}

// Peek returns the terms. It changes nothing.
func (s *Service) Peek(ctx context.Context, id, token string) (PeekResult, error) {
	record, err := s.findLink(ctx, id, token, s.clock())
	if err != nil {
		return PeekResult{}, err
	}
	if err := record.ended(); err != nil {
		return PeekResult{}, err
	}
	return PeekResult{record.Terms, record.sharer(), record.Terms.Audience == Recipients}, nil
}

// Open counts a view and returns the sealed content.
func (s *Service) Open(ctx context.Context, r OpenRequest) (OpenedShare, error) {
	now := s.clock()
	record, err := s.findLink(ctx, r.ID, r.Token, now)
	if err != nil {
		return OpenedShare{}, err
	}
	view, ok := parseView(r.View)
	if !ok {
		return OpenedShare{}, fault.Field(
			"view",
			fault.CodeInvalid,
			"A view must be 16 bytes as base64url.",
		)
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
	if err := record.withSharer(claimed.problem()); err != nil {
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

// proof parses address and code. Parse errors come first, then why the share ended, then
// that a code is missing. It returns the address if it is a recipient.
func (s *Service) proof(record Record, r OpenRequest) (*Proof, string, error) {
	address, ok := ParseAddress(r.Email)
	if r.Email != "" && !ok || r.Email == "" && r.Code != "" {
		return nil, "", errAddress()
	}
	code := readCode(r.Code[:min(len(r.Code), maxCode)])
	if len(r.Code) > maxCode || len(code) > maxDigits {
		return nil, "", fault.Field("code", fault.CodeInvalid, "Enter all 8 digits.")
	}
	if code == "" {
		if err := record.ended(); err != nil {
			return nil, "", err
		}
		return nil, "", fault.New(
			fault.Unauthenticated,
			fault.CodeVerificationRequired,
			"This link is for specific people. Request a code to verify your email address.",
		)
	}
	sealed, err := s.sealViewer(record.ID, address)
	if err != nil {
		return nil, "", fmt.Errorf("seal an address: %w", err)
	}
	emailMAC, domainMAC := s.macs(address)
	proof := &Proof{
		AddressMAC: emailMAC,
		DomainMAC:  domainMAC,
		CodeMAC:    s.codeMAC(record.ID, address, code),
		Address:    sealed,
	}
	if !s.hasRecipient(record, address) {
		address = "" // counted, but not stored
	}
	return proof, address, nil
}

func errAddress() error {
	return fault.Field("email", fault.CodeInvalid, "Enter a valid email address.")
}

// problem returns the error of an outcome, nil where there is content.
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
		return fault.New(
			fault.Unauthenticated,
			fault.CodeCodeInvalid,
			"That code is wrong or has expired. Use the code in the latest email or request a new one.",
		)
	case TooManyTries:
		return tooMany(c.RetryAfter)
	case OutcomeMissing:
		return errNotFound()
	default:
		return fmt.Errorf("claim ended in outcome %d", c.Outcome)
	}
}

func tooMany(after time.Duration) error {
	return fault.Wait(
		fault.CodeTooManyAttempts,
		"Too many attempts. Wait a while or ask for a new link.",
		max(after, time.Second),
	)
}

// openEntry returns the audit event of an outcome.
func (s *Service) openEntry(
	record Record,
	claim Claim,
	address string,
	o Outcome,
) (audit.Entry, error) {
	kind, why := audit.OpenRefused, ""
	switch o {
	case Opened, OpenedLast:
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
	if o == OpenedLast {
		detail[audit.DetailLast] = "true"
	}
	return s.entry(claim.Now, kind, "", record.ID, detail)
}

// RecordMinutes adds audit events for views that were counted by the minute, in at most
// limit minutes that ended by now, and returns how many it added.
func (s *Service) RecordMinutes(ctx context.Context, now time.Time, limit int) (int, error) {
	n, err := s.store.RecordMinutes(ctx, now, limit, func(m MinuteViews) (audit.Entry, error) {
		return s.entry(m.Minute, audit.ShareOpened, "", m.ShareID,
			map[string]string{"views": strconv.Itoa(m.Views)})
	})
	return n, fault.Wrap("record views", err)
}

// Chunk returns one sealed chunk of a file.
func (s *Service) Chunk(ctx context.Context, r ChunkRequest) ([]byte, error) {
	now := s.clock()
	record, err := s.findLink(ctx, r.ID, r.Token, now)
	if err != nil {
		return nil, err
	}
	view, ok := parseView(r.View)
	switch {
	case !ok:
		return nil, fault.Field("view", fault.CodeInvalid, "A view must be 16 bytes as base64url.")
	case r.File < 0:
		return nil, fault.Field("index", fault.CodeInvalid, "Files count from 0.")
	case r.Chunk < 0:
		return nil, fault.Field("chunk", fault.CodeInvalid, "Chunks count from 0.")
	}
	if record.State == Revoked || record.State == Expired {
		return nil, record.ended()
	}
	sealed, err := s.store.Chunk(ctx, record.ID, view, r.File, r.Chunk, now)
	return sealed, record.withSharer(fault.Wrap("load a chunk", err))
}
