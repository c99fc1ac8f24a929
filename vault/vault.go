// Package vault defines items and the few operations that every vault offers. The names of
// categories and field types are those of the 1Password SDK. It does no I/O.
package vault

import (
	"context"
	"io"
	"time"
)

// Category is the kind of an item.
type Category string

// The SDK's categories. An unknown one is Unsupported.
const (
	Login                Category = "Login"
	SecureNote           Category = "SecureNote"
	CreditCard           Category = "CreditCard"
	CryptoWallet         Category = "CryptoWallet"
	Identity             Category = "Identity"
	Password             Category = "Password"
	Document             Category = "Document"
	APICredentials       Category = "ApiCredentials"
	BankAccount          Category = "BankAccount"
	Database             Category = "Database"
	DriverLicense        Category = "DriverLicense"
	Email                Category = "Email"
	MedicalRecord        Category = "MedicalRecord"
	Membership           Category = "Membership"
	OutdoorLicense       Category = "OutdoorLicense"
	Passport             Category = "Passport"
	Rewards              Category = "Rewards"
	Router               Category = "Router"
	Server               Category = "Server"
	SSHKey               Category = "SshKey"
	SocialSecurityNumber Category = "SocialSecurityNumber"
	SoftwareLicense      Category = "SoftwareLicense"
	Person               Category = "Person"
	Unsupported          Category = "Unsupported"
)

// FieldType is the kind of a field's value.
type FieldType string

// The SDK's field types.
const (
	FieldText             FieldType = "Text"
	FieldConcealed        FieldType = "Concealed"
	FieldCreditCardType   FieldType = "CreditCardType"
	FieldCreditCardNumber FieldType = "CreditCardNumber"
	FieldPhone            FieldType = "Phone"
	FieldURL              FieldType = "Url"
	FieldTOTP             FieldType = "Totp"
	FieldEmail            FieldType = "Email"
	FieldReference        FieldType = "Reference"
	FieldSSHKey           FieldType = "SshKey"
	FieldMenu             FieldType = "Menu"
	FieldMonthYear        FieldType = "MonthYear"
	FieldAddress          FieldType = "Address"
	FieldDate             FieldType = "Date"
	FieldUnsupported      FieldType = "Unsupported"
)

// Concealed reports whether values of this type are hidden until someone reveals them.
func (t FieldType) Concealed() bool {
	switch t {
	case FieldConcealed, FieldTOTP, FieldSSHKey, FieldCreditCardNumber:
		return true
	}
	return false
}

// Info is one vault. Archived reports that it is out of use until it is restored: see Keeper.
type Info struct {
	ID       string
	Title    string
	Archived bool
}

// Item is one item with all of its fields. ID and VaultID are opaque. Version starts at 1 and rises
// by one with each change. User name and password have the field IDs "username" and "password".
// ArchivedAt is the zero time unless the item is archived (see Archiver).
type Item struct {
	ID        string
	VaultID   string
	Title     string
	Category  Category
	Fields    []Field
	Sections  []Section
	Notes     string
	Tags      []string
	Websites  []Website
	Files     []File
	Version   uint32
	CreatedAt time.Time
	UpdatedAt time.Time

	ArchivedAt time.Time `json:"-"`
}

// Archived reports whether the item is archived.
func (i Item) Archived() bool { return !i.ArchivedAt.IsZero() }

// Field is one value. SectionID is "" for a field outside sections. The value of a Totp field is a
// seed (see ParseSeed); of a Date, YYYY-MM-DD; of a MonthYear, YYYY-MM; of an Address, lines of text.
type Field struct {
	ID        string
	Title     string
	SectionID string
	Type      FieldType
	Value     string
}

// Section groups fields under a title.
type Section struct {
	ID    string
	Title string
}

// Website is a web address where the item is used.
type Website struct {
	Label string
	URL   string
}

// File describes an attachment; Backend.OpenFile returns its content. Size is in bytes, Type a media
// type or "".
type File struct {
	ID   string
	Name string
	Type string
	Size int64
}

// Overview is what a list shows of an item. Subtitle is the user name or another short value that
// is not concealed; Sites are the websites' hosts. ArchivedAt is the zero time unless the item is
// archived.
type Overview struct {
	ID        string
	VaultID   string
	Title     string
	Subtitle  string
	Category  Category
	Sites     []string
	Tags      []string
	Version   uint32
	UpdatedAt time.Time

	ArchivedAt time.Time `json:"-"`
}

// Query selects a page of overviews, ordered by title (case folded), then ID. Vaults lists the IDs of
// the vaults to search; an empty list finds nothing. Each word of Text must occur in title, subtitle,
// sites or tags, case folded, or be a whole word of the category's name; 16 words of 100 characters
// count, the rest is ignored. After is the previous page's Next, "" for the first page; Limit is the
// number of items. Archived selects the archived items instead of the others. Count asks for the
// page's Total.
type Query struct {
	Vaults   []string
	Text     string
	Category Category
	After    string
	Limit    int
	Archived bool
	Count    bool
}

// Page is one page of overviews. Next is "" on the last page. Restarted reports that the query's
// After names no item, so that this is the first page. Total is the number of matches on all pages;
// above MostCounted there are at least so many.
type Page struct {
	Items     []Overview
	Next      string
	Restarted bool
	Total     int // 0 unless the query asks for it
}

// Backend is a collection of vaults. Whatever does not exist is fault.NotFound; whatever cannot be
// reached is fault.Unavailable. The two are never confused.
type Backend interface {
	Vaults(ctx context.Context) ([]Info, error)
	Browse(ctx context.Context, query Query) (Page, error)
	// Overviews returns the overviews of the items that exist, archived or not, in any order.
	Overviews(ctx context.Context, vaultID string, itemIDs []string) ([]Overview, error)
	Item(ctx context.Context, vaultID, itemID string) (Item, error)
	// OpenFile opens one file for reading; the caller closes it. Reading damaged content ends in an
	// error, never in io.EOF.
	OpenFile(ctx context.Context, vaultID, itemID, fileID string) (io.ReadCloser, error)
}
