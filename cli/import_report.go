package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"itemshare/vault"
	"itemshare/vault/importer"
	"itemshare/vault/local"
)

// importDone is what an import did, in all and with each entry.
type importDone struct {
	local.Imported
	entries []vault.ImportOutcome
}

func (d *importDone) add(outcome vault.ImportOutcome) error {
	d.entries = append(d.entries, outcome)
	return nil
}

// printImport prints what was imported and what was not. Imported is nil if nothing was, for a problem.
func (p *program) printImport(
	c *importCommand,
	archive *importer.Archive,
	imported *importDone,
) error {
	if c.JSON {
		encoder := json.NewEncoder(p.stdout)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		return encoder.Encode(newImportReport(c, archive, imported))
	}
	var out strings.Builder
	if imported != nil {
		c.writeImported(&out, archive, imported)
	}
	writeReport(&out, archive.Report)
	_, err := io.WriteString(p.stdout, plainLines(out.String()))
	return err
}

// importReport is what --json prints.
type importReport struct {
	Format     string                 `json:"format"`
	Imported   bool                   `json:"imported"` // false for a dry run and for a problem with --strict
	DryRun     bool                   `json:"dry_run"`
	Added      int                    `json:"added"`
	Updated    int                    `json:"updated"`
	Unchanged  int                    `json:"unchanged"`
	Skipped    int                    `json:"skipped"`
	Moved      int                    `json:"moved"`
	LeftOut    int                    `json:"left_out"`
	Files      int                    `json:"files"`
	Vaults     []importedVault        `json:"vaults"`
	Categories map[vault.Category]int `json:"categories"`
	Entries    []vault.ImportOutcome  `json:"entries"` // every entry of the export, in order
	*importer.Report
}

type importedVault struct {
	ID            string `json:"id,omitempty"` // none for one that a dry run would create
	Title         string `json:"title"`
	SourceTitle   string `json:"source_title,omitempty"`
	New           bool   `json:"new"`
	AccessGranted bool   `json:"access_granted"` // to the owner, or all admins
	Added         int    `json:"added"`
	Updated       int    `json:"updated"`
	Unchanged     int    `json:"unchanged"`
	Skipped       int    `json:"skipped"`
	Moved         int    `json:"moved"`
}

func newImportReport(
	c *importCommand,
	archive *importer.Archive,
	imported *importDone,
) importReport {
	report := importReport{
		Format: archive.Format, Imported: imported != nil && !c.DryRun, DryRun: c.DryRun,
		Vaults: []importedVault{}, Entries: []vault.ImportOutcome{}, Categories: archive.Counts, Report: archive.Report,
	}
	if imported == nil {
		return report
	}
	report.Added, report.Updated = imported.Added, imported.Updated
	report.Unchanged, report.Moved, report.Files = imported.Equal, imported.Moved, imported.Files
	report.Skipped, report.LeftOut, report.Entries = imported.Skipped, imported.LeftOut, imported.entries
	for _, v := range imported.Vaults {
		report.Vaults = append(report.Vaults, importedVault{
			ID: v.ID, Title: v.Title, SourceTitle: v.SourceTitle, New: v.New, AccessGranted: v.New,
			Added: v.Added, Updated: v.Updated, Unchanged: v.Equal, Skipped: v.Skipped, Moved: v.Moved,
		})
	}
	return report
}

func (c *importCommand) writeImported(
	out *strings.Builder,
	archive *importer.Archive,
	imported *importDone,
) {
	if c.DryRun {
		out.WriteString("Dry run: nothing was changed. An import would do this:\n")
	}
	fmt.Fprintf(out, "%s: %d items added, %d updated, %d unchanged, %d skipped; %d files imported.\n",
		archive.Format, imported.Added, imported.Updated, imported.Equal, imported.Skipped, imported.Files)
	for _, v := range imported.Vaults {
		fmt.Fprintf(out, "  vault %s%s: %d added, %d updated, %d unchanged, %d skipped", v.Title,
			vaultMark(v), v.Added, v.Updated, v.Equal, v.Skipped)
		if v.Moved > 0 {
			fmt.Fprintf(out, ", %d of them moved here from another vault", v.Moved)
		}
		out.WriteString("\n")
		if !v.New && c.Owner != "" {
			fmt.Fprintf(
				out,
				"    This vault was already there, so %s was given no access to it.\n",
				c.Owner,
			)
		}
	}
	for _, category := range slices.Sorted(maps.Keys(archive.Counts)) {
		fmt.Fprintf(out, "  %s: %d\n", category, archive.Counts[category])
	}
	writeDuplicates(out, imported.entries)
}

// writeDuplicates writes which entries look like an item that the vault has.
func writeDuplicates(out *strings.Builder, entries []vault.ImportOutcome) {
	listed := 0
	for _, entry := range entries {
		if entry.Like != vault.ByContent {
			continue
		}
		if listed++; listed == 1 {
			out.WriteString("Entries with the same title, username and site as an item of the vault " +
				"(--duplicates decides):\n")
		}
		if listed <= listedFindings {
			fmt.Fprintf(out, "  %s / %s: %s\n", entry.Vault, entry.Title, entry.Did)
		}
	}
	if listed > listedFindings {
		fmt.Fprintf(out, "  and %d more: use --json\n", listed-listedFindings)
	}
}

// vaultMark tells a vault from others of its title.
func vaultMark(v local.ImportedVault) string {
	var marks []string
	if v.New {
		marks = append(marks, "new")
	}
	if v.SameTitle && v.ID != "" {
		marks = append(marks, "ID "+v.ID)
	}
	if v.SameTitle && v.New {
		marks = append(marks, "not the other vault of this name")
	}
	if v.SourceTitle != "" && v.SourceTitle != v.Title {
		marks = append(marks, "in the export "+v.SourceTitle)
	}
	if len(marks) == 0 {
		return ""
	}
	return " (" + strings.Join(marks, "; ") + ")"
}

// The longest lists on a terminal. --json has all that the report has.
const (
	listedFindings = 50
	listedSettings = 40
)

// writeReport writes what was not imported as it stands in the export, by what it is about.
func writeReport(out *strings.Builder, report *importer.Report) {
	b := report.Balance
	fmt.Fprintf(out, "Items in the export: %d, of which %d were read.\n", b.Items, b.ItemsTaken)
	byDetail := map[string][]importer.Finding{}
	var details []string
	for _, f := range report.Findings {
		if byDetail[f.Detail] == nil {
			details = append(details, f.Detail)
		}
		byDetail[f.Detail] = append(byDetail[f.Detail], f)
	}
	if len(details) > 0 {
		out.WriteString("Not imported, or not as it was:\n")
	}
	listed := 0
	for _, detail := range details {
		fmt.Fprintf(out, "  %s\n", detail)
		all := byDetail[detail]
		for _, f := range all[:min(len(all), listedFindings)] {
			fmt.Fprintf(out, "    %s\n", findingPlace(f))
		}
		if len(all) > listedFindings {
			fmt.Fprintf(out, "    and %d more: use --json\n", len(all)-listedFindings)
		}
		listed += len(all)
	}
	total := 0
	for _, n := range report.Totals {
		total += n
	}
	if total > listed {
		fmt.Fprintf(out, "  And %d more of these kinds.\n", total-listed)
	}
	writeUnused(out, report)
}

// findingPlace returns where a finding is: vault, item and field.
func findingPlace(f importer.Finding) string {
	var parts []string
	for _, part := range []string{f.Vault, f.Item, f.Field} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	if len(parts) == 0 {
		return "(no name)"
	}
	return strings.Join(parts, " / ")
}

// writeUnused writes what has no place here and what nothing refers to.
func writeUnused(out *strings.Builder, report *importer.Report) {
	if names := report.SettingNames(); len(names) > 0 {
		out.WriteString("Settings that have no place here were left out:\n")
		for _, name := range names[:min(len(names), listedSettings)] {
			fmt.Fprintf(out, "  %s (%d)\n", name, report.Settings[name])
		}
		if len(names) > listedSettings {
			fmt.Fprintf(out, "  and %d more names: use --json\n", len(names)-listedSettings)
		}
	}
	b := report.Balance
	if unused := b.Entries - b.EntriesTaken; unused > 0 {
		fmt.Fprintf(
			out,
			"Entries of the archive that no item refers to were left out: %d\n",
			unused,
		)
		for _, name := range report.Unused[:min(len(report.Unused), listedFindings)] {
			fmt.Fprintf(out, "  %s\n", name)
		}
		if unused > listedFindings {
			fmt.Fprintf(out, "  and %d more: use --json\n", unused-listedFindings)
		}
	}
}
