package cli

import (
	"strings"

	"itemshare/account"
	"itemshare/fault"
)

// accessSource says where rights come from.
type accessSource struct {
	Group  string   `json:"group,omitempty"` // its name, "" for rights of their own
	Rights []string `json:"rights"`
}

// holderLine is who can do what in a vault.
type holderLine struct {
	Type    string         `json:"type"` // user, group or serviceAccount, as in the API
	ID      string         `json:"id"`
	Name    string         `json:"name"`
	Email   string         `json:"email,omitempty"`
	Rights  []string       `json:"rights"` // from all sources
	Sources []accessSource `json:"sources"`
}

// vaultAccessLine is what a user or a group can do in a vault.
type vaultAccessLine struct {
	VaultID  string         `json:"vault_id"`
	Vault    string         `json:"vault"`
	Archived bool           `json:"archived"`
	Rights   []string       `json:"rights"` // from all sources
	Sources  []accessSource `json:"sources"`
}

type vaultAccessCommand struct {
	Vault string `required:"" help:"Name or ID of the vault."`
	JSON  bool   `help:"Print a JSON list, as without a terminal." name:"json"`
}

// Run lists who can do what in a vault, by name.
func (c *vaultAccessCommand) Run(p *program) error {
	return p.with(p.openExisting, func(in *installation) error {
		found, err := in.findVault(p.ctx, c.Vault)
		if err != nil {
			return err
		}
		holders, err := everyPage(func(f account.Find) (account.Listed[account.Grantee], error) {
			return in.accounts.FindGrantees(p.ctx, []account.Named{{ID: found.ID}}, f)
		})
		if err != nil {
			return err
		}
		names := groupNames{p: p, in: in, known: map[string]string{}}
		lines, rows := []holderLine{}, [][]string{}
		for _, g := range holders {
			if g.UserID+g.GroupID == "" {
				continue // nobody has access
			}
			line, err := names.holder(g)
			if err != nil {
				return err
			}
			lines = append(lines, line)
			rows = append(rows, []string{
				line.Name, line.Email, strings.Join(line.Rights, ", "), sourceWords(line.Sources),
			})
		}
		if c.JSON || !isTerminal(p.stdout) {
			return printJSON(p.stdout, lines)
		}
		return printTable(p.stdout, []string{"NAME", "EMAIL", "CAN", "FROM"}, rows)
	})
}

type userAccessCommand struct {
	Email string `required:"" placeholder:"ADDRESS" help:"The user's email address."`
	JSON  bool   `help:"Print a JSON list, as without a terminal." name:"json"`
}

// Run lists what a user can do in which vault.
func (c *userAccessCommand) Run(p *program) error {
	return p.with(p.openExisting, func(in *installation) error {
		user, err := in.accounts.UserByEmail(p.ctx, c.Email)
		if err != nil {
			return nameMissing("user", c.Email, err)
		}
		grants, err := in.accounts.RightsOf(p.ctx, []string{user.ID})
		if err != nil {
			return err
		}
		return p.printAccess(in, grants, c.JSON)
	})
}

type groupAccessCommand struct {
	Group string `required:"" help:"Name or ID of the group."`
	JSON  bool   `help:"Print a JSON list, as without a terminal." name:"json"`
}

// Run lists what a group gives its members in which vault.
func (c *groupAccessCommand) Run(p *program) error {
	return p.with(p.openExisting, func(in *installation) error {
		group, err := in.accounts.FindGroup(p.ctx, c.Group)
		if err != nil {
			return nameMissing("group", c.Group, err)
		}
		grants, err := in.accounts.GroupGrants(p.ctx, group.ID)
		if err != nil {
			return err
		}
		for i := range grants {
			grants[i].GroupID = "" // its own
		}
		return p.printAccess(in, grants, c.JSON)
	})
}

// printAccess lists grants by vault: those of one vault stand together.
func (p *program) printAccess(in *installation, grants []account.Grant, asJSON bool) error {
	titles, names := in.vaultTitles(p.ctx), groupNames{p: p, in: in, known: map[string]string{}}
	lines, rows := []vaultAccessLine{}, [][]string{}
	for _, g := range account.ByVault(grants) {
		sources, err := names.sources(g.Sources, "")
		if err != nil {
			return err
		}
		line := vaultAccessLine{
			VaultID: g.VaultID, Vault: titles[g.VaultID], Archived: g.Archived, Rights: g.Rights(),
			Sources: sources,
		}
		lines = append(lines, line)
		rows = append(rows, []string{
			line.VaultID, line.Vault, archivedWord(line.Archived),
			strings.Join(line.Rights, ", "), sourceWords(line.Sources),
		})
	}
	if asJSON || !isTerminal(p.stdout) {
		return printJSON(p.stdout, lines)
	}
	return printTable(p.stdout, []string{"ID", "VAULT", "STATUS", "CAN", "FROM"}, rows)
}

// sourceWords says where rights come from.
func sourceWords(sources []accessSource) string {
	words := make([]string, len(sources))
	for i, s := range sources {
		words[i] = "directly"
		if s.Group != "" {
			words[i] = "group " + s.Group
		}
	}
	return strings.Join(words, ", ")
}

// groupNames names groups, each of which it loads once.
type groupNames struct {
	p     *program
	in    *installation
	known map[string]string
}

func (n groupNames) of(id string) (string, error) {
	if name, ok := n.known[id]; ok || id == "" {
		return name, nil
	}
	group, err := n.in.accounts.Group(n.p.ctx, id)
	if err != nil && fault.KindOf(err) != fault.NotFound { // deleted meanwhile
		return "", err
	}
	n.known[id] = group.Name
	return group.Name, nil
}

// sources returns where the rights come from of whoever has an ID, which counts as their own.
func (n groupNames) sources(grants []account.Grant, ownID string) (all []accessSource, err error) {
	for _, g := range grants {
		source := accessSource{Rights: g.Rights()}
		if g.GroupID != ownID {
			source.Group, err = n.of(g.GroupID)
		}
		if err != nil {
			return nil, err
		}
		all = append(all, source)
	}
	return all, nil
}

func (n groupNames) holder(g account.Grantee) (line holderLine, err error) {
	line = holderLine{
		Type: "serviceAccount", ID: g.UserID + g.GroupID, Name: g.Name, Email: g.Email, Rights: g.Rights(),
	}
	switch {
	case g.GroupID != "":
		line.Type = "group"
	case g.Email != "":
		line.Type = "user"
	}
	line.Sources, err = n.sources(g.Sources, g.GroupID)
	return line, err
}
