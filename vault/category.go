package vault

// labels names the categories for people, in the order in which lists offer them.
var labels = []struct {
	category Category
	label    string
}{
	{Login, "Login"},
	{Password, "Password"},
	{SecureNote, "Secure note"},
	{CreditCard, "Credit card"},
	{Identity, "Identity"},
	{Document, "Document"},
	{APICredentials, "API credentials"},
	{BankAccount, "Bank account"},
	{CryptoWallet, "Crypto wallet"},
	{Database, "Database"},
	{DriverLicense, "Driver license"},
	{Email, "Email account"},
	{MedicalRecord, "Medical record"},
	{Membership, "Membership"},
	{OutdoorLicense, "Outdoor license"},
	{Passport, "Passport"},
	{Person, "Person"},
	{Rewards, "Rewards"},
	{Router, "Wireless router"},
	{Server, "Server"},
	{SocialSecurityNumber, "Social security number"},
	{SoftwareLicense, "Software license"},
	{SSHKey, "SSH key"},
	{Unsupported, "Other"},
}

// Categories are all of them, in the order in which lists offer them.
func Categories() []Category {
	all := make([]Category, len(labels))
	for i, l := range labels {
		all[i] = l.category
	}
	return all
}

// Label is the category's name for people.
func (c Category) Label() string {
	for _, l := range labels {
		if l.category == c {
			return l.label
		}
	}
	return Unsupported.Label()
}

// ParseCategory reads the SDK's name of a category. It reports false for a name
// it does not know; "" is none.
func ParseCategory(name string) (Category, bool) {
	for _, l := range labels {
		if string(l.category) == name {
			return l.category, true
		}
	}
	return "", false
}
