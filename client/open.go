package client

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"time"

	"itemshare/share/link"
)

// Audience is who may open a link.
type Audience = link.Audience

// The audiences.
const (
	AudienceAnyone     = link.Anyone     // everyone who has the link
	AudienceRecipients = link.Recipients // those who verify a listed email address with a mailed code
)

// OpenOptions are the options for opening a link. A link with recipients needs Email and Code;
// others need nothing.
type OpenOptions struct {
	Email string
	// Code returns the code that was just mailed to Email.
	Code func(ctx context.Context) (string, error)
	// Tries is how many codes are tried while they are wrong; 0 is one.
	Tries int

	HTTPClient *http.Client // as in Config
	Timeout    time.Duration

	// For tests; nil is the real one.
	Clock  func() time.Time
	Sleep  func(ctx context.Context, d time.Duration) error
	Random io.Reader
}

// ShareTerms are what can be known of a share before it is opened. The content is sealed with all
// but the last two.
type ShareTerms struct {
	CreatedAt    time.Time
	ExpiresAt    time.Time
	MaxViews     int64 // 0 is unlimited
	Audience     Audience
	SharedBy     string // the sharer's display name
	CodeRequired bool
}

// OpenedShare is the copy of an item that a link opened. Its files can be read while the view
// lasts: for 30 minutes, but not after [ShareTerms.ExpiresAt].
type OpenedShare struct {
	SharedItem
	Terms ShareTerms

	share shareCaller
	view  string
}

// Format prints neither the item nor the link, whatever the verb.
func (o OpenedShare) Format(f fmt.State, _ rune) { io.WriteString(f, "opened share") }

// shareCaller calls the server about the share of one link.
type shareCaller struct {
	calls  caller
	secret link.Secret
	terms  protocolTerms
}

// protocolTerms are the terms that a share's seals are bound to, as the server sends them.
type protocolTerms struct {
	Protocol string `json:"protocol"`
	link.Terms
}

func (s shareCaller) cipher() link.Cipher { return link.NewCipher(s.secret, s.terms.Terms) }

// Peek returns the terms of a link. It opens nothing and counts nothing.
func Peek(ctx context.Context, link string, options OpenOptions) (ShareTerms, error) {
	_, terms, err := peek(ctx, link, options)
	return terms, err
}

// Open opens a link, which counts as a view, and decrypts the copy of the item. Where the link has
// recipients, the server mails a code to Email, and Open calls Code for it. A link that ended and a
// wrong code are an [*Error]; an answer that was lost for good is [ErrViewNotKnown]; content that does not
// decrypt under the terms is [ErrRefused]. No error contains a part of the link.
func Open(ctx context.Context, link string, options OpenOptions) (*OpenedShare, error) {
	share, terms, err := peek(ctx, link, options)
	if err != nil {
		return nil, err
	}
	o := &OpenedShare{Terms: terms, share: share}
	if o.view, err = newView(share.calls.random); err != nil {
		return nil, err
	}
	if !terms.CodeRequired {
		return o.after(o.open(ctx, nil))
	}
	if options.Email == "" || options.Code == nil {
		return nil, &Error{
			Status: http.StatusUnauthorized, Code: CodeVerificationRequired, SharedBy: terms.SharedBy,
			Detail: "This link is for specific people. Verify your email address with a mailed code.",
		}
	}
	if err := share.post(ctx, call{path: "/s/code"}, map[string]any{"email": options.Email}); err != nil {
		return nil, during("request a code", err)
	}
	return o.after(o.verify(ctx, options))
}

// after returns the share, or the error that kept it from opening.
func (o *OpenedShare) after(err error) (*OpenedShare, error) {
	if err != nil {
		return nil, err
	}
	return o, nil
}

// verify opens with a code, and with another one while codes are wrong, Tries are left and Code
// returns one.
func (o *OpenedShare) verify(ctx context.Context, options OpenOptions) error {
	var wrong error
	for n := 1; ; n++ {
		code, err := options.Code(ctx)
		if err != nil && wrong != nil {
			return wrong
		}
		if err != nil {
			return during("get the code", err)
		}
		err = o.open(ctx, map[string]any{"email": options.Email, "code": code})
		if !errors.Is(err, CodeCodeInvalid) || n >= options.Tries {
			return err
		}
		wrong = err
	}
}

func peek(ctx context.Context, text string, options OpenOptions) (shareCaller, ShareTerms, error) {
	base, secret, err := parseLink(text)
	if err != nil {
		return shareCaller{}, ShareTerms{}, err
	}
	s := shareCaller{secret: secret, calls: newCaller(Config{
		HTTPClient: options.HTTPClient, Timeout: options.Timeout,
		Clock: options.Clock, Sleep: options.Sleep, Random: options.Random,
	}, base)}
	var answer struct {
		protocolTerms
		SharedBy     string `json:"shared_by"`
		CodeRequired bool   `json:"code_required"`
	}
	if err := s.post(ctx, call{path: "/s/peek", idempotent: true, into: &answer}, nil); err != nil {
		return shareCaller{}, ShareTerms{}, during("look at the link", err)
	}
	if answer.Protocol != link.Protocol || !answer.Valid() {
		return shareCaller{}, ShareTerms{}, errors.New(
			"the link's terms are not those of " + link.Protocol,
		)
	}
	s.terms = answer.protocolTerms
	return s, ShareTerms{
		CreatedAt: time.Unix(answer.CreatedAt, 0), ExpiresAt: time.Unix(answer.ExpiresAt, 0),
		MaxViews: int64(answer.MaxViews), Audience: answer.Audience,
		SharedBy: answer.SharedBy, CodeRequired: answer.CodeRequired,
	}, nil
}

// parseLink parses a link whose server may be called.
func parseLink(text string) (base string, secret link.Secret, err error) {
	base, secret, err = link.Parse(text)
	if err != nil {
		return "", link.Secret{}, err
	}
	base, err = parseBase(base)
	return base, secret, err
}

// post makes a call that proves that the caller has the link.
func (s shareCaller) post(ctx context.Context, r call, more map[string]any) error {
	_, err := s.bytes(ctx, r, more)
	return err
}

// bytes is post where the answer is not JSON.
func (s shareCaller) bytes(ctx context.Context, r call, more map[string]any) ([]byte, error) {
	body := map[string]any{"id": s.secret.ID().String(), "token": s.secret.Token().Encode()}
	maps.Copy(body, more)
	r.method, r.body = http.MethodPost, body
	return s.calls.bytes(ctx, r)
}

// open claims the view and decrypts the content. A repeat gets the same answer while the view lasts
// and counts nothing, so the request is idempotent.
func (o *OpenedShare) open(ctx context.Context, proof map[string]any) error {
	var answer struct {
		protocolTerms
		Nonce      string `json:"nonce"`
		Ciphertext string `json:"ciphertext"`
	}
	more := map[string]any{"view": o.view}
	maps.Copy(more, proof)
	if err := o.share.post(ctx, call{path: "/s/open", idempotent: true, into: &answer}, more); err != nil {
		return during("open the link", countedOr(err))
	}
	if answer.protocolTerms != o.share.terms {
		return fmt.Errorf("%w: the terms changed since they were shown", ErrRefused)
	}
	nonce, ok := link.Decode(answer.Nonce)
	ciphertext, ok2 := link.Decode(answer.Ciphertext)
	if !ok || !ok2 {
		return fmt.Errorf("%w: the content is not base64url", ErrRefused)
	}
	text, err := o.share.cipher().Open(nonce, ciphertext)
	if err != nil {
		return err
	}
	o.SharedItem, err = link.ParseContent(text)
	return err
}

// countedOr returns the error of an opening, as ErrViewNotKnown where the view may have been
// counted.
func countedOr(err error) error {
	var lost lostAnswer
	if errors.As(err, &lost) {
		return fmt.Errorf("%w: %w", ErrViewNotKnown, err)
	}
	return err
}

// CodeFrom returns a function for [OpenOptions.Code] that reads one line for each code, such as
// from os.Stdin.
func CodeFrom(r io.Reader) func(ctx context.Context) (string, error) {
	lines := bufio.NewScanner(r)
	return func(ctx context.Context) (string, error) {
		if !lines.Scan() {
			return "", cmp.Or(lines.Err(), io.ErrUnexpectedEOF)
		}
		return strings.TrimSpace(lines.Text()), ctx.Err()
	}
}

func newView(random io.Reader) (string, error) {
	var raw [16]byte
	if _, err := io.ReadFull(random, raw[:]); err != nil {
		return "", fmt.Errorf("create a view: %w", err)
	}
	return link.Encode(raw[:]), nil
}
