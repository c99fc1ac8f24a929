package vault

// labels holds the categories' names for people, in the order of lists.
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

// Categories returns all categories, in the order of lists.
func Categories() []Category {
	all := make([]Category, len(labels))
	for i, l := range labels {
		all[i] = l.category
	}
	return all
}

// FieldTypes returns all types of fields.
func FieldTypes() []FieldType {
	return []FieldType{
		FieldText, FieldConcealed, FieldTOTP, FieldEmail, FieldURL, FieldPhone, FieldDate,
		FieldMonthYear, FieldAddress, FieldCreditCardNumber, FieldCreditCardType, FieldMenu,
		FieldReference, FieldSSHKey, FieldUnsupported,
	}
}

// Label returns the category's name for people.
func (c Category) Label() string {
	for _, l := range labels {
		if l.category == c {
			return l.label
		}
	}
	return Unsupported.Label()
}

// ParseCategory returns the category with the SDK's name. It reports false for an unknown name and
// for "".
func ParseCategory(name string) (Category, bool) {
	for _, l := range labels {
		if string(l.category) == name {
			return l.category, true
		}
	}
	return "", false
}
