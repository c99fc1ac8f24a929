package vault

import (
	"slices"
	"strings"

	"itemshare/fault"
)

// Find returns the vault with an ID or, ignoring case, a name. A name that several vaults have is
// fault.Invalid.
func Find(vaults []Info, nameOrID string) (Info, error) {
	if i := slices.IndexFunc(vaults, func(v Info) bool { return v.ID == nameOrID }); i >= 0 {
		return vaults[i], nil
	}
	var matches []Info
	for _, info := range vaults {
		if strings.EqualFold(info.Title, strings.TrimSpace(nameOrID)) {
			matches = append(matches, info)
		}
	}
	switch len(matches) {
	case 0:
		return Info{}, fault.New(
			fault.NotFound,
			fault.CodeNotFound,
			"No vault has this name or ID.",
		)
	case 1:
		return matches[0], nil
	}
	return Info{}, fault.Field(
		"vault",
		fault.CodeInvalid,
		"Several vaults have this name. Use the vault's ID instead.",
	)
}
