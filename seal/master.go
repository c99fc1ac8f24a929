package seal

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/tink-crypto/tink-go/v2/aead/subtle"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// MasterKey wraps the keysets: 32 bytes that only the operator stores. It prints as a
// placeholder, so that no log holds it by accident.
type MasterKey struct{ bytes [32]byte }

// Format prints the placeholder whatever the verb: %d would print the bytes.
func (MasterKey) Format(
	f fmt.State,
	_ rune,
) {
	io.WriteString(f, "[master key]")
} // a printer has no error to report

func (m MasterKey) aead() (tink.AEAD, error) { return subtle.NewAESGCM(m.bytes[:]) }

// ParseMasterKey parses base64 of 32 bytes, in the standard or the URL alphabet, padded
// or not. It rejects other lengths and all zeros. Its errors never quote the text.
func ParseMasterKey(text string) (MasterKey, error) {
	text = strings.TrimRight(strings.TrimSpace(text), "=")
	encoding := base64.RawStdEncoding
	if strings.ContainsAny(text, "-_") {
		encoding = base64.RawURLEncoding
	}
	raw, err := encoding.Strict().DecodeString(text)
	if err != nil {
		return MasterKey{}, errors.New("the master key is not base64")
	}
	if len(raw) != 32 {
		return MasterKey{}, fmt.Errorf(
			"the master key must be 32 bytes in base64, and this is %d",
			len(raw),
		)
	}
	key := MasterKey{[32]byte(raw)}
	if key == (MasterKey{}) {
		return MasterKey{}, errors.New("the master key is all zeros")
	}
	return key, nil
}

// maxKeyFile is more bytes than any spelling of a key needs.
const maxKeyFile = 1024

// ReadMasterKey reads a key file. It rejects one that others may read.
func ReadMasterKey(path string) (MasterKey, error) {
	file, err := os.Open(path)
	if err != nil {
		return MasterKey{}, fmt.Errorf("read the master key: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return MasterKey{}, fmt.Errorf("read the master key: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return MasterKey{}, fmt.Errorf("%s can be read by others: run chmod 600 on it", path)
	}
	text, err := io.ReadAll(io.LimitReader(file, maxKeyFile))
	if err != nil {
		return MasterKey{}, fmt.Errorf("read the master key: %w", err)
	}
	return ParseMasterKey(string(text))
}

// CreateMasterKey creates a key file of mode 0600, durably and atomically. It never
// replaces a file: that is fs.ErrExist.
func CreateMasterKey(path string, random io.Reader) (MasterKey, error) {
	var key MasterKey
	if _, err := io.ReadFull(random, key.bytes[:]); err != nil {
		return MasterKey{}, fmt.Errorf("create a master key: %w", err)
	}
	if err := writeAtomically(path, key.text(), os.Link); err != nil {
		return MasterKey{}, fmt.Errorf("create a master key: %w", err)
	}
	return key, nil
}

// ReplaceMasterKey replaces a key file that holds old, atomically. It keeps the old file under
// another name, which begins with keep and which it returns.
func ReplaceMasterKey(path string, old, key MasterKey, keep string) (kept string, err error) {
	current, err := ReadMasterKey(path)
	if err == nil && current != old {
		err = errors.New("the file was changed meanwhile")
	}
	if err == nil {
		kept, err = linkFree(path, keep)
	}
	if err == nil {
		err = writeAtomically(path, key.text(), os.Rename)
	}
	if err != nil {
		return "", fmt.Errorf("replace the master key: %w", err)
	}
	return kept, nil
}

// linkFree links the file to the first name that is free: name, name-2, name-3 and so on.
func linkFree(path, name string) (string, error) {
	free := name
	for n := 2; ; n++ {
		err := os.Link(path, free)
		if err == nil || !errors.Is(err, fs.ErrExist) {
			return free, err
		}
		free = fmt.Sprintf("%s-%d", name, n)
	}
}

func (m MasterKey) text() string { return base64.StdEncoding.EncodeToString(m.bytes[:]) + "\n" }

// writeAtomically renames the text into place once it is on the disk, so that a crash leaves
// no partial key. name decides what happens to an existing file: os.Link fails,
// os.Rename replaces it.
func writeAtomically(path, text string, name func(from, to string) error) error {
	folder := filepath.Dir(path)
	file, err := os.CreateTemp(folder, ".key-*") // of mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	_, err = file.WriteString(text)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := name(file.Name(), path); err != nil {
		return err
	}
	dir, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
