package views

import (
	"slices"
	"time"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/share"
)

// MailProps are the values of MailPage.
type MailProps struct {
	Shell    Shell
	Off      bool // email is off
	Waiting  int
	Oldest   time.Time
	Failures []Undelivered // newest first
	Codes    []UndeliveredCode
	To       string    // as entered
	Test     *MailTest // the test email that was just sent, nil for none
	Problems []fault.Problem
}

// MailTest is what became of a test email. Reason says why it was not sent, "" if it was.
type MailTest struct {
	To     string
	Answer string
	Reason string
}

// MailBacklog is the number of emails that wait to be sent, and since when the oldest does.
type MailBacklog struct {
	Waiting int
	Oldest  time.Time
}

// Undelivered is a code email that could not be delivered.
type Undelivered = share.Undelivered

// UndeliveredCode is the email with a person's code that could not be delivered.
type UndeliveredCode struct {
	account.Undelivered
	Email string
}

// isUndelivered reports whether an email was given up.
func isUndelivered(failures []Undelivered) bool {
	return slices.ContainsFunc(failures, func(f Undelivered) bool { return !f.Retried })
}

func undeliveredHeading(failures []Undelivered) string {
	if isUndelivered(failures) {
		return "A code couldn't be delivered"
	}
	return "A code hasn't been delivered yet"
}
