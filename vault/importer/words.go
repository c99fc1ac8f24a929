package importer

import (
	"mime"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"itemshare/vault"
)

// typeLabels are the titles of fields that have none.
var typeLabels = map[vault.FieldType]string{
	vault.FieldText: "Text", vault.FieldConcealed: "Password", vault.FieldTOTP: "One-time password",
	vault.FieldURL: "Website", vault.FieldEmail: "Email", vault.FieldPhone: "Phone",
	vault.FieldDate: "Date", vault.FieldMonthYear: "Month and year", vault.FieldAddress: "Address",
	vault.FieldCreditCardType: "Card type", vault.FieldCreditCardNumber: "Card number",
	vault.FieldReference: "Linked item", vault.FieldMenu: "Choice", vault.FieldSSHKey: "SSH key",
	vault.FieldUnsupported: "Other",
}

// codes are the codes of 1Password's menus in words, as its own pages show them.
var codes = map[string]map[string]string{
	"creditCardType": {
		"mc": "Mastercard", "visa": "Visa", "amex": "American Express", "diners": "Diners Club",
		"carteblanche": "Carte Blanche", "discover": "Discover", "jcb": "JCB", "maestro": "Maestro",
		"visaelectron": "Visa Electron", "laser": "Laser", "unionpay": "UnionPay",
	},
	"menu": {
		"nosec": "No Security", "wep": "WEP", "wpa": "WPA", "wpap": "WPA Personal", "wpae": "WPA Enterprise",
		"wpa2p": "WPA2 Personal", "wpa2e": "WPA2 Enterprise", "wpa3p": "WPA3 Personal",
		"wpa3e": "WPA3 Enterprise", "db2": "DB2", "filemaker": "FileMaker", "msaccess": "Microsoft Access",
		"mssql": "Microsoft SQL Server", "mysql": "MySQL", "oracle": "Oracle", "postgresql": "PostgreSQL",
		"sqlite": "SQLite", "savings": "Savings", "checking": "Checking", "loc": "Line of Credit",
		"atm": "ATM", "money_market": "Money Market", "other": "Other", "pop3": "POP3", "imap": "IMAP",
		"either": "Either", "none": "None", "password": "Password",
		"md5_challenge_response": "MD5 Challenge-Response", "kerberized_pop": "Kerberized POP (KPOP)",
		"kerberos_v4": "Kerberos Version 4", "kerberos_v5": "Kerberos V5 (GSSAPI)", "ntlm": "NTLM",
		"tls": "TLS", "ssl": "SSL", "male": "Male", "female": "Female",
	},
	"gender": {"male": "Male", "female": "Female"},
	"keyType": {
		"ed25519":     "Ed25519",
		"rsa":         "RSA",
		"ecdsa":       "ECDSA",
		"dsa":         "DSA",
		"ssh-ed25519": "Ed25519",
		"ssh-rsa":     "RSA",
	},
	"provider": {
		"google": "Google", "apple": "Apple", "facebook": "Facebook", "microsoft": "Microsoft",
		"github": "GitHub", "gitlab": "GitLab", "twitter": "Twitter", "linkedin": "LinkedIn",
		"amazon": "Amazon", "okta": "Okta", "slack": "Slack", "discord": "Discord",
	},
}

// wordOf returns a code in words. A text that isn't a known code stays as it is.
func wordOf(key, label, code string) string {
	if word, ok := codes[key][strings.ToLower(code)]; ok {
		return word
	}
	if key == "country" || key == "menu" && strings.Contains(strings.ToLower(label), "country") {
		return country(code)
	}
	return code
}

// country returns the English name of a country's two-letter code.
func country(code string) string {
	if len(code) != 2 {
		return code
	}
	region, err := language.ParseRegion(code)
	if err != nil || !region.IsCountry() {
		return code
	}
	if name := display.English.Regions().Name(region); name != "" {
		return name
	}
	return code
}

func isMediaType(text string) bool {
	name, _, err := mime.ParseMediaType(text)
	return err == nil && strings.Contains(name, "/") && len(text) < 100
}
