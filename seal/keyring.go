// Package seal owns the keys of an installation: keysets wrapped by the master key,
// sealing and keyed hashing under them. The ciphers are Tink's. It refuses to open
// bytes that were sealed for another purpose or place, and it stores nothing itself.
package seal

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
)

// Purpose names one keyset, so that a key serves one thing alone.
type Purpose string

// The purposes that seal (AES-256-GCM) …
const (
	Items    Purpose = "items"    // items, overviews and files of the embedded vault
	History  Purpose = "history"  // titles and recipients of shares
	Mail     Purpose = "mail"     // queued messages
	Audit    Purpose = "audit"    // details of audit events
	Factors  Purpose = "factors"  // seeds of second factors
	Forms    Purpose = "forms"    // forms that wait in a sign-in page, and the cookie for them
	Webhooks Purpose = "webhooks" // their URLs and secrets, and what is sent
)

// … and those that hash (HMAC-SHA-256, 32 bytes).
const (
	Addresses Purpose = "addresses" // canonical addresses and domains, for matching
	Codes     Purpose = "codes"     // mailed codes
	Chain     Purpose = "chain"     // the audit chain
	Cookies   Purpose = "cookies"   // keys of the session cookie
)

// ErrDamaged means that sealed bytes do not open: they were changed, moved or cut.
var ErrDamaged = errors.New("damaged: the sealed data does not open")

// ErrWrongKey means that the master key is not the one of this database.
var ErrWrongKey = errors.New("the master key does not open this database's keys")

// Store stores wrapped keysets by purpose.
type Store interface {
	Keysets(ctx context.Context) (map[Purpose][]byte, error)
	// AddKeysets stores the keysets of purposes that have none yet.
	AddKeysets(ctx context.Context, wrapped map[Purpose][]byte) error
}

// Keyring seals and hashes under the keysets of one installation. It is safe
// for use by many goroutines.
type Keyring struct {
	hashers map[Purpose]*prf.Set
	sealers atomic.Pointer[map[Purpose]sealer]
	reload  func() (*Keyring, error)  // reads the keysets anew
	readKey func() (MasterKey, error) // the master key of today, unless nil
	loading sync.Mutex
}

// Unlock opens the installation's keysets with the master key, and creates those that
// the store lacks. A key that does not fit is ErrWrongKey; nothing is stored then.
func Unlock(ctx context.Context, master MasterKey, store Store) (*Keyring, error) {
	wrapped, err := store.Keysets(ctx)
	if err != nil {
		return nil, fmt.Errorf("read keysets: %w", err)
	}
	if _, err := open(master, wrapped); err != nil {
		return nil, err
	}
	missing := map[Purpose][]byte{}
	for purpose, template := range templates() {
		if _, ok := wrapped[purpose]; ok {
			continue
		}
		if missing[purpose], err = newKeyset(master, purpose, template); err != nil {
			return nil, fmt.Errorf("create keyset %s: %w", purpose, err)
		}
	}
	if len(missing) > 0 {
		if err := store.AddKeysets(ctx, missing); err != nil {
			return nil, fmt.Errorf("store keysets: %w", err)
		}
		// Another process may have been first: the stored keysets count.
		if wrapped, err = store.Keysets(ctx); err != nil {
			return nil, fmt.Errorf("read keysets: %w", err)
		}
	}
	return openAgain(master, store, wrapped)
}

// Rewrap returns every keyset wrapped under another master key. The keys in them stay
// the same.
func Rewrap(old, fresh MasterKey, wrapped map[Purpose][]byte) (map[Purpose][]byte, error) {
	rewrapped := make(map[Purpose][]byte, len(wrapped))
	for purpose, bytes := range wrapped {
		handle, err := readKeyset(old, purpose, bytes)
		if err != nil {
			return nil, err
		}
		if rewrapped[purpose], err = writeKeyset(fresh, purpose, handle); err != nil {
			return nil, fmt.Errorf("wrap keyset %s: %w", purpose, err)
		}
	}
	return rewrapped, nil
}

// Seal encrypts for one purpose and binds the result to its place, such as table,
// owner, id and version: Open needs the same place, part by part.
func (k *Keyring) Seal(purpose Purpose, plaintext []byte, place ...string) ([]byte, error) {
	sealer, ok := (*k.sealers.Load())[purpose]
	if !ok {
		return nil, fmt.Errorf("no keyset seals %q", purpose)
	}
	return sealer.Encrypt(plaintext, framed(place))
}

// Open returns the plaintext of bytes that Seal sealed for this purpose and place, or
// ErrDamaged.
func (k *Keyring) Open(purpose Purpose, sealed []byte, place ...string) ([]byte, error) {
	opener, ok := (*k.sealers.Load())[purpose]
	if !ok {
		return nil, fmt.Errorf("no keyset opens %q", purpose)
	}
	if !opener.knows(sealed) {
		opener = k.renewed(purpose, sealed)
	}
	plaintext, err := opener.Decrypt(sealed, framed(place))
	if err != nil {
		return nil, ErrDamaged
	}
	return plaintext, nil
}

// MAC returns the keyed hash of the parts, 32 bytes, which cannot be computed or tested
// without the key. The hashes of "ab","c" and "a","bc" differ.
func (k *Keyring) MAC(purpose Purpose, parts ...string) []byte {
	sum, err := k.hashers[purpose].ComputePrimaryPRF(framed(parts), 32)
	if err != nil {
		panic("seal: HMAC of 32 bytes failed: " + err.Error()) // cannot: the length is fixed
	}
	return sum
}

// Hasher returns the function MAC for one purpose.
func (k *Keyring) Hasher(purpose Purpose) func(parts ...string) []byte {
	return func(parts ...string) []byte { return k.MAC(purpose, parts...) }
}

func templates() map[Purpose]*tinkpb.KeyTemplate {
	all := map[Purpose]*tinkpb.KeyTemplate{}
	for _, p := range []Purpose{Items, History, Mail, Audit, Factors, Forms, Webhooks} {
		all[p] = aead.AES256GCMKeyTemplate()
	}
	for _, p := range []Purpose{Addresses, Codes, Chain, Cookies} {
		all[p] = prf.HMACSHA256PRFKeyTemplate()
	}
	return all
}

func open(master MasterKey, wrapped map[Purpose][]byte) (*Keyring, error) {
	k, sealers := &Keyring{hashers: map[Purpose]*prf.Set{}}, map[Purpose]sealer{}
	k.sealers.Store(&sealers)
	for purpose, bytes := range wrapped {
		handle, err := readKeyset(master, purpose, bytes)
		if err != nil {
			return nil, err
		}
		if isHash(purpose) {
			k.hashers[purpose], err = prf.NewPRFSet(handle)
		} else {
			sealers[purpose], err = newSealer(handle)
		}
		if err != nil {
			return nil, fmt.Errorf("keyset %s: %w", purpose, err)
		}
	}
	return k, nil
}

func newKeyset(master MasterKey, purpose Purpose, template *tinkpb.KeyTemplate) ([]byte, error) {
	handle, err := keyset.NewHandle(template)
	if err != nil {
		return nil, err
	}
	return writeKeyset(master, purpose, handle)
}

func writeKeyset(master MasterKey, purpose Purpose, handle *keyset.Handle) ([]byte, error) {
	wrapper, err := master.aead()
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = handle.WriteWithAssociatedData(
		keyset.NewBinaryWriter(&out),
		wrapper,
		framed([]string{"keyset", string(purpose)}),
	)
	return out.Bytes(), err
}

func readKeyset(master MasterKey, purpose Purpose, wrapped []byte) (*keyset.Handle, error) {
	wrapper, err := master.aead()
	if err != nil {
		return nil, err
	}
	handle, err := keyset.ReadWithAssociatedData(
		keyset.NewBinaryReader(bytes.NewReader(wrapped)),
		wrapper,
		framed([]string{"keyset", string(purpose)}),
	)
	if err != nil {
		return nil, ErrWrongKey
	}
	return handle, nil
}

// framed joins parts so that no two lists of parts have the same bytes.
func framed(parts []string) []byte {
	size := 0
	for _, part := range parts {
		size += binary.MaxVarintLen16 + len(part)
	}
	out := make([]byte, 0, size)
	for _, part := range parts {
		out = binary.AppendUvarint(out, uint64(len(part)))
		out = append(out, part...)
	}
	return out
}

// Box seals and opens for one purpose.
type Box struct {
	keyring *Keyring
	purpose Purpose
}

// Box returns the part of the keyring that seals for one purpose.
func (k *Keyring) Box(purpose Purpose) Box { return Box{k, purpose} }

// Seal is Keyring.Seal for the box's purpose.
func (b Box) Seal(plaintext []byte, place ...string) ([]byte, error) {
	return b.keyring.Seal(b.purpose, plaintext, place...)
}

// Open is Keyring.Open for the box's purpose.
func (b Box) Open(sealed []byte, place ...string) ([]byte, error) {
	return b.keyring.Open(b.purpose, sealed, place...)
}
