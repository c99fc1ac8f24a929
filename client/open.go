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

// OpenOptions say who opens a link. A link for named recipients needs Email and
// Code; any other needs nothing.
type OpenOptions struct {
	Email string
	// Code gives the code that was just mailed to Email.
	Code func(ctx context.Context) (string, error)
	// Tries is how often Code is asked while the code is wrong; 0: once.
	Tries int

	HTTPClient *http.Client // as in Config
	Timeout    time.Duration

	// What tests put in place of the real ones.
	Clock  func() time.Time
	Sleep  func(ctx context.Context, d time.Duration) error
	Random io.Reader
}

// ShareTerms are what a link says of itself before it is opened. The seal of the
// content is bound to all but the last two.
type ShareTerms struct {
	CreatedAt    time.Time
	ExpiresAt    time.Time
	MaxViews     int64 // 0: unlimited
	Audience     Audience
	SharedBy     string // the sharer's display name
	CodeRequired bool
}

// Opened is a share that was opened: the copy of the item, and its files as long as
// the view lasts, which is until [ShareTerms.ExpiresAt] or half an hour.
type Opened struct {
	SharedItem
	Terms ShareTerms

	share shareCaller
	view  string
}

// Format prints neither the item nor the link, whatever the verb.
func (o Opened) Format(f fmt.State, _ rune) { io.WriteString(f, "opened share") }

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

// Peek tells the terms of a link. It opens nothing and changes nothing.
func Peek(ctx context.Context, link string, options OpenOptions) (ShareTerms, error) {
	_, terms, err := peek(ctx, link, options)
	return terms, err
}

// Open opens a link, which counts as a view, and decrypts the copy of the item.
// Where a code is needed it has one mailed to Email first and asks Code for it. A
// link that ended, a wrong code and the like are an [*Error]; what does not decrypt
// under the terms shown is [ErrRefused]. No error holds any part of the link.
func Open(ctx context.Context, link string, options OpenOptions) (*Opened, error) {
	share, terms, err := peek(ctx, link, options)
	if err != nil {
		return nil, err
	}
	o := &Opened{Terms: terms, share: share}
	if o.view, err = newView(share.calls.random); err != nil {
		return nil, err
	}
	if !terms.CodeRequired {
		return o.after(o.open(ctx, nil))
	}
	if options.Email == "" || options.Code == nil {
		return nil, &Error{
			Status: http.StatusUnauthorized, Code: CodeVerificationRequired, SharedBy: terms.SharedBy,
			Detail: "This link is for named people: say which address is yours, and give the code that is mailed there.",
		}
	}
	if err := share.post(ctx, call{path: "/s/code"}, map[string]any{"email": options.Email}); err != nil {
		return nil, during("ask for a code", err)
	}
	return o.after(o.prove(ctx, options))
}

// after gives the share, unless it did not open.
func (o *Opened) after(err error) (*Opened, error) {
	if err != nil {
		return nil, err
	}
	return o, nil
}

// prove opens with a code, and asks for another while it is wrong, tries are left and
// somebody gives one.
func (o *Opened) prove(ctx context.Context, options OpenOptions) error {
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
	if err := s.post(ctx, call{path: "/s/peek", safe: true, into: &answer}, nil); err != nil {
		return shareCaller{}, ShareTerms{}, during("look at the link", err)
	}
	if answer.Protocol != link.Protocol || !answer.Valid() {
		return shareCaller{}, ShareTerms{}, errors.New("the link's terms are not those of " + link.Protocol)
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

// open claims the view and decrypts. Until the view ends the same request gives the
// same answer and counts nothing, so that a lost answer is asked for again.
func (o *Opened) open(ctx context.Context, proof map[string]any) error {
	var answer struct {
		protocolTerms
		Nonce      string `json:"nonce"`
		Ciphertext string `json:"ciphertext"`
	}
	more := map[string]any{"view": o.view}
	maps.Copy(more, proof)
	if err := o.share.post(ctx, call{path: "/s/open", safe: true, into: &answer}, more); err != nil {
		return during("open the link", err)
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

// CodeFrom reads codes as lines, one each time it is asked: CodeFrom(os.Stdin) for a
// script at a terminal.
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
		return "", fmt.Errorf("make a view: %w", err)
	}
	return link.Encode(raw[:]), nil
}
