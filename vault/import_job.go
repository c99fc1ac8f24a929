package vault

import "time"

// ImportState is how far an import in the browser is.
type ImportState string

// The states of an import. Interrupted work is Ready again, or starts anew.
const (
	ImportReceiving ImportState = "receiving" // the file is on its way
	ImportReading   ImportState = "reading"   // the file is compared with the vaults
	ImportColumns   ImportState = "columns"   // somebody has to say what the columns of a CSV file hold
	ImportReady     ImportState = "ready"     // somebody has to decide
	ImportRunning   ImportState = "running"
	ImportDone      ImportState = "done"
	ImportFailed    ImportState = "failed" // the file can't be read
)

// Working reports whether the import goes on by itself.
func (s ImportState) Working() bool { return s == ImportReading || s == ImportRunning }

// ImportChoices are what a person decides about an import.
type ImportChoices struct {
	Target     string                 // the ID of the vault for all items, "" for the vaults of the export
	NewVault   string                 // the name of a new vault for all items, where Target is ""
	Sources    map[string]ImportPlace // where else single vaults of the export go, by their ID
	Archived   bool                   // import archived items too
	Columns    []string               // of a CSV file: what each column holds
	Duplicates Duplicates             // for all duplicates
	Single     map[int]Duplicates     // for single entries, by their number
}

// ImportPlace is where items go: to the vault of an ID, or else to a new one of a name.
type ImportPlace struct{ Target, NewVault string }

// All returns where the items go whose vault goes nowhere else.
func (c ImportChoices) All() ImportPlace { return ImportPlace{c.Target, c.NewVault} }

// ImportRole is what a column of a CSV file can hold.
type ImportRole struct{ ID, Label string }

// ImportHeader describes a CSV file of no known program. Guess is what each column may hold; Rows are
// the first ones.
type ImportHeader struct {
	Columns []string
	Guess   []string
	Rows    [][]string
}

// ImportVault counts what comes to one vault. ID is "" for a vault that the import creates.
type ImportVault struct {
	ID, Title   string
	SourceTitle string   // in the export
	Sources     []string // titles of the vaults of the export that come here
	New         bool
	Added       int
	Updated     int
	Unchanged   int
	Skipped     int
	Moved       int
}

// ImportSummary is what an import does, or what a dry run found.
type ImportSummary struct {
	Format     string
	Entries    int
	Added      int
	Updated    int
	Unchanged  int
	Skipped    int
	Moved      int
	LeftOut    int
	Files      int
	Duplicates int            // entries to decide about: in the vault already, and not the same
	Remarks    int            // parts of entries that don't come as they stand in the export
	Problems   int            // those of them that are problems of the export
	Settings   map[string]int // values without a place here, by their name in the export
	Unused     int            // files of the export that no entry has
	Vaults     []ImportVault
	Sources    []ImportSource // the vaults of the export
}

// ImportJob is one import in the browser.
type ImportJob struct {
	ID        string
	UserID    string
	State     ImportState
	CreatedAt time.Time
	EndsAt    time.Time // when the file or the report is erased
	FileName  string
	Size      int64
	Done      int // entries of Total, while it works
	Total     int // 0 while nobody knows
	Choices   ImportChoices
	Header    *ImportHeader // while Columns are to be chosen
	Summary   *ImportSummary
	Problem   string // a sentence: why it can't go on, or what interrupted it
	Broken    bool   // the file can't be read, whatever is chosen
}

// ImportRights are what somebody who imports may do.
type ImportRights struct {
	UserID  string
	Admin   bool                      // may add vaults, which become theirs
	MayEdit func(vaultID string) bool // the items of a vault
}

// ImportList is a kind of entries of an import.
type ImportList string

// The lists of an import.
const (
	EveryEntry    ImportList = "entries"
	DuplicateList ImportList = "duplicates" // those to decide about
	LeftOutList   ImportList = "left-out"
)
