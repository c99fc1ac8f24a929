package account

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"

	"itemshare/fault"
)

// Lengths of a password in characters, and of its longest form in bytes.
const (
	shortestPassword = 8
	longestPassword  = 1024
)

// hashParams are OWASP's least for argon2id. They are written out since the
// library's own follow the machine's cores.
var hashParams = argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// nobody is a hash of the same cost that no password is known for: an unknown
// user is verified against it.
const nobody = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGhhcyB0aGlzIQ$dGhpcyBpcyBub3QgYSBoYXNoIG9mIGFueXRoaW5nISE"

// hasher makes and checks password hashes, at most two at once: each takes
// 19 MiB, and strangers decide how many are asked for.
type hasher struct{ slots chan struct{} }

func newHasher() hasher { return hasher{make(chan struct{}, 2)} }

func (h hasher) hash(ctx context.Context, password string) (hash string, err error) {
	err = h.run(ctx, func() error {
		hash, err = argon2id.CreateHash(norm.NFC.String(password), &hashParams)
		return fault.Wrap("hash a password", err)
	})
	return hash, err
}

func (h hasher) matches(ctx context.Context, password, hash string) (ok bool, err error) {
	err = h.run(ctx, func() error {
		ok, err = argon2id.ComparePasswordAndHash(norm.NFC.String(password), hash)
		return fault.Wrap("check a password", err)
	})
	return ok, err
}

func (h hasher) run(ctx context.Context, work func() error) error {
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
		return work()
	case <-ctx.Done():
		return fault.Because(fault.Unavailable, fmt.Errorf("wait for a password hash: %w", ctx.Err()))
	}
}

// checkPassword says what is wrong with a password that somebody chose.
func checkPassword(password string, user User) []fault.Problem {
	detail := ""
	switch length := utf8.RuneCountInString(password); {
	case !utf8.ValidString(password):
		detail = "This password holds bytes that are no text. Type it as text in UTF-8."
	case length < shortestPassword:
		detail = fmt.Sprintf("This password is too short. Use at least %d characters; four unrelated words work well.", shortestPassword)
	case len(password) > longestPassword:
		detail = fmt.Sprintf("This password is too long. Use at most %d characters.", longestPassword)
	case obvious(password, user):
		detail = "This password is easy to guess. Use something that is not the name, the address or a few repeated characters; four unrelated words work well."
	default:
		return nil
	}
	return []fault.Problem{{Code: fault.CodeInvalid, Field: "password", Detail: detail}}
}

func obvious(password string, user User) bool {
	local, _, _ := strings.Cut(user.Email, "@")
	for _, known := range []string{user.Email, local, user.Name} {
		if strings.EqualFold(password, known) {
			return true
		}
	}
	distinct := map[rune]bool{}
	for _, r := range password {
		distinct[r] = true
	}
	return len(distinct) < 4
}
