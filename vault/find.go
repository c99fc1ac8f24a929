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
	ids := make([]string, len(matches))
	for i, info := range matches {
		ids[i] = info.ID
	}
	return Info{}, fault.Field(
		"vault",
		fault.CodeInvalid,
		"Several vaults have this name. Use an ID instead: "+strings.Join(ids, ", ")+".",
	)
}

// Distinct returns vaults whose titles tell them apart: one that several have, whatever its case, is
// followed by the end of the vault's ID.
func Distinct(vaults []Info) []Info {
	count := map[string]int{}
	for _, info := range vaults {
		count[strings.ToLower(info.Title)]++
	}
	distinct := slices.Clone(vaults)
	for i, info := range distinct {
		if count[strings.ToLower(info.Title)] > 1 {
			distinct[i].Title = info.Title + " (" + info.ID[max(0, len(info.ID)-4):] + ")"
		}
	}
	return distinct
}
