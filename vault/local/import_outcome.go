package local

import (
	"bytes"

	"itemshare/vault"
)

// decide returns what becomes of an entry that earlier is the same as, if anything.
func (r *importRun) decide(number int, earlier earlierItem, digest []byte) vault.ImportAct {
	decision := r.in.Duplicates
	if r.in.Decide != nil {
		if single := r.in.Decide(number); single != vault.UsualDuplicates {
			decision = single
		}
	}
	switch {
	case earlier.match == vault.NoMatch:
		return vault.ImportAdded
	case bytes.Equal(earlier.digest, digest):
		return vault.ImportUnchanged
	case decision == vault.KeepDuplicates:
		return vault.ImportAdded
	case decision == vault.SkipDuplicates, decision == vault.UsualDuplicates && earlier.match == vault.ByContent:
		return vault.ImportSkipped
	}
	return vault.ImportUpdated
}
