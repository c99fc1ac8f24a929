package cli

import (
	"errors"
	"fmt"

	"itemshare/audit"
)

type auditVerifyCommand struct {
	Head string `placeholder:"HEX" help:"${audit_verify_head}"`
}

// The exit codes of audit verify besides 0, which means that the chain is intact.
const (
	chainBroken    = 1
	chainUnchecked = 2
)

// Run verifies the whole chain.
func (c *auditVerifyCommand) Run(p *program) error {
	var report audit.Report
	err := p.with(p.openExisting, func(in *installation) (err error) {
		report, err = audit.Verify(p.ctx, in.db, in.chainMAC, c.Head)
		return err
	})
	var broken *audit.Broken
	if errors.As(err, &broken) {
		return exitError{
			chainBroken,
			fmt.Sprintf("the audit log is broken at event %d: %s", broken.Number, broken.Reason),
		}
	}
	if err != nil {
		return exitError{chainUnchecked, "the audit log could not be checked: " + sentence(err)}
	}
	_, err = fmt.Fprintf(
		p.stdout,
		"Audit log verified. %d events, checksum %s, %d not sealed yet.\n",
		report.Count,
		report.Head,
		report.Unsealed,
	)
	return err
}
