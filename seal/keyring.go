// Package seal owns the keys of an installation: keysets wrapped by the master
// key, and the two things done with them, sealing and keyed hashing. The
// ciphers are Tink's; nothing here invents one. It refuses to open what was
// sealed for another purpose or place, and it never stores anything itself.
package seal

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// Purpose names one keyset, so that a key serves one thing alone.
type Purpose string

// The purposes that seal (AES-256-GCM) …
const (
	Items   Purpose = "items"   // items, overviews and files of the embedded vault
	History Purpose = "history" // titles and recipients of shares
	Mail    Purpose = "mail"    // queued messages
	Audit   Purpose = "audit"   // details of audit events
)

// … and those that hash (HMAC-SHA-256, 32 bytes).
const (
	Addresses Purpose = "addresses" // canonical addresses and domains, for matching
	Codes     Purpose = "codes"     // mailed codes
	Chain     Purpose = "chain"     // the audit chain
	Cookies   Purpose = "cookies"   // keys of the session cookie
)

// ErrDamaged says that sealed bytes do not open: changed, moved or cut.
var ErrDamaged = errors.New("damaged: the sealed data does not open")

// ErrWrongKey says that the master key is not the one of this database.
var ErrWrongKey = errors.New("the master key does not open this database's keys")

// Store keeps wrapped keysets by purpose.
type Store interface {
	Keysets(ctx context.Context) (map[Purpose][]byte, error)
	// AddKeysets keeps those whose purpose is not there yet and leaves the others alone.
	AddKeysets(ctx context.Context, wrapped map[Purpose][]byte) error
}

// Keyring seals and hashes under the keysets of one installation. It is safe
// for use by many goroutines.
type Keyring struct {
	sealers map[Purpose]tink.AEAD
	hashers map[Purpose]*prf.Set
}

// Unlock opens the installation's keysets with the master key; in an empty
// store it makes them first. A key that does not fit is ErrWrongKey, and
// nothing is written then.
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
			return nil, fmt.Errorf("make keyset %s: %w", purpose, err)
		}
	}
	if len(missing) > 0 {
		if err := store.AddKeysets(ctx, missing); err != nil {
			return nil, fmt.Errorf("keep keysets: %w", err)
		}
		// Another process may have been first: what is stored counts.
		if wrapped, err = store.Keysets(ctx); err != nil {
			return nil, fmt.Errorf("read keysets: %w", err)
		}
	}
	return open(master, wrapped)
}

// Rewrap gives every keyset wrapped under another master key; the keys within
// stay as they are.
func Rewrap(old, fresh MasterKey, wrapped map[Purpose][]byte) (map[Purpose][]byte, error) {
	again := make(map[Purpose][]byte, len(wrapped))
	for purpose, bytes := range wrapped {
		handle, err := readKeyset(old, purpose, bytes)
		if err != nil {
			return nil, err
		}
		if again[purpose], err = writeKeyset(fresh, purpose, handle); err != nil {
			return nil, fmt.Errorf("wrap keyset %s: %w", purpose, err)
		}
	}
	return again, nil
}

// Seal encrypts for one purpose and binds the result to its place: the same
// place, part by part, must be named to open it (table, owner, id, version).
func (k *Keyring) Seal(purpose Purpose, plaintext []byte, place ...string) ([]byte, error) {
	sealer, ok := k.sealers[purpose]
	if !ok {
		return nil, fmt.Errorf("no keyset seals %q", purpose)
	}
	return sealer.Encrypt(plaintext, framed(place))
}

// Open gives back what Seal sealed for that purpose and place, else ErrDamaged.
func (k *Keyring) Open(purpose Purpose, sealed []byte, place ...string) ([]byte, error) {
	opener, ok := k.sealers[purpose]
	if !ok {
		return nil, fmt.Errorf("no keyset opens %q", purpose)
	}
	plaintext, err := opener.Decrypt(sealed, framed(place))
	if err != nil {
		return nil, ErrDamaged
	}
	return plaintext, nil
}

// MAC is the keyed hash of the parts, 32 bytes: without the key nobody can
// make it or test a guess. Parts are framed, so that "ab","c" and "a","bc" differ.
func (k *Keyring) MAC(purpose Purpose, parts ...string) []byte {
	sum, err := k.hashers[purpose].ComputePrimaryPRF(framed(parts), 32)
	if err != nil {
		panic("seal: HMAC of 32 bytes failed: " + err.Error()) // cannot: the length is fixed
	}
	return sum
}

// Hasher gives the part of the keyring that serves one hashing purpose.
func (k *Keyring) Hasher(purpose Purpose) func(parts ...string) []byte {
	return func(parts ...string) []byte { return k.MAC(purpose, parts...) }
}

func templates() map[Purpose]*tinkpb.KeyTemplate {
	all := map[Purpose]*tinkpb.KeyTemplate{}
	for _, p := range []Purpose{Items, History, Mail, Audit} {
		all[p] = aead.AES256GCMKeyTemplate()
	}
	for _, p := range []Purpose{Addresses, Codes, Chain, Cookies} {
		all[p] = prf.HMACSHA256PRFKeyTemplate()
	}
	return all
}

func open(master MasterKey, wrapped map[Purpose][]byte) (*Keyring, error) {
	k := &Keyring{sealers: map[Purpose]tink.AEAD{}, hashers: map[Purpose]*prf.Set{}}
	for purpose, bytes := range wrapped {
		handle, err := readKeyset(master, purpose, bytes)
		if err != nil {
			return nil, err
		}
		switch purpose {
		case Addresses, Codes, Chain, Cookies:
			k.hashers[purpose], err = prf.NewPRFSet(handle)
		default:
			k.sealers[purpose], err = aead.New(handle)
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
	err = handle.WriteWithAssociatedData(keyset.NewBinaryWriter(&out), wrapper, framed([]string{"keyset", string(purpose)}))
	return out.Bytes(), err
}

func readKeyset(master MasterKey, purpose Purpose, wrapped []byte) (*keyset.Handle, error) {
	wrapper, err := master.aead()
	if err != nil {
		return nil, err
	}
	handle, err := keyset.ReadWithAssociatedData(keyset.NewBinaryReader(bytes.NewReader(wrapped)), wrapper, framed([]string{"keyset", string(purpose)}))
	if err != nil {
		return nil, ErrWrongKey
	}
	return handle, nil
}

// framed joins parts so that no two lists of parts give the same bytes.
func framed(parts []string) []byte {
	var out []byte
	for _, part := range parts {
		out = binary.AppendUvarint(out, uint64(len(part)))
		out = append(out, part...)
	}
	return out
}

// Box seals for one purpose alone: what a room is given that needs no more.
type Box struct {
	keyring *Keyring
	purpose Purpose
}

// Box gives the part of the keyring that serves one sealing purpose.
func (k *Keyring) Box(purpose Purpose) Box { return Box{k, purpose} }

// Seal is Keyring.Seal for the box's purpose.
func (b Box) Seal(plaintext []byte, place ...string) ([]byte, error) {
	return b.keyring.Seal(b.purpose, plaintext, place...)
}

// Open is Keyring.Open for the box's purpose.
func (b Box) Open(sealed []byte, place ...string) ([]byte, error) {
	return b.keyring.Open(b.purpose, sealed, place...)
}
