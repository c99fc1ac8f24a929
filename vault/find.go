package vault

import (
	"slices"
	"strings"

	"itemshare/fault"
)

// Find gives the vault of that id or, whatever its case, that name. A name that
// several vaults have is fault.Invalid.
func Find(vaults []Info, nameOrID string) (Info, error) {
	if i := slices.IndexFunc(vaults, func(v Info) bool { return v.ID == nameOrID }); i >= 0 {
		return vaults[i], nil
	}
	var named []Info
	for _, info := range vaults {
		if strings.EqualFold(info.Title, strings.TrimSpace(nameOrID)) {
			named = append(named, info)
		}
	}
	switch len(named) {
	case 0:
		return Info{}, fault.New(fault.NotFound, fault.CodeNotFound, "There is no vault of that name.")
	case 1:
		return named[0], nil
	}
	return Info{}, fault.Field("vault", fault.CodeInvalid, "Several vaults have that name. Name the id of one of them.")
}
