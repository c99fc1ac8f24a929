package vault

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// ErrNoTOTP says that a value is neither an otpauth://totp URI nor a base32
// secret. It holds nothing of the value.
var ErrNoTOTP = errors.New("the one-time password cannot be read")

// TOTP is the one-time code (RFC 6238) at a time, and how long it is still valid. The
// value is an otpauth:// URI or a bare base32 secret, which means SHA-1, six
// digits and 30 seconds.
func TOTP(value string, now time.Time) (code string, left time.Duration, err error) {
	key, err := parseTOTP(value)
	if err != nil {
		return "", 0, err
	}
	step := now.Unix() / key.period
	ends := time.Unix((step+1)*key.period, 0)
	return key.code(uint64(step)), ends.Sub(now), nil
}

// totpKey is what an otpauth URI says.
type totpKey struct {
	secret []byte
	hash   func() hash.Hash
	digits int
	period int64 // seconds
}

func parseTOTP(value string) (totpKey, error) {
	key := totpKey{hash: sha1.New, digits: 6, period: 30}
	value = strings.TrimSpace(value)
	secret := value
	if strings.Contains(value, "://") {
		uri, err := url.Parse(value)
		if err != nil || !strings.EqualFold(uri.Scheme, "otpauth") || !strings.EqualFold(uri.Host, "totp") {
			return key, ErrNoTOTP
		}
		secret = uri.Query().Get("secret")
		if err := key.configure(uri.Query()); err != nil {
			return key, err
		}
	}
	secret = strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "=", "").Replace(secret))
	var err error
	key.secret, err = base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil || len(key.secret) == 0 {
		return key, ErrNoTOTP
	}
	return key, nil
}

func (k *totpKey) configure(query url.Values) error {
	switch strings.ToUpper(strings.ReplaceAll(query.Get("algorithm"), "-", "")) {
	case "", "SHA1", "HMACSHA1":
	case "SHA256", "HMACSHA256":
		k.hash = sha256.New
	case "SHA512", "HMACSHA512":
		k.hash = sha512.New
	default:
		return ErrNoTOTP
	}
	digits, ok := number(query.Get("digits"), 6, 4, 10)
	period, ok2 := number(query.Get("period"), 30, 1, 3600)
	if !ok || !ok2 {
		return ErrNoTOTP
	}
	k.digits, k.period = digits, int64(period)
	return nil
}

func number(text string, otherwise, from, to int) (int, bool) {
	if text == "" {
		return otherwise, true
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= from && n <= to
}

// code is HOTP of RFC 4226 at a counter.
func (k totpKey) code(counter uint64) string {
	mac := hmac.New(k.hash, k.secret)
	mac.Write(binary.BigEndian.AppendUint64(nil, counter))
	sum := mac.Sum(nil)
	offset := sum[len(sum)-1] & 0x0f
	truncated := uint64(binary.BigEndian.Uint32(sum[offset:]) & 0x7fffffff)
	modulus := uint64(1)
	for range k.digits {
		modulus *= 10
	}
	return fmt.Sprintf("%0*d", k.digits, truncated%modulus)
}
