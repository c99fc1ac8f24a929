package importer

import (
	"slices"
	"strings"
)

// Role is what a column of a CSV file holds.
type Role string

// What columns hold.
const (
	LeaveOut       Role = ""
	TitleColumn    Role = "title"
	UsernameColumn Role = "username"
	PasswordColumn Role = "password"
	WebsiteColumn  Role = "website"
	TOTPColumn     Role = "totp"
	NotesColumn    Role = "notes"
	EmailColumn    Role = "email"
	TagsColumn     Role = "tags"
	FolderColumn   Role = "folder" // becomes a tag
	VaultColumn    Role = "vault"
	TextColumn     Role = "text"   // a field that is called as the column
	HiddenColumn   Role = "hidden" // the same, concealed
	CreatedColumn  Role = "created"
	UpdatedColumn  Role = "updated"
	FavoriteColumn Role = "favorite"
	ArchivedColumn Role = "archived"
	TypeColumn     Role = "type"
	fieldsColumn   Role = "fields" // Bitwarden's: lines of a name, a colon and a value
	extraColumn    Role = "extra"  // LastPass's: notes, or the lines of a typed note
)

// Roles returns what people can choose for a column, in the order of a list.
func Roles() []Role {
	return []Role{
		TitleColumn, UsernameColumn, PasswordColumn, WebsiteColumn, TOTPColumn, NotesColumn,
		EmailColumn, TagsColumn, FolderColumn, VaultColumn, TextColumn, HiddenColumn,
		CreatedColumn, UpdatedColumn, FavoriteColumn, ArchivedColumn, TypeColumn,
	}
}

// Label returns what a column holds, for people.
func (r Role) Label() string {
	switch r {
	case LeaveOut:
		return "Leave out"
	case TOTPColumn:
		return "One-time password"
	case TextColumn:
		return "Another field"
	case HiddenColumn:
		return "Another field, concealed"
	case UpdatedColumn:
		return "Time of last edit"
	case CreatedColumn:
		return "Time of creation"
	case FolderColumn:
		return "Folder (a tag)"
	case FavoriteColumn, ArchivedColumn:
		return "Mark as " + string(r)
	}
	return titleOf(string(r))
}

// csvFormat is the CSV of a program. It is known by its columns, of which the optional ones may be
// missing.
type csvFormat struct {
	name     string
	vault    string
	columns  map[string]Role // by name in lower case
	optional []string
}

// columnsOf returns roles by the names of columns: "name" or "name=role".
func columnsOf(text string) map[string]Role {
	all := map[string]Role{}
	for part := range strings.SplitSeq(text, ",") {
		name, role, ok := strings.Cut(part, "=")
		if !ok {
			role = name
		}
		all[name] = Role(role)
	}
	return all
}

// csvFormats returns the programs whose CSV is known.
func csvFormats() []csvFormat {
	return []csvFormat{
		{
			"Chrome passwords", "Chrome",
			columnsOf("name=title,url=website,username,password,note=notes"),
			[]string{"note"},
		},
		{
			"Firefox passwords", "Firefox",
			columnsOf("url=website,username,password,httprealm=text,formactionorigin=,guid=," +
				"timecreated=created,timelastused=,timepasswordchanged=updated"),
			[]string{"httprealm", "formactionorigin", "timelastused"},
		},
		{
			"Safari passwords", "Safari",
			columnsOf("title,url=website,username,password,notes,otpauth=totp"),
			[]string{"notes", "otpauth"},
		},
		{
			"1Password CSV", "1Password",
			columnsOf("title,url=website,website,username,password,otpauth=totp," +
				"one-time password=totp,favorite,favourite=favorite,archived," +
				"archived status=archived,favorite status=favorite,tags,notes"),
			[]string{
				"url", "website", "otpauth", "one-time password", "favorite", "favourite",
				"archived status", "favorite status", "archived",
			},
		},
		{
			"Bitwarden CSV", "Bitwarden",
			columnsOf("folder,collections=vault,favorite,type,name=title,notes,fields,reprompt=," +
				"login_uri=website,login_username=username,login_password=password," +
				"login_totp=totp,archiveddate=archived"),
			[]string{"folder", "collections", "favorite", "reprompt", "archiveddate", "fields"},
		},
		{
			"LastPass CSV", "LastPass",
			columnsOf("url=website,username,password,totp,extra,name=title,grouping=folder," +
				"fav=favorite,attachments="),
			[]string{"totp", "attachments"},
		},
		{
			"Proton Pass CSV", "Proton Pass",
			columnsOf("type,name=title,url=website,autofillurls=,email,username,password," +
				"note=notes,totp,createtime=created,modifytime=updated,vault"),
			[]string{"email", "autofillurls"},
		},
		{
			"KeePassXC CSV", "KeePass",
			columnsOf("group=folder,title,username,password,url=website,notes,totp,icon=," +
				"last modified=updated,created"),
			[]string{"totp", "icon", "last modified", "created"},
		},
	}
}

// knownCSV returns the program that writes these columns, or nil.
func knownCSV(header []string) *csvFormat {
	names := make([]string, len(header))
	for i, name := range header {
		names[i] = strings.ToLower(name)
	}
	slices.Sort(names)
	if len(slices.Compact(slices.Clone(names))) != len(names) {
		return nil
	}
	for _, format := range csvFormats() {
		if format.matches(names) {
			return &format
		}
	}
	return nil
}

func (f csvFormat) matches(names []string) bool {
	for _, name := range names {
		if _, ok := f.columns[name]; !ok {
			return false
		}
	}
	for name := range f.columns {
		if !slices.Contains(names, name) && !slices.Contains(f.optional, name) {
			return false
		}
	}
	return true
}

// columnWords are the names by which programs call their columns.
var columnWords = []struct {
	role  Role
	words []string
}{
	{TitleColumn, []string{"title", "name", "account", "item", "service", "entry"}},
	{UsernameColumn, []string{"username", "user name", "user", "login", "login name", "userid"}},
	{PasswordColumn, []string{"password", "pass", "passwort", "secret"}},
	{WebsiteColumn, []string{"url", "website", "web site", "site", "address", "uri", "link"}},
	{TOTPColumn, []string{"totp", "otp", "otpauth", "2fa", "one-time password", "authenticator"}},
	{NotesColumn, []string{"notes", "note", "comment", "comments", "extra", "description"}},
	{EmailColumn, []string{"email", "e-mail", "mail"}},
	{TagsColumn, []string{"tags", "labels"}},
	{FolderColumn, []string{"folder", "group", "grouping", "category"}},
	{VaultColumn, []string{"vault"}},
}

// guessColumns chooses for each column what its name says: each role but text once.
func guessColumns(header []string) []Role {
	guess := make([]Role, len(header))
	used := map[Role]bool{}
	for i, name := range header {
		guess[i] = TextColumn
		for _, c := range columnWords {
			if !used[c.role] && slices.Contains(c.words, strings.ToLower(name)) {
				guess[i], used[c.role] = c.role, true
				break
			}
		}
	}
	return guess
}
