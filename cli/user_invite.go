package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"itemshare/account"
)

type userInviteCommand struct {
	Email string   `required:"" placeholder:"ADDRESS" help:"Email address."`
	Name  string   `required:"" help:"Name, shown to recipients."`
	Role  string   `required:"" help:"Role: admin or member." enum:"admin,member"`
	Group []string `placeholder:"GROUP" help:"Name or ID of a group that they join. Can be repeated." sep:"none"`
	codeFlags
}

// Run invites a user. The server that runs sends the email.
func (c *userInviteCommand) Run(p *program) error {
	return c.with(p, p.open, func(in *installation, post account.Post) error {
		groups, err := p.groupIDs(in, c.Group)
		if err != nil {
			return err
		}
		issued, err := in.accounts.Invite(p.ctx, "", account.NewInvite{
			Email: c.Email, Name: c.Name, Role: account.Role(c.Role), Groups: groups,
		}, post)
		if err != nil {
			return err
		}
		if post.Mailer != nil {
			return p.say("Invited %s. The server will send the email.\n", issued.User.Email)
		}
		return p.sayLink("Invited "+issued.User.Email+". Give them this link, which works once", issued, post)
	})
}

// groupIDs returns the IDs of groups by their names or IDs, each once.
func (p *program) groupIDs(in *installation, named []string) (ids []string, err error) {
	for _, nameOrID := range named {
		group, err := in.accounts.FindGroup(p.ctx, nameOrID)
		if err != nil {
			return nil, nameMissing("group", nameOrID, err)
		}
		if !slices.Contains(ids, group.ID) {
			ids = append(ids, group.ID)
		}
	}
	return ids, nil
}

type userListCommand struct {
	JSON bool `help:"Print JSON."`
}

// listedUser is a user as the list prints them.
type listedUser struct {
	ID       string     `json:"id"`
	Email    string     `json:"email"`
	Name     string     `json:"name"`
	Role     string     `json:"role"`
	Status   string     `json:"status"` // active, invited or suspended
	LastSeen *time.Time `json:"last_seen,omitempty"`
}

// Run lists users by name.
func (c *userListCommand) Run(p *program) error {
	return p.with(p.openExisting, func(in *installation) error {
		users, err := in.accounts.Users(p.ctx)
		if err != nil {
			return err
		}
		list := make([]listedUser, len(users))
		for i, u := range users {
			list[i] = listed(u)
		}
		if c.JSON {
			encoder := json.NewEncoder(p.stdout)
			encoder.SetIndent("", "  ")
			return encoder.Encode(list)
		}
		return printUsers(p.stdout, list)
	})
}

func listed(u account.User) listedUser {
	l := listedUser{ID: u.ID, Email: u.Email, Name: u.Name, Role: string(u.Role), Status: "active"}
	switch {
	case u.Disabled:
		l.Status = "suspended"
	case u.Pending:
		l.Status = "invited"
	}
	if !u.LastSeen.IsZero() {
		l.LastSeen = &u.LastSeen
	}
	return l
}

func printUsers(w io.Writer, list []listedUser) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "EMAIL\tNAME\tROLE\tSTATUS\tLAST SEEN")
	for _, u := range list {
		seen := "never"
		if u.LastSeen != nil {
			seen = u.LastSeen.Format("2006-01-02 15:04")
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", u.Email, plain(u.Name), u.Role, u.Status, seen)
	}
	return table.Flush()
}
