package vault

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"itemshare/fault"
)

// Why a value makes no code. The details are sentences for people, and hold nothing of the value.
var (
	errNoSeed = fault.New(
		fault.Invalid,
		"seed_invalid",
		"This isn't a valid one-time password. Replace it with an otpauth:// address or a base32 secret.",
	)
	errCounterSeed = fault.New(fault.Invalid, "seed_counter",
		"This one-time password is counter-based (HOTP). Only time-based codes can be shown.")
	errSeedSettings = fault.New(fault.Invalid, "seed_settings",
		"This one-time password uses settings that aren't supported, so no code can be shown.")
)

// A Seed makes one-time codes (TOTP, RFC 6238).
type Seed struct {
	secret   string // base32
	settings totp.ValidateOpts
}

// seedURI matches an otpauth:// address: its type, and the label and parameters.
var seedURI = regexp.MustCompile(`(?is)^otpauth:/*([^/?#]*)(.*)$`)

// ParseSeed reads the value of a Totp field: an otpauth:// address, or a bare base32 secret, which
// means SHA-1, six digits and 30 seconds. It is lenient about what people and programs paste: blanks
// and dashes in the secret, empty parameters, characters in the label that ought to be escaped. The
// error is fault.Invalid with a sentence for people. The recipient's page reads seeds by the same
// rules; testdata/seeds.json has the cases for both.
func ParseSeed(text string) (Seed, error) {
	parameters := map[string]string{"secret": text}
	if uri := seedURI.FindStringSubmatch(strings.TrimFunc(text, isBlank)); uri != nil {
		switch strings.ToLower(uri[1]) {
		case "totp":
			parameters = seedParameters(uri[2])
		case "hotp":
			return Seed{}, errCounterSeed
		default:
			return Seed{}, errNoSeed
		}
	}
	secret, ok := seedSecret(parameters["secret"])
	if !ok {
		return Seed{}, errNoSeed
	}
	settings, ok := seedSettings(parameters)
	if !ok {
		return Seed{}, errSeedSettings
	}
	return Seed{secret, settings}, nil
}

// Code returns the code at a time, and how long it remains valid.
func (s Seed) Code(at time.Time) (code string, left time.Duration) {
	code, _ = totp.GenerateCodeCustom(
		s.secret,
		at,
		s.settings,
	) // fails on a secret that ParseSeed rejects
	period := int64(s.settings.Period)
	end := time.Unix((at.Unix()/period+1)*period, 0)
	return code, end.Sub(at)
}

// Period returns how long each code is valid.
func (s Seed) Period() time.Duration { return time.Duration(s.settings.Period) * time.Second }

// seedParameters returns the parameters of an address by name in lower case; of a name that stands
// twice, the first. A bare ?, # or % in the label or in a value does no harm.
func seedParameters(text string) map[string]string {
	parameters := map[string]string{}
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '?' || r == '&' }) {
		name, value, ok := strings.Cut(part, "=")
		name = strings.ToLower(strings.TrimFunc(name, isBlank))
		if _, seen := parameters[name]; ok && !seen {
			value, _, _ = strings.Cut(value, "#")
			parameters[name] = unescape(value)
		}
	}
	return parameters
}

var percentEncoded = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)

// unescape is url.QueryUnescape, but leaves a % that escapes nothing as it is.
func unescape(text string) string {
	text = strings.ReplaceAll(text, "+", " ")
	return percentEncoded.ReplaceAllStringFunc(text, func(escape string) string {
		char, _ := strconv.ParseUint(escape[1:], 16, 8)
		return string([]byte{byte(char)})
	})
}

var base32Text = regexp.MustCompile(`^[A-Za-z2-7]{2,}$`)

// seedSecret returns a secret without what people put between its characters, and reports whether
// it is base32 of one byte and more.
func seedSecret(text string) (string, bool) {
	text = strings.Map(func(r rune) rune {
		if isSeparator(r) {
			return -1
		}
		return r
	}, text)
	ok := base32Text.MatchString(text)
	if n := len(text) % 8; ok && (n == 1 || n == 3 || n == 6) {
		text = text[:len(text)-1] // a character that completes no byte
	}
	return text, ok
}

// isBlank reports whether a character is space, even of no width.
func isBlank(r rune) bool { return unicode.In(r, unicode.White_Space, unicode.Cf) }

// isSeparator reports whether a character of a secret is a blank, a dash or padding.
func isSeparator(r rune) bool { return isBlank(r) || unicode.Is(unicode.Pd, r) || r == '=' }

func seedSettings(parameters map[string]string) (settings totp.ValidateOpts, ok bool) {
	algorithm, ok1 := seedAlgorithm(parameters["algorithm"])
	digits, ok2 := seedNumber(parameters["digits"], 6, 4, 10)
	period, ok3 := seedNumber(parameters["period"], 30, 1, 86_400)
	settings = totp.ValidateOpts{Period: period, Digits: otp.Digits(digits), Algorithm: algorithm}
	return settings, ok1 && ok2 && ok3 && parameters["encoder"] == "" // Steam's codes are letters
}

func seedAlgorithm(name string) (otp.Algorithm, bool) {
	name = strings.ToUpper(strings.Map(func(r rune) rune {
		if isSeparator(r) || r == '_' {
			return -1
		}
		return r
	}, name))
	switch strings.TrimPrefix(name, "HMAC") {
	case "", "SHA", "SHA1":
		return otp.AlgorithmSHA1, true
	case "SHA256":
		return otp.AlgorithmSHA256, true
	case "SHA512":
		return otp.AlgorithmSHA512, true
	default:
		return 0, false
	}
}

// seedNumber reads a number between two bounds; an empty text is the usual one.
func seedNumber(text string, usual, least, most uint) (uint, bool) {
	text = strings.TrimFunc(text, isBlank)
	if text == "" {
		return usual, true
	}
	number, err := strconv.ParseUint(text, 10, 32)
	return uint(number), err == nil && uint(number) >= least && uint(number) <= most
}
