package share

import (
	"context"
	"crypto/subtle"
	"fmt"
	"io"
	"math/big"
	"time"

	crand "crypto/rand"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/seal"
)

// codes are how many codes there are: eight digits.
const codes = 100_000_000

// nobody stands in a mail that is dropped: a stranger's address is kept nowhere.
const nobody = "nobody@invalid.example"

// newCode takes eight digits from the random source, each code as likely as any other.
func newCode(random io.Reader) (string, error) {
	n, err := crand.Int(random, big.NewInt(codes))
	if err != nil {
		return "", fmt.Errorf("make a code: %w", err)
	}
	return fmt.Sprintf("%08d", n), nil
}

const codeSubject = "Your code to open a shared item"

// codeText is the mail's whole text. Nothing in it comes from anyone.
func codeText(code string) string {
	return "Your code:\n\n    " + code + "\n\n" +
		"Enter it on the page where you asked for it, to open the item that was shared with you.\n" +
		"It is good for ten minutes and for one opening; a newer code replaces it.\n\n" +
		"If you did not ask for a code, do nothing: without the link nobody can use it. Do not pass it on.\n"
}

// SendCode mails a code to an address of the share; for any other address it does
// the same work and sends nothing.
func (s *Service) SendCode(ctx context.Context, id, token, email string) error {
	now := s.clock()
	record, err := s.held(ctx, id, token, now)
	if err != nil {
		return err
	}
	address, ok := ParseAddress(email)
	if !ok {
		return errAddress()
	}
	if err := record.ended(); err != nil {
		return err
	}
	if record.Terms.Audience != Recipients {
		return fault.Field("email", fault.CodeInvalid, "This link opens without a code.")
	}
	if s.MailOff() {
		return fault.New(fault.Unavailable, fault.CodeUnavailable, "This server sends no mail at present. Try again later.")
	}
	issue, err := s.issue(record, address, now)
	if err != nil {
		return err
	}
	issued, err := s.store.IssueCode(ctx, issue)
	if err != nil {
		return fmt.Errorf("issue a code: %w", err)
	}
	return record.signed(ClaimResult{Outcome: issued.Outcome, RetryAfter: issued.RetryAfter}.problem())
}

// issue makes code and mail, alike for every address. That of a stranger is random
// and its mail is dropped.
func (s *Service) issue(record Record, address string, now time.Time) (CodeIssue, error) {
	code, err := newCode(s.random)
	if err != nil {
		return CodeIssue{}, err
	}
	random := make([]byte, 32)
	if _, err := io.ReadFull(s.random, random); err != nil {
		return CodeIssue{}, fmt.Errorf("make a code: %w", err)
	}
	mailID, err := seal.NewID(now, s.random)
	if err != nil {
		return CodeIssue{}, err
	}
	one, all := s.macs(address)
	mac, to, listed := s.codeMAC(record.ID, address, code), address, s.named(record, address)
	detail := map[string]string{"address": address}
	if !listed {
		mac, to, detail = random, nobody, map[string]string{"address": "not on the share"}
	}
	until := now.Add(codeTime)
	sealed, err := s.mailer.PrepareCode(mailID, to, codeSubject, codeText(code), !listed, until)
	if err != nil {
		return CodeIssue{}, fmt.Errorf("prepare the mail of a code: %w", err)
	}
	entry, err := s.entry(now, audit.CodeRequested, "", record.ID, detail)
	return CodeIssue{
		ShareID: record.ID, AddressMAC: one, DomainMAC: all, CodeMAC: mac, Now: now, ExpiresAt: until,
		MailID: mailID, Mail: sealed, Entry: entry,
	}, err
}

// macs are the keyed hashes of an address and of its whole domain.
func (s *Service) macs(address string) (one, all []byte) {
	r := Recipient{Email, address}
	return s.mac(r), s.mac(Recipient{Domain, r.domain()})
}

// named tells whether the share names an address or its domain, in the same time
// for all that it names.
func (s *Service) named(record Record, address string) bool {
	one, all := s.macs(address)
	found := 0
	for _, r := range record.Recipients {
		wanted := one
		if r.Kind == Domain {
			wanted = all
		}
		match := subtle.ConstantTimeCompare(r.MAC, wanted)
		if r.RemovedAt == 0 {
			found |= match
		}
	}
	return found == 1
}
