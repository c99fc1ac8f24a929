package views

import (
	"slices"
	"time"

	"github.com/dustin/go-humanize"

	"itemshare/share"
)

// RevocationsProps are the values of the fragment Revocations, the newest order first.
type RevocationsProps struct {
	Paths  Paths
	Orders []RevocationRow
}

// RevocationRow is an order to revoke the links that break a policy. Vault is the name of its
// vault, "" for links of every vault; Account is the vault's own account, "" if it has none.
type RevocationRow struct {
	share.Revocation
	Vault   string
	Account string
	At      time.Time
}

// running reports whether an order goes on.
func (p RevocationsProps) running() bool {
	return slices.ContainsFunc(p.Orders, func(o RevocationRow) bool { return o.Running() })
}

func revocationsHead(p RevocationsProps) string {
	if p.running() {
		return "Revoking links"
	}
	return "Revoked links"
}

// revocationState is the state of an order in one word.
func revocationState(o RevocationRow) string {
	if o.Running() {
		return "running"
	}
	return string(o.Outcome)
}

func revokingWords(o RevocationRow) string {
	return "Revoking links that break the policy: " + humanize.Comma(int64(o.Revoked)) + " so far."
}

func checkedWords(o RevocationRow) string {
	if o.Total == 0 {
		return "Starting."
	}
	return humanize.Comma(int64(o.Judged)) + " of " + count(o.Total, "active link") + " checked."
}

func revokedWords(o RevocationRow) string {
	words := count(o.Revoked, "link") + " revoked"
	if o.Outcome == share.RevocationReplaced {
		return words + ". Stopped there, because the policy was saved again."
	}
	return words + "."
}

// leftWords counts the links that only the vault's own account can revoke.
func leftWords(o RevocationRow) string {
	if o.Native == 1 {
		return "1 more link breaks the policy. Revoke it in " + o.Account + "."
	}
	return count(o.Native, "more link") + " break the policy. Revoke them in " + o.Account + "."
}

// revocationScope begins the sentence of whose policy was saved, by whom and when.
func revocationScope(o RevocationRow) string {
	if o.VaultID == "" {
		return "Account policy, saved by "
	}
	if o.Vault == "" {
		return "Policy of a vault, saved by "
	}
	return "Policy of " + o.Vault + ", saved by "
}
