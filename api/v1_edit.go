package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/vault"
)

// createItem stores a new item and answers with it.
func (a *API) createItem(c echo.Context, me account.Identity) error {
	editor, err := vault.EditorOf(a.c.Vault)
	if err != nil {
		return err
	}
	in, err := bodyOf(c)
	if err != nil {
		return err
	}
	r := reader{in: in}
	item := r.item(vault.Item{VaultID: c.Param("vault")})
	if len(r.files()) > 0 {
		r.addProblem("files", "Create the item without files, then attach each of them.")
	}
	if err := r.check(item); err != nil {
		return err
	}
	item, err = editor.CreateItem(c.Request().Context(), me.User.ID, item, nil)
	if err != nil {
		return fault.Wrap("create an item", err)
	}
	c.Response().Header().Set(
		echo.HeaderLocation, a.c.URL+"/api/v1/vaults/"+item.VaultID+"/items/"+item.ID,
	)
	return answerItem(c, http.StatusCreated, item)
}

func answerItem(c echo.Context, status int, item vault.Item) error {
	c.Response().Header().Set("ETag", itemTag(item, true))
	return answer(c, status, wholeItemOf(item))
}

// putItem replaces an item if it is as the caller read it, and answers with its next version. Files
// stay as they are.
func (a *API) putItem(c echo.Context, me account.Identity) error {
	editor, err := vault.EditorOf(a.c.Vault)
	if err != nil {
		return err
	}
	in, err := bodyOf(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	before, err := a.c.Vault.Item(ctx, c.Param("vault"), c.Param("item"))
	if err != nil {
		return fault.Wrap("load an item", err)
	}
	if err := checkMatch(c, before); err != nil {
		return err
	}
	r := reader{in: in}
	item := r.item(before)
	if err := r.check(item); err != nil {
		return err
	}
	item.ID, item.Version, item.Files = before.ID, before.Version, before.Files
	item, err = editor.UpdateItem(ctx, me.User.ID, item, nil)
	if fault.KindOf(err) == fault.Conflict && !before.Archived() {
		return changedMeanwhile()
	}
	if err != nil {
		return fault.Wrap("replace an item", err)
	}
	return answerItem(c, http.StatusOK, item)
}

// checkMatch rejects a request whose If-Match does not name an item's ETag.
func checkMatch(c echo.Context, item vault.Item) error {
	lines := c.Request().Header["If-Match"]
	if len(lines) == 0 {
		return fault.New(
			fault.PreconditionMissing, fault.CodePreconditionRequired,
			"Send the item's ETag in If-Match, so that nobody's changes are lost.",
		)
	}
	// The version alone, which is a member of the item, is enough too.
	matches := []string{"*", itemTag(item, true), fmt.Sprintf("%q", fmt.Sprint(item.Version))}
	for _, line := range lines {
		for one := range strings.SplitSeq(line, ",") {
			if slices.Contains(matches, strings.TrimSpace(one)) {
				return nil
			}
		}
	}
	return changedMeanwhile()
}

func changedMeanwhile() error {
	return fault.New(
		fault.Precondition, fault.CodeConflict,
		"The item has changed. Get it again, then repeat your change with its new ETag.",
	)
}

// archiveItem archives an item. An archived one stays as it is.
func (a *API) archiveItem(c echo.Context, me account.Identity) error {
	editor, err := vault.EditorOf(a.c.Vault)
	if err != nil {
		return err
	}
	err = editor.ArchiveItem(
		c.Request().Context(), me.User.ID, c.Param("vault"), c.Param("item"),
	)
	if err != nil {
		return fault.Wrap("archive an item", err)
	}
	return noContent(c)
}

// deleteItem erases an archived item for good.
func (a *API) deleteItem(c echo.Context, me account.Identity) error {
	editor, err := vault.EditorOf(a.c.Vault)
	if err != nil {
		return err
	}
	err = editor.DeleteItem(c.Request().Context(), me.User.ID, c.Param("vault"), c.Param("item"))
	if err != nil {
		return fault.Wrap("delete an item", err)
	}
	return noContent(c)
}

// itemMembers are the members of an item that a caller sets, and those that an item has which was
// read: they are accepted, so that an item can be sent back as it came.
var itemMembers = []string{
	"category", "title", "fields", "sections", "notes", "tags", "websites",
	"id", "vaultId", "version", "files", "createdAt", "updatedAt",
}

// item decodes an item that replaces another one, or a new one in its vault. An ID that it names must
// be the one in the path. Categories and types must be known, unless the item before has them.
func (r *reader) item(before vault.Item) vault.Item {
	item := vault.Item{
		VaultID: before.VaultID, Title: r.text("title"), Category: vault.Category(r.text("category")),
		Notes: r.text("notes"), Tags: r.texts("tags"),
	}
	_, known := vault.ParseCategory(string(item.Category))
	if !known && item.Category != before.Category && !r.has("category") || item.Category == "" {
		r.addProblem("category", "Unknown category. Use one like Login or SecureNote.")
	}
	for n, f := range objects[field](r, "fields") {
		if !knownType(f.FieldType, before) {
			r.addProblem(
				fmt.Sprintf("fields.%d.fieldType", n),
				"Unknown type of field. Use one like Text or Concealed.",
			)
		}
		item.Fields = append(item.Fields, vault.Field{
			ID: f.ID, Title: f.Title, SectionID: f.SectionID, Type: f.FieldType, Value: f.Value,
		})
	}
	for _, s := range objects[section](r, "sections") {
		item.Sections = append(item.Sections, vault.Section(s))
	}
	for _, w := range objects[website](r, "websites") {
		item.Websites = append(item.Websites, vault.Website{URL: w.URL, Label: w.Label})
	}
	if id := r.text("vaultId"); id != "" && id != before.VaultID {
		r.addProblem("vaultId", "This must be the vault in the address.")
	}
	if id := r.text("id"); id != "" && before.ID != "" && id != before.ID {
		r.addProblem("id", "This must be the item in the address.")
	}
	r.rejectOthers(itemMembers...)
	return item
}

// knownType reports whether a field can have a type: a known one, none, or one that the item has.
func knownType(t vault.FieldType, before vault.Item) bool {
	return t == "" || slices.Contains(vault.FieldTypes(), t) ||
		slices.ContainsFunc(before.Fields, func(f vault.Field) bool { return f.Type == t })
}

// files decodes the files that a caller names.
func (r *reader) files() []file { return objects[file](r, "files") }

// has reports whether a problem with a member was found already.
func (r *reader) has(name string) bool {
	return slices.ContainsFunc(
		r.problems, func(p fault.Problem) bool { return p.Field == name },
	)
}

// check returns all problems of a decoded item, with the names of its members.
func (r *reader) check(item vault.Item) error {
	problems := r.problems
	for _, p := range fault.ProblemsOf(vault.CheckItem(item)) {
		p.Field = itemMember(p.Field)
		if !r.has(p.Field) {
			problems = append(problems, p)
		}
	}
	return fault.Fields(problems)
}

// itemMember returns the member's name for a field of the item form: "fields.0.fieldType" for
// "field.0.type".
func itemMember(name string) string {
	list, rest, nested := strings.Cut(name, ".")
	switch list {
	case "field", "section", "website", "file":
		list += "s"
	}
	if !nested {
		return list
	}
	rest = strings.NewReplacer(".type", ".fieldType", ".section", ".sectionId").Replace(rest)
	return list + "." + rest
}
