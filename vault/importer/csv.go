package importer

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"itemshare/fault"
	"itemshare/vault"
)

// Limits of a CSV file.
const (
	maxCSV     = 32 << 20 // bytes
	maxColumns = 200
)

// csvFile is a file of rows below a header.
type csvFile struct {
	ctx     context.Context
	text    text
	options Options
	comma   rune
	header  []string
	columns []Role
	known   *csvFormat // nil for a file whose columns were chosen
}

// UnknownColumns is the error for a CSV file of no known program: Options.Columns has to say what each
// column holds. Guess is a first choice, by the columns' names; Rows are the first ones of the file.
type UnknownColumns struct {
	Header []string
	Guess  []Role
	Rows   [][]string
}

func (u *UnknownColumns) Error() string { return "the columns of a CSV file are not known" }

// Unwrap returns the error for people.
func (u *UnknownColumns) Unwrap() error {
	return fault.Field("columns", fault.CodeInvalid,
		"This CSV file isn't from a known program. Say what each column holds.")
}

func readCSV(ctx context.Context, from text, size int64, options Options) (*Archive, error) {
	if size > maxCSV {
		return nil, invalidFile("A CSV file can be 32 MiB at most.", nil)
	}
	x := &csvFile{ctx: ctx, text: from, options: options}
	if err := x.readHeader(); err != nil {
		return nil, err
	}
	report := newReport()
	format := "CSV file"
	if x.known != nil {
		format = x.known.name
	}
	archive, err := newArchive(format, report, x.each)
	if err != nil {
		return nil, err
	}
	report.Balance.Entries, report.Balance.EntriesTaken = 1, 1
	report.Balance.Bytes, report.Balance.BytesTaken = size, size
	return archive, nil
}

// readHeader reads the first row and finds out what the columns hold.
func (x *csvFile) readHeader() error {
	head, err := x.text.head()
	if err != nil {
		return invalidFile("This file can't be read.", err)
	}
	line, _, _ := strings.Cut(head, "\n")
	x.comma = commaOf(line)
	content, err := x.text.open()
	if err != nil {
		return err
	}
	defer content.Close()
	rows := x.rows(content)
	if x.header, err = rows.Read(); err != nil || len(x.header) < 2 || !isText(x.header) {
		return unknown()
	}
	if len(x.header) > maxColumns {
		return invalidFile("A CSV file can have 200 columns at most.", nil)
	}
	for i, name := range x.header {
		x.header[i] = strings.TrimSpace(name)
	}
	switch x.known = knownCSV(x.header); {
	case x.options.Columns != nil:
		x.known = nil
		return x.chooseColumns()
	case x.known != nil:
		x.columns = make([]Role, len(x.header))
		for i, name := range x.header {
			x.columns[i] = x.known.columns[strings.ToLower(name)]
		}
		return nil
	}
	return x.unknownColumns(rows)
}

// isText reports whether the cells of a row are text that people wrote.
func isText(row []string) bool {
	for _, cell := range row {
		if !utf8.ValidString(cell) || strings.ContainsFunc(cell, func(r rune) bool {
			return r < ' ' && r != '\t' && r != '\n' && r != '\r'
		}) {
			return false
		}
	}
	return true
}

func (x *csvFile) chooseColumns() error {
	if len(x.options.Columns) != len(x.header) {
		return fault.Field("columns", fault.CodeInvalid, fmt.Sprintf(
			"The file has %d columns. Say for each what it holds.", len(x.header)))
	}
	x.columns = x.options.Columns
	return CheckColumns(x.columns)
}

// CheckColumns returns fault.Invalid with a sentence for people if no items can be made of a CSV file
// whose columns hold these.
func CheckColumns(columns []Role) error {
	for _, role := range columns {
		if role != LeaveOut && !slices.Contains(Roles(), role) {
			return fault.Field("columns", fault.CodeInvalid, "Choose what each column holds.")
		}
	}
	if !slices.Contains(columns, TitleColumn) && !slices.Contains(columns, WebsiteColumn) {
		return fault.Field("columns", fault.CodeInvalid,
			"Choose the column that holds the title, or the one that holds the website.")
	}
	return nil
}

// unknownColumns returns the error for a file whose columns have to be chosen.
func (x *csvFile) unknownColumns(rows *csv.Reader) error {
	unknown := &UnknownColumns{Header: x.header, Guess: guessColumns(x.header)}
	for range 3 {
		row, err := rows.Read()
		if err != nil {
			break
		}
		for i := range row {
			row[i] = shortened(strings.ToValidUTF8(row[i], "\uFFFD"))
		}
		unknown.Rows = append(unknown.Rows, row)
	}
	return fmt.Errorf("read an export: %w", unknown)
}

// commaOf returns what separates the cells of a row: a comma, a semicolon or a tab.
func commaOf(line string) rune {
	best, most := ',', 0
	for _, comma := range ",;\t" {
		if n := strings.Count(line, string(comma)); n > most {
			best, most = comma, n
		}
	}
	return best
}

func (x *csvFile) rows(content io.Reader) *csv.Reader {
	rows := csv.NewReader(bufio.NewReader(content))
	rows.Comma, rows.FieldsPerRecord, rows.LazyQuotes = x.comma, -1, true
	return rows
}

func (x *csvFile) each(report *Report, do func(vault.ImportedItem) bool) error {
	content, err := x.text.open()
	if err != nil {
		return err
	}
	defer content.Close()
	rows := x.rows(content)
	if _, err := rows.Read(); err != nil {
		return unknown()
	}
	r := csvReader{csvFile: x, reading: newReading(report, x.options, 0)}
	for {
		row, err := rows.Read()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case x.ctx.Err() != nil:
			return fmt.Errorf("read an export: %w", x.ctx.Err())
		case fault.KindOf(err) != fault.Internal && err != nil:
			return err
		case err != nil:
			return invalidFile("The CSV file is damaged or incomplete.", nil)
		}
		if r.items++; !do(r.read(row)) {
			return nil
		}
	}
}

type csvReader struct {
	*csvFile
	reading
}

// read converts a row.
func (r *csvReader) read(row []string) vault.ImportedItem {
	cells := make([]*value, len(r.columns))
	v := &value{kind: objectKind}
	left := budget{bytes: maxItemText, values: maxItemValues}
	for i, cell := range row {
		leaf := cellValue(cell, &left)
		name := fmt.Sprint("column ", i+1)
		if i < len(r.header) {
			name, cells[i] = cmpOr(r.header[i], name), leaf
		}
		v.members = append(v.members, member{name, leaf})
	}
	for i := range cells {
		if cells[i] == nil {
			cells[i] = &value{kind: textKind}
		}
	}
	c := rowConversion{builder: newBuilder(r.report, r.vaultTitle(cells)), reader: r, cells: cells}
	ok := c.convert(v, len(row))
	return r.entry(&c.builder, v, place{title: c.builder.vault}, "", nil, ok)
}

// cellValue returns a cell within the budget.
func cellValue(cell string, left *budget) *value {
	leaf := &value{kind: textKind, text: cell}
	switch {
	case len(cell) > left.bytes:
		leaf.text, leaf.flaw = "", tooLong
	case !utf8.ValidString(cell):
		leaf.text, leaf.flaw = strings.ToValidUTF8(cell, "\uFFFD"), replaced
	}
	left.bytes -= len(leaf.text)
	return leaf
}

// vaultTitle returns the vault of a row: what a column says, or else the program's name.
func (r *csvReader) vaultTitle(cells []*value) string {
	for i, role := range r.columns {
		if role == VaultColumn && strings.TrimSpace(cells[i].text) != "" {
			title, _, _ := strings.Cut(cells[i].text, ",") // the first of several collections
			return strings.TrimSpace(title)
		}
	}
	if r.known != nil {
		return r.known.vault
	}
	return "Imported"
}
