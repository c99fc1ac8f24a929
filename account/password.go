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

// hashParams are OWASP's minimum for argon2id. They are explicit because the library's defaults
// depend on the machine's cores.
var hashParams = argon2id.Params{
	Memory:      19 * 1024,
	Iterations:  2,
	Parallelism: 1,
	SaltLength:  16,
	KeyLength:   32,
}

// dummyHash costs as much to verify as any other and matches no known password. The password of an
// unknown user is verified against it.
const dummyHash = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGhhcyB0aGlzIQ$dGhpcyBpcyBub3QgYSBoYXNoIG9mIGFueXRoaW5nISE"

// hasher creates and checks password hashes, at most two at a time: each takes 19 MiB, and
// strangers decide how many are requested.
type hasher struct {
	slots  chan struct{}
	params argon2id.Params
	dummy  string
}

func newHasher() hasher { return hasher{make(chan struct{}, 2), hashParams, dummyHash} }

// newCheapHasher returns a hasher whose hashes cost nearly nothing, and its dummy as little.
func newCheapHasher() hasher {
	h := newHasher()
	h.params.Memory, h.params.Iterations = 64, 1
	h.dummy = strings.Replace(dummyHash, "m=19456,t=2", "m=64,t=1", 1)
	return h
}

func (h hasher) hash(ctx context.Context, password string) (hash string, err error) {
	err = h.run(ctx, func() error {
		hash, err = argon2id.CreateHash(norm.NFC.String(password), &h.params)
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
		return fault.Because(
			fault.Unavailable,
			fmt.Errorf("wait for a password hash: %w", ctx.Err()),
		)
	}
}

// weakest is the strength that a new password needs: a million guesses and more, which the limits on
// attempts keep away and argon2id makes dear.
const weakest = 2

// checkPassword returns the problems of a new password.
func (s *Service) checkPassword(password string, user User) []fault.Problem {
	detail := ""
	switch length := utf8.RuneCountInString(password); {
	case !utf8.ValidString(password):
		detail = "This password isn't valid UTF-8 text. Enter it as text."
	case length < shortestPassword:
		detail = fmt.Sprintf(
			"This password is too short. Use at least %d characters, such as four unrelated words.",
			shortestPassword,
		)
	case len(password) > longestPassword:
		detail = fmt.Sprintf(
			"This password is too long. Use at most %d characters.",
			longestPassword,
		)
	case s.c.Strength(password, knownOf(user)...) < weakest:
		detail = "This password is easy to guess. Don't use your name, your email address or common " +
			"passwords; four unrelated words work well."
	default:
		return nil
	}
	return []fault.Problem{{Code: fault.CodeInvalid, Field: "password", Detail: detail}}
}

// knownOf returns what a guesser knows of a user.
func knownOf(user User) []string {
	local, domain, _ := strings.Cut(user.Email, "@")
	name, _, _ := strings.Cut(domain, ".")
	return append([]string{user.Email, local, domain, name, user.Name}, strings.Fields(user.Name)...)
}
