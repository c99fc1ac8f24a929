package api

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/fault"
	"itemshare/vault"
)

// list is one page of a list. Next is the parameter after of the next page, "" at the end.
type list[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty"`
}

type vaultOverview struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Archived bool   `json:"archived,omitempty"`
}

// vaults lists the vaults whose items the service account may view, or every vault for one that may
// manage people.
func (a *API) vaults(c echo.Context, me account.Identity) error {
	every, err := everyVault(c, me)
	if err != nil {
		return err
	}
	all, err := a.c.Vault.Vaults(c.Request().Context())
	if err != nil {
		return fault.Wrap("list vaults", err)
	}
	page := list[vaultOverview]{Items: []vaultOverview{}}
	for _, v := range all {
		if every || me.MayView(v.ID) {
			page.Items = append(page.Items, vaultOverview(v))
		}
	}
	return a.answerTagged(c, page)
}

// everyVault reports whether a request asks for every vault.
func everyVault(c echo.Context, me account.Identity) (bool, error) {
	switch c.QueryParam("all") {
	case "", "false":
		return false, nil
	case "true":
		return true, account.PeopleManager.Check(me, "")
	}
	return false, fault.Field("all", fault.CodeInvalid, "Use true or false.")
}

type website struct {
	URL   string `json:"url"`
	Label string `json:"label"`
}

// itemOverview is an item in a list. Its only value is the subtitle, which is the username
// or another value that is not concealed.
type itemOverview struct {
	ID        string         `json:"id"`
	Title     string         `json:"title"`
	Category  vault.Category `json:"category"`
	VaultID   string         `json:"vaultId"`
	Subtitle  string         `json:"subtitle,omitempty"`
	Websites  []website      `json:"websites"`
	Tags      []string       `json:"tags"`
	Version   uint32         `json:"version"`
	UpdatedAt time.Time      `json:"updatedAt,omitzero"`
	State     itemState      `json:"state"`
}

// itemState says whether an item is archived, in the SDK's words.
type itemState string

const (
	active   itemState = "active"
	archived itemState = "archived"
)

// items lists a vault's items by title, either the active or the archived ones.
func (a *API) items(c echo.Context, _ account.Identity) error {
	query := vault.Query{
		Vaults: []string{c.Param("vault")}, Text: c.QueryParam("q"), After: c.QueryParam("after"),
	}
	var problems []fault.Problem
	query.Limit, problems = limitOf(c)
	switch state := itemState(c.QueryParam("state")); state {
	case "", active, archived:
		query.Archived = state == archived
	default:
		problems = append(problems, fault.Problem{
			Code: fault.CodeInvalid, Field: "state", Detail: "Use active or archived.",
		})
	}
	if name := c.QueryParam("category"); name != "" {
		category, ok := vault.ParseCategory(name)
		if query.Category = category; !ok {
			problems = append(
				problems,
				fault.Problem{
					Code:   fault.CodeInvalid,
					Field:  "category",
					Detail: "Unknown category. Use one like Login or SecureNote.",
				},
			)
		}
	}
	if err := fault.Fields(problems); err != nil {
		return err
	}
	found, err := a.c.Vault.Browse(c.Request().Context(), query)
	if err != nil {
		return fault.Wrap("browse items", err)
	}
	if found.Restarted {
		return errNoPage
	}
	page := list[itemOverview]{Items: make([]itemOverview, len(found.Items)), Next: found.Next}
	for i, o := range found.Items {
		page.Items[i] = overviewOf(o)
	}
	return a.answerTagged(c, page)
}

func overviewOf(o vault.Overview) itemOverview {
	sites := make([]website, len(o.Sites))
	for i, host := range o.Sites {
		sites[i] = website{URL: host}
	}
	state := active
	if !o.ArchivedAt.IsZero() {
		state = archived
	}
	return itemOverview{
		State: state, ID: o.ID, Title: o.Title, Category: o.Category, VaultID: o.VaultID, Subtitle: o.Subtitle,
		Websites: sites, Tags: nonNil(o.Tags), Version: o.Version,
		UpdatedAt: wholeSeconds(o.UpdatedAt),
	}
}

// The sizes of a page.
const (
	defaultPage = 50
	maxPage     = 100
)

// errNoPage rejects a parameter after that no page gave as its next, or whose entry is gone.
var errNoPage = fault.Field(
	"after", fault.CodeInvalid,
	"Use the next of the page before. If that was long ago, start again without after.",
)

// noPage returns the error of a parameter after whose entry can't be read.
func noPage(op string, err error) error {
	if fault.KindOf(err) == fault.NotFound {
		return errNoPage
	}
	return fault.Wrap(op, err)
}

// findOf parses the parameters of a list of people or groups.
func findOf(c echo.Context) (account.Find, error) {
	limit, problems := limitOf(c)
	return account.Find{
		Text: c.QueryParam("q"), After: c.QueryParam("after"), Limit: limit,
	}, fault.Fields(problems)
}

// limitOf parses how many entries a page may have.
func limitOf(c echo.Context) (int, []fault.Problem) {
	text := c.QueryParam("limit")
	if text == "" {
		return defaultPage, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > maxPage {
		return 0, []fault.Problem{
			{Code: fault.CodeInvalid, Field: "limit", Detail: "Use a number from 1 to 100."},
		}
	}
	return n, nil
}

type field struct {
	ID        string          `json:"id"`
	Title     string          `json:"title"`
	SectionID string          `json:"sectionId,omitempty"`
	FieldType vault.FieldType `json:"fieldType"`
	Value     string          `json:"value"`
}

// shownField is a field of an answer. One that is withheld is concealed, and its value is not sent to
// this caller: sent back by another, it would be an unknown member.
type shownField struct {
	field
	Withheld bool `json:"withheld,omitempty"`
}

type section struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

type file struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Size int64  `json:"size"`
	Type string `json:"type,omitempty"`
}

// wholeItem is an item with its values, with the SDK's names.
type wholeItem struct {
	ID        string         `json:"id"`
	Title     string         `json:"title"`
	Category  vault.Category `json:"category"`
	VaultID   string         `json:"vaultId"`
	Fields    []shownField   `json:"fields"`
	Sections  []section      `json:"sections"`
	Notes     string         `json:"notes"`
	Tags      []string       `json:"tags"`
	Websites  []website      `json:"websites"`
	Version   uint32         `json:"version"`
	Files     []file         `json:"files"`
	CreatedAt time.Time      `json:"createdAt,omitzero"`
	UpdatedAt time.Time      `json:"updatedAt,omitzero"`
}

// item answers with one item and its values, and stores the audit event before that. Concealed values
// are not sent to a service account that may not reveal them. If the caller has the version already, or
// sends HEAD, no values are sent.
func (a *API) item(c echo.Context, me account.Identity) error {
	ctx := c.Request().Context()
	item, err := a.c.Vault.Item(ctx, c.Param("vault"), c.Param("item"))
	if err != nil {
		return fault.Wrap("load an item", err)
	}
	reveals := me.MayReveal(item.VaultID)
	if notModified(c, itemTag(item, reveals)) {
		return c.NoContent(http.StatusNotModified)
	}
	if reveals && c.Request().Method != http.MethodHead {
		err := a.c.Recorder.Record(
			ctx,
			audit.Event{
				At:      a.c.Clock(),
				Kind:    audit.ItemRead,
				Actor:   me.User.ID,
				Subject: item.VaultID + "/" + item.ID,
			},
		)
		if err != nil {
			return fault.Wrap("store the item's event", err)
		}
	}
	whole := wholeItemOf(item)
	if !reveals {
		whole.withhold()
	}
	return answer(c, http.StatusOK, whole)
}

// itemTag returns an item's ETag. The version is enough, and unlike a hash it reveals nothing of the
// values. One without concealed values has another.
func itemTag(item vault.Item, reveals bool) string {
	tag := strconv.FormatUint(uint64(item.Version), 10) + "-" +
		strconv.FormatInt(item.UpdatedAt.Unix(), 36)
	if !reveals {
		tag += "-withheld"
	}
	return `"` + tag + `"`
}

// withhold erases the concealed values.
func (w wholeItem) withhold() {
	for i, f := range w.Fields {
		if f.FieldType.Concealed() {
			w.Fields[i].Value, w.Fields[i].Withheld = "", true
		}
	}
}

func wholeItemOf(item vault.Item) wholeItem {
	whole := wholeItem{
		ID: item.ID, Title: item.Title, Category: item.Category, VaultID: item.VaultID,
		Notes: item.Notes, Tags: nonNil(item.Tags),
		Version: item.Version, CreatedAt: wholeSeconds(item.CreatedAt),
		UpdatedAt: wholeSeconds(item.UpdatedAt),
		Fields:    make([]shownField, len(item.Fields)), Sections: make([]section, len(item.Sections)),
		Websites: make([]website, len(item.Websites)), Files: make([]file, len(item.Files)),
	}
	for i, f := range item.Fields {
		whole.Fields[i] = shownField{field: field{f.ID, f.Title, f.SectionID, f.Type, f.Value}}
	}
	for i, s := range item.Sections {
		whole.Sections[i] = section(s)
	}
	for i, w := range item.Websites {
		whole.Websites[i] = website{w.URL, w.Label}
	}
	for i, f := range item.Files {
		whole.Files[i] = file{f.ID, f.Name, f.Size, f.Type}
	}
	return whole
}

// nonNil returns a list that is never null in JSON.
func nonNil[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return slices.Clip(all)
}

// wholeSeconds returns a time in UTC and whole seconds.
func wholeSeconds(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC().Truncate(time.Second)
}
