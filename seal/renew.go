package seal

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// prefixSize is the length of what precedes the bytes of Tink's ciphers and names their key.
const prefixSize = 5

// sealer seals with the newest key of a keyset, and opens what was sealed with each of them.
type sealer struct {
	tink.AEAD
	newest []byte   // the prefix of the newest key
	known  [][]byte // the prefixes of all
}

func newSealer(handle *keyset.Handle) (s sealer, err error) {
	s.AEAD, err = aead.New(handle)
	info := handle.KeysetInfo()
	for _, key := range info.GetKeyInfo() {
		prefix := binary.BigEndian.AppendUint32([]byte{1}, key.GetKeyId())
		if s.known = append(s.known, prefix); key.GetKeyId() == info.GetPrimaryKeyId() {
			s.newest = prefix
		}
	}
	return s, err
}

// knows reports whether bytes name a key of the keyset.
func (s sealer) knows(sealed []byte) bool {
	return len(sealed) < prefixSize ||
		slices.ContainsFunc(s.known, func(p []byte) bool { return bytes.HasPrefix(sealed, p) })
}

// IsNewest reports whether bytes were sealed with the newest key for a purpose.
func (k *Keyring) IsNewest(purpose Purpose, sealed []byte) bool {
	return bytes.HasPrefix(sealed, (*k.sealers.Load())[purpose].newest)
}

// Renew returns the keysets with a new key in each one that seals, which is used from now on. What was
// sealed with the keys before still opens. Keyed hashes keep their keys: what they are of is not
// stored.
func Renew(master MasterKey, wrapped map[Purpose][]byte) (map[Purpose][]byte, error) {
	renewed := make(map[Purpose][]byte, len(wrapped))
	for purpose, bytes := range wrapped {
		if renewed[purpose] = bytes; isHash(purpose) {
			continue
		}
		handle, err := readKeyset(master, purpose, bytes)
		if err != nil {
			return nil, err
		}
		manager := keyset.NewManagerFromHandle(handle)
		id, err := manager.Add(aead.AES256GCMKeyTemplate())
		if err == nil {
			err = manager.SetPrimary(id)
		}
		if err == nil {
			handle, err = manager.Handle()
		}
		if err == nil {
			renewed[purpose], err = writeKeyset(master, purpose, handle)
		}
		if err != nil {
			return nil, fmt.Errorf("renew keyset %s: %w", purpose, err)
		}
	}
	return renewed, nil
}

func isHash(purpose Purpose) bool {
	return slices.Contains([]Purpose{Addresses, Codes, Chain, Cookies}, purpose)
}

// reloadTime limits reading the keysets anew.
const reloadTime = 5 * time.Second

// openAgain opens keysets, and lets the keyring read them anew: Renew may run beside a server.
func openAgain(master MasterKey, store Store, wrapped map[Purpose][]byte) (*Keyring, error) {
	k, err := open(master, wrapped)
	if err != nil {
		return nil, err
	}
	k.reload = func() (*Keyring, error) {
		ctx, cancel := context.WithTimeout(context.Background(), reloadTime)
		defer cancel()
		wrapped, err := store.Keysets(ctx)
		if err != nil {
			return nil, err
		}
		fresh, err := open(master, wrapped)
		if errors.Is(err, ErrWrongKey) && k.readKey != nil { // it was changed, too
			if master, err := k.readKey(); err == nil {
				return open(master, wrapped)
			}
		}
		return fresh, err
	}
	return k, nil
}

// ReadKeyBy says how the master key is read where it has changed since Unlock. It is called before
// the keyring is used.
func (k *Keyring) ReadKeyBy(read func() (MasterKey, error)) { k.readKey = read }

// renewed returns the sealer that opens bytes of a key that is not known: another process may have
// renewed the keys. It stays the one there is where that was not so.
func (k *Keyring) renewed(purpose Purpose, sealed []byte) sealer {
	k.loading.Lock()
	defer k.loading.Unlock()
	current := (*k.sealers.Load())[purpose]
	if current.knows(sealed) || k.reload == nil {
		return current
	}
	fresh, err := k.reload()
	if err != nil {
		return current
	}
	k.sealers.Store(fresh.sealers.Load())
	return (*k.sealers.Load())[purpose]
}

// Refresh reads the keysets anew and reports whether another process has renewed them. A process that
// only seals would otherwise go on with the earlier keys.
func (k *Keyring) Refresh() (renewed bool, err error) {
	k.loading.Lock()
	defer k.loading.Unlock()
	fresh, err := k.reload()
	if err != nil {
		return false, err
	}
	current, next := *k.sealers.Load(), fresh.sealers.Load()
	for purpose, sealer := range *next {
		renewed = renewed || !bytes.Equal(sealer.newest, current[purpose].newest)
	}
	if renewed {
		k.sealers.Store(next)
	}
	return renewed, nil
}
