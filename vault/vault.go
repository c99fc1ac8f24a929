// Package vault says what an item is and which few verbs any vault offers.
// The names of categories and field types are those of the 1Password SDK. It
// does no I/O, and it knows nothing of sharing.
package vault

import (
	"context"
	"io"
	"time"
)

// Category is what kind of thing an item is.
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

// FieldType says how a field's value reads.
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

// Concealed tells whether values of this type are shown only when asked for.
func (t FieldType) Concealed() bool {
	switch t {
	case FieldConcealed, FieldTOTP, FieldSSHKey, FieldCreditCardNumber:
		return true
	}
	return false
}

// Info is one vault.
type Info struct {
	ID    string
	Title string
}

// Item is one item, whole. ID and VaultID are opaque. Version rises by one
// with each change, from 1. The fields "username" and "password" keep these
// ids, by which a subtitle is found.
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
}

// Field is one value. SectionID is "" for a field of no section. The value of
// a Totp field is an otpauth:// URI or a bare base32 secret; of a Date
// YYYY-MM-DD; of a MonthYear YYYY-MM; of an Address lines of text.
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

// Website is an address where the item is used.
type Website struct {
	Label string
	URL   string
}

// File is an attachment's entry; its bytes come from Backend.OpenFile. Size is in
// bytes, Type a media type or "".
type File struct {
	ID   string
	Name string
	Type string
	Size int64
}

// Overview is what a list shows of an item. Subtitle is the user name or
// another telling value that is not concealed; Sites are the websites' hosts.
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
}

// Query asks for a page of overviews in order of title (case folded), then id.
// Vaults holds the vaults to look in: none means nothing is found. Text is
// matched within title, subtitle, sites and tags, case folded, word by word.
// After is the cursor of the page before, "" for the first; Limit counts items.
type Query struct {
	Vaults   []string
	Text     string
	Category Category
	After    string
	Limit    int
}

// Page is one page of overviews; Next is "" at the end.
type Page struct {
	Items []Overview
	Next  string
}

// Backend is any vault. A thing that does not exist is fault.NotFound, a vault
// that cannot be reached fault.Unavailable: never the one for the other.
type Backend interface {
	Vaults(ctx context.Context) ([]Info, error)
	Browse(ctx context.Context, query Query) (Page, error)
	Overviews(ctx context.Context, vaultID string, itemIDs []string) ([]Overview, error) // those that exist, in any order
	Item(ctx context.Context, vaultID, itemID string) (Item, error)
	// OpenFile gives the bytes of one file; the caller closes it. Damaged bytes
	// end the reading with an error, never with a silent end.
	OpenFile(ctx context.Context, vaultID, itemID, fileID string) (io.ReadCloser, error)
}
