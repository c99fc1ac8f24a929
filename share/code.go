package share

import (
	"context"
	"crypto/subtle"
	"fmt"
	"io"
	"math/big"
	"strings"
	"time"
	"unicode"

	crand "crypto/rand"

	"itemshare/address"
	"itemshare/audit"
	"itemshare/fault"
	"itemshare/seal"
)

// codeCount is how many codes there are: all of eight digits.
const codeCount = 100_000_000

// droppedTo is the recipient of a mail that is dropped: an address that is not a recipient's is not
// stored.
const droppedTo = "nobody@invalid.example"

// newCode returns eight random digits, each code as likely as any other.
func newCode(random io.Reader) (string, error) {
	n, err := crand.Int(random, big.NewInt(codeCount))
	if err != nil {
		return "", fmt.Errorf("create a code: %w", err)
	}
	return fmt.Sprintf("%08d", n), nil
}

// readCode returns a code without spaces and punctuation, with the digits of every script as 0 to 9.
func readCode(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsDigit(r):
			return '0' + digit(r)
		case address.Invisible(r) || unicode.IsPunct(r) || unicode.IsSymbol(r):
			return -1
		default:
			return r
		}
	}, text)
}

// digit returns the value of a digit: Unicode has those of each script in a run, from zero.
func digit(r rune) rune {
	var value rune
	for unicode.IsDigit(r - 1 - value) {
		value++
	}
	return value % 10
}

const codeSubject = "Your code to view a shared item"

// codeText returns the text of the mail. The digits of the code stand together, and none of the
// other numbers is as long, so that mail programs can offer it.
func codeText(code string, r Record, site string, until time.Time) string {
	return fmt.Sprintf(`%s shared an item with you on %s. Your code to view it:

    %s

Enter it on the page where you requested it. This code expires in 10 minutes, at %s (UTC), and
works once. Don't share it.

If you didn't request it, ignore this email.
`, sharerInMail(r), site, code, until.UTC().Format("15:04"))
}

// longestName is how many characters of a sharer's name a mail contains.
const longestName = 60

// nameInMail returns a display name without what a mail program would turn into a link or take for
// the code: of all characters, letters, spaces and a few marks stay, and a space follows each full
// stop.
func nameInMail(name string) string {
	plain := strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.L, unicode.M) || strings.ContainsRune("-'’,.&()", r) {
			return r
		}
		return ' '
	}, name)
	plain = strings.ReplaceAll(plain, ".", ". ")
	letters := []rune(strings.Join(strings.Fields(plain), " "))
	plain = strings.TrimSpace(string(letters[:min(len(letters), longestName)]))
	if !strings.ContainsFunc(plain, unicode.IsLetter) {
		return "Someone"
	}
	return plain
}

// sharerInMail returns what sharer does, for a mail.
func sharerInMail(r Record) string {
	if !strings.ContainsFunc(r.Organization, unicode.IsLetter) {
		return nameInMail(r.OwnerName)
	}
	return SharerOf(nameInMail(r.OwnerName), nameInMail(r.Organization))
}

// SendCode mails a code to an address that is a recipient of the share. For any other
// address it does the same work and sends nothing.
func (s *Service) SendCode(ctx context.Context, id, token, email string) error {
	now := s.clock()
	record, err := s.findLink(ctx, id, token, now)
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
		return fault.Field("email", fault.CodeInvalid, "This link doesn't need a code.")
	}
	if s.MailOff() {
		return fault.New(
			fault.Unavailable,
			fault.CodeUnavailable,
			"This server can't send email right now. Try again later.",
		)
	}
	issue, err := s.issue(record, address, now)
	if err != nil {
		return err
	}
	issued, err := s.store.IssueCode(ctx, issue)
	if err != nil {
		return fmt.Errorf("issue a code: %w", err)
	}
	return record.withSharer(
		ClaimResult{Outcome: issued.Outcome, RetryAfter: issued.RetryAfter}.problem(),
	)
}

// issue creates code and mail in the same way for every address. For one that is not a
// recipient, the code is random and the mail is dropped.
func (s *Service) issue(record Record, address string, now time.Time) (CodeIssue, error) {
	code, err := newCode(s.random)
	if err != nil {
		return CodeIssue{}, err
	}
	random := make([]byte, 32)
	if _, err := io.ReadFull(s.random, random); err != nil {
		return CodeIssue{}, fmt.Errorf("create a code: %w", err)
	}
	mailID, err := seal.NewID(now, s.random)
	if err != nil {
		return CodeIssue{}, err
	}
	emailMAC, domainMAC := s.macs(address)
	mac, to, listed := s.codeMAC(record.ID, address, code), address, s.hasRecipient(record, address)
	detail := map[string]string{"address": address}
	if !listed {
		mac, to, detail = random, droppedTo, map[string]string{"address": "not on the share"}
	}
	until := now.Add(codeTime)
	sealed, err := s.mailer.PrepareCode(
		mailID,
		record.ID,
		to,
		codeSubject,
		codeText(code, record, s.site, until),
		!listed,
		until,
	)
	if err != nil {
		return CodeIssue{}, fmt.Errorf("prepare the mail of a code: %w", err)
	}
	entry, err := s.entry(now, audit.CodeRequested, "", record.ID, detail)
	if err != nil {
		return CodeIssue{}, err
	}
	detail["why"] = "withheld"
	withheld, err := s.entry(now, audit.CodeRequested, "", record.ID, detail)
	return CodeIssue{
		ShareID: record.ID, AddressMAC: emailMAC, DomainMAC: domainMAC, CodeMAC: mac, Now: now, ExpiresAt: until,
		MailID: mailID, Mail: sealed, Entry: entry, Withheld: withheld,
	}, err
}

// macs returns the keyed hashes of an address and of its domain.
func (s *Service) macs(address string) (email, domain []byte) {
	r := Recipient{Email, address}
	return s.mac(r), s.mac(Recipient{Domain, r.domain()})
}

// hasRecipient reports whether an address or its domain is a recipient. Its time does not
// depend on which of them matches.
func (s *Service) hasRecipient(record Record, address string) bool {
	email, domain := s.macs(address)
	found := 0
	for _, r := range record.Recipients {
		wanted := email
		if r.Kind == Domain {
			wanted = domain
		}
		match := subtle.ConstantTimeCompare(r.MAC, wanted)
		if r.RemovedAt == 0 {
			found |= match
		}
	}
	return found == 1
}
