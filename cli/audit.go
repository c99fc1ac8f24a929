package cli

import (
	"errors"
	"fmt"

	"itemshare/audit"
)

type auditVerifyCommand struct {
	Head string `placeholder:"HEX" help:"The head that an earlier check printed: shows whether the end was cut off since."`
}

// The exit codes of audit verify, beside 0 for an intact chain.
const (
	chainBroken    = 1
	chainUnchecked = 2
)

// Run checks the whole chain.
func (c *auditVerifyCommand) Run(p *program) error {
	var report audit.Report
	err := p.with(p.openExisting, func(in *installation) (err error) {
		report, err = audit.Verify(p.ctx, in.db, in.chainMAC, c.Head)
		return err
	})
	var broken *audit.Broken
	if errors.As(err, &broken) {
		return exitError{chainBroken, fmt.Sprintf("the audit chain is broken at event %d: %s", broken.Number, broken.Reason)}
	}
	if err != nil {
		return exitError{chainUnchecked, "the audit chain could not be checked: " + sentence(err)}
	}
	_, err = fmt.Fprintf(p.stdout, "The audit chain is intact: %d events, head %s, %d not sealed yet.\n", report.Count, report.Head, report.Unsealed)
	return err
}
