package client

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"
)

// Audience is who may open a link.
type Audience string

// Both audiences.
const (
	AudienceAnyone     Audience = "anyone"     // who has the link
	AudienceRecipients Audience = "recipients" // who proves a named address by a mailed code
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

	link held
	view string
}

// Format prints neither the item nor the link, whatever the verb.
func (o Opened) Format(f fmt.State, _ rune) { io.WriteString(f, "opened share") }

// held is one link with the calls that its holder may make.
type held struct {
	calls  caller
	secret secret
	terms  sealedTerms
}

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
	h, terms, err := peek(ctx, link, options)
	if err != nil {
		return nil, err
	}
	o := &Opened{Terms: terms, link: h}
	if o.view, err = newView(h.calls.random); err != nil {
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
	if err := h.post(ctx, call{path: "/s/code"}, map[string]any{"email": options.Email}); err != nil {
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

func peek(ctx context.Context, link string, options OpenOptions) (held, ShareTerms, error) {
	base, secret, err := parseLink(link)
	if err != nil {
		return held{}, ShareTerms{}, err
	}
	h := held{secret: secret, calls: newCaller(Config{
		HTTPClient: options.HTTPClient, Timeout: options.Timeout, Clock: options.Clock, Sleep: options.Sleep, Random: options.Random,
	}, base)}
	var told struct {
		sealedTerms
		SharedBy     string `json:"shared_by"`
		CodeRequired bool   `json:"code_required"`
	}
	if err := h.post(ctx, call{path: "/s/peek", safe: true, into: &told}, nil); err != nil {
		return held{}, ShareTerms{}, during("look at the link", err)
	}
	if _, ok := told.bound(""); !ok {
		return held{}, ShareTerms{}, errors.New("the link's terms are not those of " + protocol)
	}
	h.terms = told.sealedTerms
	return h, ShareTerms{
		CreatedAt: time.Unix(told.CreatedAt, 0), ExpiresAt: time.Unix(told.ExpiresAt, 0), MaxViews: told.MaxViews,
		Audience: told.Audience, SharedBy: told.SharedBy, CodeRequired: told.CodeRequired,
	}, nil
}

// post makes a call with the proof of holding the link.
func (h held) post(ctx context.Context, r call, more map[string]any) error {
	_, err := h.bytes(ctx, r, more)
	return err
}

func (h held) bytes(ctx context.Context, r call, more map[string]any) ([]byte, error) {
	body := map[string]any{"id": h.secret.id(), "token": h.secret.token()}
	maps.Copy(body, more)
	r.method, r.body = http.MethodPost, body
	return h.calls.bytes(ctx, r)
}

// open claims the view and decrypts. Until the view ends the same request gives the
// same answer and counts nothing, so that a lost answer is asked for again.
func (o *Opened) open(ctx context.Context, proof map[string]any) error {
	var got struct {
		sealedTerms
		Nonce      string `json:"nonce"`
		Ciphertext string `json:"ciphertext"`
	}
	more := map[string]any{"view": o.view}
	maps.Copy(more, proof)
	if err := o.link.post(ctx, call{path: "/s/open", safe: true, into: &got}, more); err != nil {
		return during("open the link", err)
	}
	if got.sealedTerms != o.link.terms {
		return fmt.Errorf("%w: the terms changed since they were shown", ErrRefused)
	}
	plain, err := o.link.secret.openContent(o.link.terms, got.Nonce, got.Ciphertext)
	if err != nil {
		return err
	}
	return o.read(plain)
}

// padTo is what the content is filled up to a multiple of, with spaces, in bytes.
const padTo = 512

func (o *Opened) read(plain []byte) error {
	if filled := len(plain) - len(bytes.TrimRight(plain, " ")); len(plain)%padTo != 0 || filled >= padTo {
		return fmt.Errorf("%w: the content is not padded as it should be", ErrRefused)
	}
	if !utf8.Valid(plain) || json.Unmarshal(plain, &o.SharedItem) != nil {
		return fmt.Errorf("%w: the content is not JSON in UTF-8", ErrRefused)
	}
	return nil
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
	return text64.EncodeToString(raw[:]), nil
}
