package cli

import (
	"fmt"
	"strconv"
	"strings"

	"itemshare/account"
)

type groupAddCommand struct {
	Name string `arg:"" help:"The group's name."`
}

// Run adds a group.
func (c *groupAddCommand) Run(p *program) error {
	return p.with(p.open, func(in *installation) error {
		added, err := in.accounts.AddGroup(p.ctx, "", c.Name)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.stdout, "Added the group %s (%s).\n", plain(added.Name), added.ID)
		return err
	})
}

type groupListCommand struct {
	JSON bool `help:"Print a JSON list, as without a terminal." name:"json"`
}

// groupLine is a group in a list.
type groupLine struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Members []string `json:"members"` // their email addresses
	Vaults  int      `json:"vaults"`
}

// Run lists all groups by name, with their members.
func (c *groupListCommand) Run(p *program) error {
	return p.with(p.openExisting, func(in *installation) error {
		groups, err := everyPage(func(f account.Find) (account.Listed[account.Group], error) {
			return in.accounts.FindGroups(p.ctx, f)
		})
		if err != nil {
			return err
		}
		lines, rows := make([]groupLine, len(groups)), make([][]string, len(groups))
		for i, g := range groups {
			lines[i] = groupLine{ID: g.ID, Name: g.Name, Members: []string{}, Vaults: g.Vaults}
			members, err := everyPage(func(f account.Find) (account.Listed[account.User], error) {
				return in.accounts.FindMembers(p.ctx, g.ID, f)
			})
			if err != nil {
				return err
			}
			for _, u := range members {
				lines[i].Members = append(lines[i].Members, u.Email)
			}
			rows[i] = []string{
				g.ID, plain(oneLine(g.Name)), strconv.Itoa(g.Vaults),
				strings.Join(lines[i].Members, ", "),
			}
		}
		if c.JSON || !isTerminal(p.stdout) {
			return printJSON(p.stdout, lines)
		}
		return printTable(p.stdout, []string{"ID", "GROUP", "VAULTS", "MEMBERS"}, rows)
	})
}

// everyPage returns all rows of a list that comes in pages.
func everyPage[T any](find func(account.Find) (account.Listed[T], error)) (all []T, err error) {
	const limit = 200
	for after := ""; ; {
		page, err := find(account.Find{After: after, Limit: limit})
		if err != nil {
			return nil, err
		}
		all = append(all, page.Rows...)
		if page.Next == "" {
			return all, nil
		}
		after = page.Next
	}
}

type groupMemberCommand struct {
	Group  string `required:"" help:"Name or ID of the group."`
	Email  string `required:"" help:"The user's email address." placeholder:"ADDRESS"`
	Remove bool   `help:"Take the user out of the group."`
}

// Run adds a user to a group or takes them out.
func (c *groupMemberCommand) Run(p *program) error {
	return p.changeGroup(c.Group, func(in *installation, g account.Group) (string, error) {
		user, err := in.accounts.UserByEmail(p.ctx, c.Email)
		if err != nil {
			return "", nameMissing("user", c.Email, err)
		}
		done := "is in the group"
		if c.Remove {
			done = "is not in the group"
		}
		return fmt.Sprintf("%s %s %s now.\n", user.Email, done, plain(g.Name)),
			in.accounts.SetMember(p.ctx, "", g.ID, user.ID, !c.Remove)
	})
}

type groupRenameCommand struct {
	Group string `required:"" help:"Name or ID of the group."`
	Name  string `arg:"" help:"The new name."`
}

// Run renames a group.
func (c *groupRenameCommand) Run(p *program) error {
	return p.changeGroup(c.Group, func(in *installation, g account.Group) (string, error) {
		return fmt.Sprintf("The group %s is called %s now.\n", plain(g.Name), plain(c.Name)),
			in.accounts.RenameGroup(p.ctx, "", g.ID, c.Name)
	})
}

type groupRemoveCommand struct {
	Group string `arg:"" help:"Name or ID of the group."`
}

// Run deletes a group.
func (c *groupRemoveCommand) Run(p *program) error {
	return p.changeGroup(c.Group, func(in *installation, g account.Group) (string, error) {
		return fmt.Sprintf("Removed the group %s. Members lost the rights that only it gave them "+
				"(members: %d, vaults: %d).\n", plain(g.Name), g.Members, g.Vaults),
			in.accounts.DeleteGroup(p.ctx, "", g.ID)
	})
}

// changeGroup changes a group, and says so.
func (p *program) changeGroup(
	nameOrID string, change func(*installation, account.Group) (string, error),
) error {
	return p.with(p.openExisting, func(in *installation) error {
		group, err := in.accounts.FindGroup(p.ctx, nameOrID)
		if err != nil {
			return nameMissing("group", nameOrID, err)
		}
		done, err := change(in, group)
		if err == nil {
			_, err = fmt.Fprint(p.stdout, done)
		}
		return err
	})
}
