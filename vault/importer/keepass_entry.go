package importer

import (
	"cmp"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"time"

	"itemshare/vault"
)

type keePassReader struct {
	*keePass
	reading
}

// read converts an entry. Its group is a tag: groups within each other are joined by a slash.
func (r *keePassReader) read(v *value, groups []keePassGroup) vault.ImportedItem {
	at := place{title: cmpOr(r.title, cmpOr(groups[0].name, "KeePass"))}
	if r.root != "" {
		at.origin = vault.Origin{Account: "keepass " + r.root, Vault: r.root}
	}
	b := newBuilder(r.report, at.title)
	strs := keePassStrings(v)
	b.item.Title = strs["Title"].plainText()
	ok := r.isItem(&b, v) && !r.isDeleted(&b, groups)
	id := v.get("UUID").plainText()
	if ok {
		v.get("UUID").set(taken)
		r.convert(&b, v, strs)
		var path []string
		for _, group := range groups[1:] {
			path = append(path, group.name)
		}
		b.tag(strings.Join(path, "/"))
		r.binaries(&b, v)
	}
	return r.entry(&b, v, at, id, b.opener(), ok)
}

func (r *keePassReader) isDeleted(b *builder, groups []keePassGroup) bool {
	for _, group := range groups {
		if r.bin != "" && group.uuid == r.bin {
			b.leave(DeletedItem, "", "A recently deleted item was left out.", nil)
			return true
		}
	}
	return false
}

// keePassStrings returns an entry's values by their keys.
func keePassStrings(v *value) map[string]*value {
	all := map[string]*value{}
	for _, m := range v.members {
		if key := m.get("Key").plainText(); m.name == "String" && all[key] == nil {
			all[key] = m.get("Value")
		}
	}
	return all
}

func (r *keePassReader) convert(b *builder, v *value, strs map[string]*value) {
	b.item.Category = vault.Login
	if strs["UserName"].isEmpty() && strs["Password"].isEmpty() && strs["URL"].isEmpty() {
		b.item.Category = vault.SecureNote
	}
	b.keePassText(strs, "Title")
	b.login(b.keePassText(strs, "UserName"), b.keePassText(strs, "Password"))
	b.website(b.keePassText(strs, "URL"))
	b.item.Notes = b.keePassText(strs, "Notes")
	b.keePassTOTP(strs)
	for _, m := range v.members {
		switch m.name {
		case "String":
			b.keePassField(m.value)
		case "Tags":
			for tag := range strings.FieldsFuncSeq(b.text(m.value, "Tags"), isTagEnd) {
				b.tag(tag)
			}
		case "Times":
			b.item.CreatedAt = b.keePassTime(m.get("CreationTime"))
			b.item.UpdatedAt = b.keePassTime(m.get("LastModificationTime"))
			if m.get("Expires").plainText() == "True" {
				b.keePassExpiry(m.value)
			}
			m.set(taken) // the other times are of no use here
		case "History":
			if n := len(m.members); n > 0 {
				detail := fmt.Sprintf("Earlier versions were left out (%d).", n)
				b.leave(PasswordHistory, "", detail, m.value)
			}
		}
	}
}

func isTagEnd(r rune) bool { return r == ';' || r == ',' }

func (b *builder) keePassText(strs map[string]*value, key string) string {
	v := strs[key]
	if v == nil {
		return ""
	}
	if v.get("@Protected") != nil {
		b.problem(BadValue, key, "This value is encrypted. It was left out.", v)
		return ""
	}
	text := b.text(v.content(), key)
	v.set(taken)
	return text
}

// keePassField adds a value of a key that has no other place.
func (b *builder) keePassField(from *value) {
	key, v := from.get("Key"), from.get("Value")
	title := b.text(key, "Key")
	if v.content() == nil || v.content().mark != unmarked || v.mark != unmarked {
		return
	}
	if v.get("@Protected") != nil {
		b.problem(BadValue, title, "This value is encrypted. It was left out.", v)
		return
	}
	field := vault.Field{Title: title, Type: vault.FieldText, Value: b.text(v.content(), title)}
	if v.get("@ProtectInMemory").plainText() == "True" {
		field.Type = vault.FieldConcealed
	}
	if strings.HasPrefix(title, "KP2A_URL") || strings.HasPrefix(title, "URL_") {
		b.website(field.Value)
		return
	}
	v.set(taken)
	b.field(field)
}

// keePassExpiry adds when an entry expires.
func (b *builder) keePassExpiry(times *value) {
	if at := b.keePassTime(times.get("ExpiryTime")); !at.IsZero() {
		b.field(vault.Field{
			ID: "expires", Title: "expires", Type: vault.FieldDate, Value: at.Format(time.DateOnly),
		})
	}
}

// keePassTime converts a time: RFC 3339, or the seconds since the year 1 in base64, as within KDBX 4.
func (b *builder) keePassTime(v *value) time.Time {
	raw, err := base64.StdEncoding.DecodeString(v.plainText())
	if err == nil && len(raw) == 8 {
		const yearOneToUnix = 62135596800
		seconds := int64(binary.LittleEndian.Uint64(raw)) - yearOneToUnix
		if v.set(taken); seconds > 0 && seconds <= 1<<36 {
			return time.Unix(seconds, 0).UTC()
		}
		return time.Time{}
	}
	return b.moment(v, "Times")
}

// keePassTOTP adds a one-time password, which programs store in three ways: KeePassXC as an otpauth
// address, KeeTrayTOTP as a seed and settings, KeePass 2.47 as parameters.
func (b *builder) keePassTOTP(strs map[string]*value) {
	if seed := b.keePassText(strs, "otp"); seed != "" {
		if strings.Contains(seed, "key=") && !strings.Contains(seed, "otpauth:") { // KeeOtp
			values, err := url.ParseQuery(seed)
			if err == nil && values.Get("key") != "" {
				seed = totpAddress(values.Get("key"), values.Get("size"), values.Get("step"),
					values.Get("otpHashMode"))
			}
		}
		b.totp("", "", seed)
	}
	if seed := b.keePassText(strs, "TOTP Seed"); seed != "" {
		period, digits, _ := strings.Cut(b.keePassText(strs, "TOTP Settings"), ";")
		digits, _, _ = strings.Cut(digits, ";")
		b.totp("", "", totpAddress(seed, digits, period, ""))
	}
	seed := cmp.Or(
		b.keePassText(strs, "TimeOtp-Secret-Base32"),
		base32Of([]byte(b.keePassText(strs, "TimeOtp-Secret")), nil),
		base32Of(hex.DecodeString(b.keePassText(strs, "TimeOtp-Secret-Hex"))),
		base32Of(base64.StdEncoding.DecodeString(b.keePassText(strs, "TimeOtp-Secret-Base64"))),
	)
	if seed != "" {
		b.totp("", "", totpAddress(seed, b.keePassText(strs, "TimeOtp-Length"),
			b.keePassText(strs, "TimeOtp-Period"), b.keePassText(strs, "TimeOtp-Algorithm")))
	}
}

func base32Of(secret []byte, err error) string {
	if err != nil || len(secret) == 0 {
		return ""
	}
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
}

// totpAddress returns the otpauth address of a seed. Of settings that are usual it returns the seed.
func totpAddress(seed, digits, period, algorithm string) string {
	algorithm = strings.ReplaceAll(strings.TrimPrefix(strings.ToUpper(algorithm), "HMAC-"), "-", "")
	if (digits == "" || digits == "6") && (period == "" || period == "30") &&
		(algorithm == "" || algorithm == "SHA1") {
		return seed
	}
	values := url.Values{"secret": {strings.ReplaceAll(seed, " ", "")}}
	if digits == "S" {
		values.Set("encoder", "steam")
		digits = ""
	}
	for name, text := range map[string]string{
		"digits": digits, "period": period, "algorithm": algorithm,
	} {
		if text != "" {
			values.Set(name, text)
		}
	}
	return "otpauth://totp/?" + values.Encode()
}
