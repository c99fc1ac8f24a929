package views

import (
	"strings"

	"itemshare/account"
	"itemshare/fault"
)

// Rights are what somebody may do in a vault.
type Rights struct{ View, Reveal, Share, Edit, Manage bool }

// Grant returns the grant that the rights are, of nobody yet. View follows from any other.
func (r Rights) Grant(vaultID string) account.Grant {
	return account.Grant{
		VaultID: vaultID, View: r != Rights{}, Share: r.Share, Edit: r.Edit, Manage: r.Manage,
		NoReveal: !r.Reveal && r != Rights{},
	}
}

// right is one of the rights, with its name and what it means.
type right struct {
	Name, Words, Hint string
	Has               func(Rights) bool
}

// allRights lists the rights in the order of tables and forms. It is never modified.
var allRights = [...]right{
	{"view", "View", "See titles, usernames and other fields.", func(r Rights) bool { return r.View }},
	{"reveal", "Reveal", "See passwords and other concealed values.", func(r Rights) bool { return r.Reveal }},
	{
		"share", "Share", "Create links to items. Without Reveal, only for people who have no account here.",
		func(r Rights) bool { return r.Share },
	},
	{"edit", "Edit", "Create, change and delete items.", func(r Rights) bool { return r.Edit }},
	{
		"manage", "Manage", "Rename and archive the vault, and decide who can do what here.",
		func(r Rights) bool { return r.Manage },
	},
}

// RightSource is where rights come from: a group, or for "" a grant of one's own.
type RightSource struct {
	Group  string
	Rights Rights
}

// GrantRow is what a group, a person or a service account can do in a vault, and where that comes from.
type GrantRow struct {
	VaultID  string
	Vault    string // title
	Archived bool   // the vault
	ID       string // of the group or user
	User     string // name, "" where nobody has access
	Email    string // "" unless it is a person
	Group    bool
	Rights   Rights
	Sources  []RightSource
}

// VaultsProps are the values of VaultsPage and of its fragment GrantList.
type VaultsProps struct {
	Shell    Shell
	Filter   ListFilter
	Empty    bool // there are no vaults
	MayAdd   bool // vaults are made here
	Name     string
	Problems []fault.Problem
	Grants   []GrantRow
	Next     string
}

// VaultAccessProps are the values of VaultAccessPage and of its fragment AccessList.
type VaultAccessProps struct {
	Shell    Shell
	Filter   ListFilter
	Vault    Option
	Name     string // in the form
	Archived bool
	Kept     bool // vaults are renamed and archived here
	MayView  bool
	Items    int
	Links    int // active ones
	Who      *Lookup
	Form     GrantForm
	Problems []fault.Problem
	Grants   []GrantRow
	Next     string
}

// GrantForm is the form for somebody's rights. Editing is the name of the one whose they are.
type GrantForm struct {
	Editing string
	Rights  Rights
}

// GroupsProps are the values of GroupsPage and of its fragment GroupList.
type GroupsProps struct {
	Shell    Shell
	Filter   ListFilter
	None     bool // there are no groups
	Name     string
	Problems []fault.Problem
	Groups   []GroupRow
	Next     string
}

// GroupRow is a group in a list.
type GroupRow struct {
	ID      string
	Name    string
	Members int
	Vaults  int
}

// GroupProps are the values of GroupPage and of its fragment MemberList.
type GroupProps struct {
	Shell    Shell
	Filter   ListFilter
	Group    GroupRow
	Name     string // in the form
	Losers   int    // members who would lose a vault altogether without it
	Who      *Lookup
	Problems []fault.Problem
	Members  []User
	Next     string
	Grants   []GrantRow // of the group
}

// vaultGrants are the rows of one vault on a page.
type vaultGrants struct {
	ID, Name string
	Archived bool
	Grants   []GrantRow // none where nobody has access
}

// byVault splits the rows of a page, which come vault by vault.
func byVault(rows []GrantRow) []vaultGrants {
	var list []vaultGrants
	for _, g := range rows {
		if len(list) == 0 || list[len(list)-1].ID != g.VaultID {
			list = append(list, vaultGrants{ID: g.VaultID, Name: g.Vault, Archived: g.Archived})
		}
		if last := &list[len(list)-1]; g.User != "" {
			last.Grants = append(last.Grants, g)
		}
	}
	return list
}

// grantee returns the email address of a person with rights, or says what else it is.
func grantee(g GrantRow) string {
	switch {
	case g.Group:
		return "Group"
	case g.Email == "":
		return "Service account"
	}
	return g.Email
}

// sourceWords says where a person's right comes from: "Own, Ops". A group and a service account have
// their own alone.
func sourceWords(g GrantRow, r right) string {
	if g.Email == "" {
		return ""
	}
	var all []string
	for _, source := range g.Sources {
		switch {
		case !r.Has(source.Rights):
		case source.Group == "":
			all = append(all, "Own")
		default:
			all = append(all, source.Group)
		}
	}
	return strings.Join(all, ", ")
}

// isChangeable reports whether the rights can be changed on the vault's page: those of a service account
// are set when it is created.
func isChangeable(g GrantRow) bool { return g.Group || g.Email != "" }

// vaultStays says what goes on while a vault is archived.
func vaultStays(p VaultAccessProps) string {
	switch p.Links {
	case 0:
		return "No links to its items are active."
	case 1:
		return "1 active link to its items keeps working; revoke it in the history."
	}
	return count(p.Links, "active link") + " to its items keep working; revoke them in the history."
}

// archiveWords says what the archive of a vault does.
func archiveWords(p VaultAccessProps) string {
	return "No one can view, share or change its " + count(p.Items, "item") +
		" until it is restored. " + vaultStays(p)
}

func confirmArchive(p VaultAccessProps) confirmation {
	return confirmation{
		ID: "archive-vault", TestID: "archive-ask", Icon: "archive", Words: "Archive vault",
		Heading: "Archive " + p.Name + "?", Action: p.Shell.Paths.VaultAct(p.Vault.ID, "archive"),
		Do: "Archive vault", DoTest: "archive",
	}
}

func confirmDeleteGroup(p GroupProps) confirmation {
	return confirmation{
		ID: "delete-group", TestID: "delete-ask", Icon: "trash-2", Words: "Delete group",
		Heading: "Delete " + p.Group.Name + "?", Action: p.Shell.Paths.DeleteGroup(p.Group.ID),
		Do: "Delete group", DoTest: "delete",
	}
}

// groupLoss says what the deletion of a group takes from its members.
func groupLoss(p GroupProps) string {
	words := "It has " + count(p.Group.Members, "member") + " and gives rights in " +
		count(p.Group.Vaults, "vault") + ". Members lose the rights that only it gives them, right away."
	switch p.Losers {
	case 0:
		return words + " Everyone keeps access to each of these vaults in another way."
	case 1:
		return words + " 1 person loses access to a vault altogether."
	}
	return words + " " + count(p.Losers, "people") + " lose access to a vault altogether."
}

func confirmRemoveMember(p GroupProps, u User) confirmation {
	return confirmation{
		ID: "remove-" + u.ID, TestID: "remove-ask", Icon: "x", Words: "Remove",
		Label: "Remove " + u.Name, Heading: "Remove " + u.Name + " from " + p.Group.Name + "?",
		Action: p.Shell.Paths.RemoveMember(p.Group.ID, u.ID), Do: "Remove from group", DoTest: "remove",
	}
}

// address is the page of a vault's access with a filter.
func (p VaultAccessProps) address(f ListFilter) string {
	return p.Shell.Paths.VaultAccess(p.Vault.ID, f)
}

// address is the group's page with a filter.
func (p GroupProps) address(f ListFilter) string { return p.Shell.Paths.Group(p.Group.ID, f) }

// foundHolders is how many on the page have access: the row of a vault without any is none.
func foundHolders(p VaultAccessProps) int {
	n := 0
	for _, g := range p.Grants {
		if g.User != "" {
			n++
		}
	}
	return n
}
