package views

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/dustin/go-humanize"

	"itemshare/fault"
	"itemshare/share"
	"itemshare/vault"
)

// ImportsProps are the values of ImportsPage.
type ImportsProps struct {
	Shell     Shell
	Elsewhere string // the provider of the account whose vaults are changed there, "" for none
	Vaults    []Option
	Admin     bool // may add vaults
	Formats   string
	Jobs      []vault.ImportJob
	Input     ImportInput
	Problems  []fault.Problem
}

// ImportInput is where items go, as entered.
type ImportInput struct {
	ImportPlace
	Sources  map[string]ImportPlace // of single vaults of the export, by their ID
	Archived bool
}

// ImportPlace is a vault to import into, as entered.
type ImportPlace struct {
	To   string // a vault's ID, ImportNew, or "" for the usual one
	Name string // of the new vault
}

// ImportNew stands for a new vault among vaults to import into.
const ImportNew = "new"

// ImportProps are the values of ImportPage and of its fragment ImportProgress.
type ImportProps struct {
	Shell      Shell
	Job        vault.ImportJob
	Vaults     []Option
	Admin      bool
	Roles      []vault.ImportRole
	Duplicates ImportEntries
	LeftOut    ImportEntries
	Input      ImportInput
	Problems   []fault.Problem
}

// ImportEntries is a page of entries.
type ImportEntries struct {
	Entries []vault.ImportOutcome
	Page    int // from 1
	Pages   int
}

// ImportInputOf returns where the items of an import go, as in the form.
func ImportInputOf(choices vault.ImportChoices) ImportInput {
	in := ImportInput{
		ImportPlace: importPlaceOf(choices.All()), Archived: choices.Archived,
		Sources: map[string]ImportPlace{},
	}
	for id, place := range choices.Sources {
		in.Sources[id] = importPlaceOf(place)
	}
	return in
}

func importPlaceOf(place vault.ImportPlace) ImportPlace {
	if place.Target == "" && place.NewVault != "" {
		return ImportPlace{To: ImportNew, Name: place.NewVault}
	}
	return ImportPlace{To: place.Target}
}

// sourcesShown is how many vaults of an export the page lists, each with every vault here to choose.
const sourcesShown = 100

// sources returns the vaults of the export to choose a place for. One alone goes where all do.
func (p ImportProps) sources() []vault.ImportSource {
	if p.Job.Summary == nil || len(p.Job.Summary.Sources) < 2 {
		return nil
	}
	return p.Job.Summary.Sources[:min(len(p.Job.Summary.Sources), sourcesShown)]
}

// placesAreWrong reports whether a place that was chosen is not accepted.
func (p ImportProps) placesAreWrong() bool {
	return slices.ContainsFunc(p.Problems, func(problem fault.Problem) bool {
		field, _, _ := strings.Cut(problem.Field, "-")
		return field == "to" || field == "name"
	})
}

// importTitle is the heading of an import's page.
func importTitle(state vault.ImportState) string {
	switch state {
	case vault.ImportColumns:
		return "Match the columns"
	case vault.ImportReady:
		return "Check before you import"
	case vault.ImportRunning:
		return "Importing"
	case vault.ImportDone:
		return "Import finished"
	case vault.ImportFailed:
		return "This file can't be imported"
	}
	return "Reading the file"
}

// importStateWords says how far an import is, for the list.
func importStateWords(state vault.ImportState) string {
	switch state {
	case vault.ImportColumns, vault.ImportReady:
		return "Waiting for you"
	case vault.ImportRunning:
		return "Importing"
	case vault.ImportDone:
		return "Finished"
	case vault.ImportFailed:
		return "Failed"
	}
	return "Reading"
}

func importSource(job vault.ImportJob) string {
	words := job.FileName + " · " + share.Size(job.Size)
	if job.Summary != nil {
		words += " · " + job.Summary.Format
	}
	return words
}

// progressDone says how many entries work has got through.
func progressDone(job vault.ImportJob) string {
	if job.Total == 0 {
		return "Starting"
	}
	return humanize.Comma(int64(job.Done)) + " of " + count(job.Total, "entry")
}

// importCount is a number of entries of one kind.
type importCount struct {
	Name, Hint string
	Number     int
}

// previewCounts are what a dry run found.
func previewCounts(s *vault.ImportSummary) []importCount {
	fresh := s.Entries - s.Unchanged - s.Duplicates - s.LeftOut
	return []importCount{
		{"New", "Will be added", fresh},
		{"Unchanged", "Already there, and the same", s.Unchanged},
		{"Duplicates", "Already there, and different", s.Duplicates},
		{"Can't be imported", listedBelow(s), s.LeftOut},
	}
}

// doneCounts are what an import did.
func doneCounts(s *vault.ImportSummary) []importCount {
	return []importCount{
		{"Added", "", s.Added},
		{"Updated", "", s.Updated},
		{"Unchanged", "", s.Unchanged},
		{"Skipped", "Duplicates left as they were", s.Skipped},
		{"Not imported", listedBelow(s), s.LeftOut},
	}
}

// listedBelow says where the entries that aren't imported are, "" if there are none.
func listedBelow(s *vault.ImportSummary) string {
	if s.LeftOut == 0 {
		return ""
	}
	return "Listed below with the reason"
}

// importVaultWords says what comes to a vault, or what came.
func importVaultWords(state vault.ImportState, v vault.ImportVault) string {
	words := "Existing vault"
	if v.New {
		words = "New vault"
	}
	if from := importSourceWords(v); from != "" {
		words += " · " + from
	}
	added := "added"
	if state != vault.ImportDone {
		added = "new"
	}
	for _, c := range []importCount{
		{added, "", v.Added},
		{"updated", "", v.Updated},
		{"skipped", "", v.Skipped},
		{"unchanged", "", v.Unchanged},
		{"moved here", "", v.Moved},
	} {
		if c.Number > 0 {
			words += fmt.Sprintf(" · %d %s", c.Number, c.Name)
		}
	}
	return words
}

// importSourceWords names the vaults of the export that come to a vault, "" for one of the same name.
func importSourceWords(v vault.ImportVault) string {
	const named = 3
	if len(v.Sources) == 0 || len(v.Sources) == 1 && v.Sources[0] == v.Title {
		return ""
	}
	words := "from " + strings.Join(v.Sources[:min(len(v.Sources), named)], ", ")
	if more := len(v.Sources) - named; more > 0 {
		words += fmt.Sprintf(" and %d more", more)
	}
	return words
}

// decisionNames are what can become of duplicates.
var decisionNames = []struct {
	value vault.Duplicates
	name  string
	hint  string
}{
	{
		vault.UsualDuplicates, "Update imported items, skip look-alikes",
		"Items from an earlier import are updated. Items with the same title, username and website are " +
			"left as they are.",
	},
	{vault.SkipDuplicates, "Skip", "Leave the items in the vault as they are."},
	{vault.UpdateDuplicates, "Update", "Replace the items in the vault. Earlier versions are kept."},
	{vault.KeepDuplicates, "Keep both", "Add the entries as new items."},
}

func matchWords(m vault.ImportMatch) string {
	if m == vault.BySource {
		return "From an earlier import, changed since"
	}
	return "Same title, username and website"
}

func decisionField(o vault.ImportOutcome) string { return "decide." + strconv.Itoa(o.Number) }

// singleDecision returns what was chosen for an entry.
func singleDecision(p ImportProps, o vault.ImportOutcome) string {
	return string(p.Job.Choices.Single[o.Number])
}

func columnField(n int) string { return "column." + strconv.Itoa(n) }

// columnSamples are the first values of a column.
func columnSamples(h *vault.ImportHeader, column int) []string {
	var all []string
	for _, row := range h.Rows {
		if column < len(row) && row[column] != "" {
			all = append(all, row[column])
		}
	}
	return all
}

// isPasswordColumn reports whether a column's values are hidden: it may hold passwords.
func isPasswordColumn(h *vault.ImportHeader, column int) bool {
	return slices.Contains([]string{"password", "hidden", "totp"}, h.Guess[column])
}

// columnRole returns what a column holds: as chosen, or else as guessed.
func columnRole(job vault.ImportJob, column int) string {
	if len(job.Choices.Columns) == len(job.Header.Columns) {
		return job.Choices.Columns[column]
	}
	return job.Header.Guess[column]
}

// startWords are on the button that starts an import. How many items come depends on what is decided
// about duplicates.
func startWords(s *vault.ImportSummary) string {
	if s.Duplicates > 0 {
		return "Import"
	}
	return "Import " + count(s.Entries-s.LeftOut-s.Unchanged, "item")
}

func confirmCancel(s Shell, job vault.ImportJob) confirmation {
	c := confirmation{
		ID: "cancel", TestID: "cancel", Icon: "x", Words: "Cancel import",
		Heading: "Cancel this import?", Action: s.Paths.ImportCancel(job.ID), Do: "Cancel import",
		DoTest: "confirm-cancel",
	}
	switch job.State {
	case vault.ImportDone:
		c.Words, c.Heading, c.Do = "Remove report", "Remove this report?", "Remove report"
	case vault.ImportFailed:
		c.Words, c.Heading, c.Do = "Remove file", "Remove this file?", "Remove file"
	}
	return c
}

func cancelWords(job vault.ImportJob) string {
	if job.State == vault.ImportDone {
		return "The imported items stay. The list of what became of each entry is erased."
	}
	return "The file is erased from this server, and nothing is imported."
}

// remarkWords follow how many details of an export an import leaves out.
const remarkWords = " won't come as it stands in the export, such as earlier passwords or passkeys. "

// exportersWords follow the formats that an import reads.
const exportersWords = " from Chrome, Firefox, Safari, 1Password, Bitwarden, LastPass or another " +
	"program. Up to 512 MiB."
