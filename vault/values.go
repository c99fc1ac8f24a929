package vault

import (
	"time"

	"itemshare/fault"
)

// CheckValue returns fault.Invalid with a sentence for people if a value can't be what the type of its
// field says: a date, a month, a one-time password, a private key. Any value of another type is accepted,
// and so is none.
func CheckValue(f Field) error {
	if f.Value == "" {
		return nil
	}
	switch f.Type {
	case FieldTOTP:
		_, err := ParseSeed(f.Value)
		return err
	case FieldDate:
		if !IsDate(f.Value) {
			return badValue("Enter a date such as 2027-04-30.")
		}
	case FieldMonthYear:
		if !IsMonth(f.Value) {
			return badValue("Enter a year and a month such as 2029-11.")
		}
	case FieldSSHKey:
		if !IsPrivateKey(f.Value) {
			return badValue("This isn't a private key that OpenSSH reads. Paste the whole text, " +
				"from -----BEGIN to -----END, or choose another type.")
		}
	}
	return nil
}

func badValue(detail string) error { return fault.New(fault.Invalid, fault.CodeInvalid, detail) }

// IsDate reports whether a text is a day as a field of the type Date has it, such as 2027-04-30.
func IsDate(text string) bool { return isTime(time.DateOnly, text) }

// IsMonth reports whether a text is a month as a field of the type MonthYear has it, such as 2029-11.
func IsMonth(text string) bool { return isTime("2006-01", text) }

// isTime reports whether a text has a layout. There is no year 0.
func isTime(layout, text string) bool {
	at, err := time.Parse(layout, text)
	return err == nil && at.Year() > 0 && at.Format(layout) == text
}
