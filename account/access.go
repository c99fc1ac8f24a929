package account

import "itemshare/fault"

// Access says who may send a request. Its zero value admits nobody.
type Access int

// People are known by their session, service accounts by their token: a cookie
// counts for nothing on a request for service accounts.
const (
	Nobody        Access = iota
	Anyone               // with or without a session
	SignedIn             // a person; what belongs to others stays hidden by the service
	VaultViewer          // a person who may view the vault
	VaultSharer          // a person who may share the vault's items
	Administrator        // a person who manages the installation

	AnyServiceAccount    // whatever its vaults
	ServiceAccountViewer // one that may view the vault
	ServiceAccountSharer // one that may share the vault's items
)

// ForServiceAccounts reports whether the request is one that service accounts send.
func (a Access) ForServiceAccounts() bool {
	return a == AnyServiceAccount || a == ServiceAccountViewer || a == ServiceAccountSharer
}

// Check returns nil if me may send a request about a vault. A vault that me may not
// view does not exist for them, which is fault.NotFound; what they may view and not
// share, or not manage, is fault.Forbidden.
func (a Access) Check(me Identity, vaultID string) error {
	if me.Program() != a.ForServiceAccounts() {
		return fault.Of(fault.Unauthenticated)
	}
	switch a {
	case SignedIn, AnyServiceAccount:
		return nil
	case VaultViewer, VaultSharer, ServiceAccountViewer, ServiceAccountSharer:
		return a.checkVault(me, vaultID)
	case Administrator:
		if me.Admin() {
			return nil
		}
		return fault.New(fault.Forbidden, fault.CodeForbidden, "Only admins can open this page.")
	default:
		return fault.Of(fault.Forbidden)
	}
}

func (a Access) checkVault(me Identity, vaultID string) error {
	viewing := a == VaultViewer || a == ServiceAccountViewer
	switch {
	case !me.MayView(vaultID):
		return fault.Of(fault.NotFound)
	case viewing, me.MayShare(vaultID):
		return nil
	case a == ServiceAccountSharer:
		return fault.New(
			fault.Forbidden,
			fault.CodeForbidden,
			"This service account can view items in this vault but can't share them. An admin can create one that can.",
		)
	default:
		return fault.New(fault.Forbidden, fault.CodeForbidden,
			"You can view items in this vault but can't share them. Ask an admin for access.")
	}
}
