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
	VaultRevealer        // a person who may also see concealed values of its items
	VaultSharer          // a person who may share the vault's items
	VaultEditor          // a person who may create, change and delete the vault's items
	VaultManager         // a person who may rename the vault and decide who may do what there
	Administrator        // a person who manages the installation
	Enrolling            // a person, even one who must set up a second factor first

	AnyServiceAccount      // whatever its vaults
	ServiceAccountViewer   // one that may view the vault
	ServiceAccountRevealer // one that may also see concealed values of its items
	ServiceAccountSharer   // one that may share the vault's items
	ServiceAccountEditor   // one that may create, change and delete the vault's items
	EventReader            // one that may read the events of the audit log
	PeopleManager          // one that may manage people, groups, vaults and who may do what in them
)

// ForServiceAccounts reports whether the request is one that service accounts send.
func (a Access) ForServiceAccounts() bool {
	switch a {
	case AnyServiceAccount, ServiceAccountViewer, ServiceAccountRevealer, ServiceAccountSharer,
		ServiceAccountEditor, EventReader, PeopleManager:
		return true
	}
	return false
}

// Check returns nil if me may send a request about a vault. A vault that me may not
// view does not exist for them, which is fault.NotFound; what they may view and not
// reveal, share, edit or manage is fault.Forbidden.
func (a Access) Check(me Identity, vaultID string) error {
	if me.Program() != a.ForServiceAccounts() {
		return fault.Of(fault.Unauthenticated)
	}
	if me.Enrolls && a != Enrolling {
		return fault.New(
			fault.Forbidden, fault.CodeFactorRequired, "Set up a second factor before you go on.",
		)
	}
	switch a {
	case SignedIn, Enrolling, AnyServiceAccount:
		return nil
	case VaultViewer, VaultRevealer, VaultSharer, VaultEditor,
		ServiceAccountViewer, ServiceAccountRevealer, ServiceAccountSharer, ServiceAccountEditor:
		return a.checkVault(me, vaultID)
	case EventReader:
		if me.Events {
			return nil
		}
		return fault.New(fault.Forbidden, fault.CodeForbidden,
			"This service account can't read events. An admin can create one that can.")
	case PeopleManager:
		if me.People {
			return nil
		}
		return fault.New(fault.Forbidden, fault.CodeForbidden,
			"This service account can't manage people. An admin can create one that can.")
	case VaultManager:
		return a.checkManager(me, vaultID)
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
	if !me.MayView(vaultID) {
		return fault.Of(fault.NotFound)
	}
	if a.mayIn(me, vaultID) {
		return nil
	}
	return fault.New(fault.Forbidden, fault.CodeForbidden, a.refusal())
}

// checkManager is about the vault itself, so that it needs no view of its items: an archived vault
// has none.
func (a Access) checkManager(me Identity, vaultID string) error {
	if me.MayManage(vaultID) {
		return nil
	}
	if !me.MayView(vaultID) {
		return fault.Of(fault.NotFound)
	}
	return fault.New(fault.Forbidden, fault.CodeForbidden,
		"You can view items in this vault but can't manage it. Ask an admin for access.")
}

// mayIn reports whether somebody who may view a vault has the right that a names.
func (a Access) mayIn(me Identity, vaultID string) bool {
	switch a {
	case VaultRevealer, ServiceAccountRevealer:
		return me.MayReveal(vaultID)
	case VaultSharer, ServiceAccountSharer:
		return me.MayShare(vaultID)
	case VaultEditor, ServiceAccountEditor:
		return me.MayEdit(vaultID)
	}
	return true
}

// refusal says what somebody who may view a vault may not do there.
func (a Access) refusal() string {
	switch {
	case a == ServiceAccountSharer:
		return "This service account can view items in this vault but can't share them. " +
			"An admin can create one that can."
	case a == ServiceAccountRevealer:
		return "This service account can view items in this vault but not their concealed values or " +
			"files. An admin can create one that can."
	case a == ServiceAccountEditor:
		return "This service account can view items in this vault but can't change them. " +
			"An admin can create one that can."
	case a == VaultSharer:
		return "You can view items in this vault but can't share them. Ask an admin for access."
	case a == VaultEditor:
		return "You can view items in this vault but can't change them. Ask an admin for access."
	}
	return "You can view items in this vault but can't reveal their concealed values. " +
		"Ask an admin for access."
}
