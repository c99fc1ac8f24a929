package local

import (
	"itemshare/vault"
)

// notAKey stands where a key would, and is plainly none.
func notAKey(kind string) string {
	return "-----BEGIN " + kind + "-----\n" +
		"VGhpcyBpcyBub3QgYSBrZXkuIEl0IHN0YW5kcyBp\n" +
		"biBhIGRlbW8sIGFuZCBvcGVucyBub3RoaW5nLg==\n-----END " + kind + "-----"
}

// demoTeam shows every category, and what is awkward to show: long, foreign,
// right-to-left and hostile texts, files, many sections.
func demoTeam() []vault.Item {
	return append(demoEveryCategory(), demoAwkward()...)
}

func demoEveryCategory() []vault.Item {
	return []vault.Item{
		demoItem(
			vault.Login,
			"Accounting portal",
			credentials("ledger@company.example", "bramble-otter-7-quartz"),
			totp("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"),
			site(
				"https://accounts.example/login",
			),
			tags("finance"),
			note("Month end closes on the third working day."),
		),
		demoItem(
			vault.Password,
			"Alarm panel code",
			secret("password", "4711 0815"),
			tags("office"),
			note("Press the star key first."),
		),
		demoItem(
			vault.SecureNote,
			"Fire drill",
			note(
				"1. Leave by the nearest stairs.\n2. Meet at the oak tree.\n3. Count heads.\n\nNobody goes "+
					"back for a laptop.",
			),
			tags("office"),
		),
		demoItem(
			vault.CreditCard,
			"Company card",
			text("cardholder", "Robin Sample"),
			value(vault.FieldCreditCardType, "type", "visa"),
			value(
				vault.FieldCreditCardNumber,
				"number",
				"4111111111111111",
			),
			secret("verification number", "123"),
			value(vault.FieldMonthYear, "expires", "2029-11"),
			in("Limits", text("per day", "500"), text("per month", "4,000")),
		),
		demoItem(
			vault.Identity,
			"Robin Sample",
			in(
				"Name",
				text("first name", "Robin"),
				text("last name", "Sample"),
				value(vault.FieldDate, "birth date", "1990-04-01"),
			),
			in(
				"Address",
				value(
					vault.FieldAddress,
					"address",
					"12 Example Street\n12345 Sampletown\nExampleland",
				),
				value(vault.FieldPhone, "phone", "+1 555 0100"),
			),
			in(
				"Internet",
				value(vault.FieldEmail, "email", "robin@company.example"),
				value(vault.FieldURL, "home page", "https://robin.example"),
			),
		),
		demoItem(
			vault.Document,
			"Office lease",
			attached("office-lease.pdf", "application/pdf"),
			attached("floor-plan.png", "image/png"),
			text("landlord", "Brick and Beam Ltd"),
			tags("office", "contracts"),
		),
		demoItem(
			vault.APICredentials,
			"Weather service",
			text("username", "itemshare-demo"),
			secret("credential", "demo_5f4dcc3b5aa765d61d8327deb882cf99"),
			value(vault.FieldMenu, "type", "bearer"),
			value(
				vault.FieldDate,
				"expires",
				"2027-06-30",
			),
			text("hostname", "api.weather.example"),
			tags("development"),
		),
		demoItem(
			vault.BankAccount,
			"Petty cash account",
			text("bank name", "Example Savings Bank"),
			text("name on account", "The Company"),
			secret("account number", "000123456789"),
			text(
				"routing number",
				"110000000",
			),
			text("IBAN", "DE02 1203 0000 0000 2020 51"),
			secret("PIN", "0000"),
			tags("finance"),
		),
		demoItem(
			vault.CryptoWallet,
			"Donation wallet",
			secret(
				"recovery phrase",
				"nutmeg gondola picnic yodel ribbon cactus orbit waffle igloo trombone pebble zigzag",
			),
			text("wallet address", "demo1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq"),
			secret("password", "velvet-anchor-19"),
		),
		demoItem(
			vault.Database,
			"Staging database",
			value(vault.FieldMenu, "type", "postgresql"),
			text("server", "db.staging.example"),
			text("port", "5432"),
			text("database", "orders"),
			credentials(
				"deploy",
				"tundra-pickle-42-lantern",
			),
			text("options", "sslmode=verify-full"),
			tags("staging", "development"),
			note("A copy of last night's data, names replaced."),
		),
		demoItem(
			vault.DriverLicense,
			"Van driver: Robin",
			text("full name", "Robin Sample"),
			secret("number", "D12-345-678"),
			text("class", "B"),
			value(vault.FieldMonthYear, "expires", "2031-02"),
			text("country", "Exampleland"),
		),
		demoItem(
			vault.Email,
			"Support mailbox",
			credentials("support@company.example", "marble-finch-88-harbor"),
			in(
				"IMAP",
				text("server", "imap.company.example"),
				text("port", "993"),
				value(vault.FieldMenu, "security", "TLS"),
			),
			in("SMTP", text("server", "smtp.company.example"), text("port", "465")),
		),
		demoItem(
			vault.MedicalRecord,
			"First-aid certificate",
			value(vault.FieldDate, "date", "2025-09-14"),
			text("holder", "Noor Example"),
			text("trained by", "Sampletown Red Cross School"),
		),
		demoItem(
			vault.Membership,
			"Coworking membership",
			text("group", "The Long Table"),
			value(vault.FieldURL, "website", "https://longtable.example"),
			text("member name", "Robin Sample"),
			secret("member ID", "LT-20417"),
			secret("PIN", "2580"),
		),
		demoItem(
			vault.OutdoorLicense,
			"Fishing permit (team outing)",
			text("full name", "Noor Example"),
			value(vault.FieldDate, "valid from", "2026-05-01"),
			value(vault.FieldDate, "expires", "2026-09-30"),
			text("approved wildlife", "trout, carp"),
		),
		demoItem(
			vault.Passport,
			"Passport: Noor",
			value(vault.FieldMenu, "type", "P"),
			text("issuing country", "Exampleland"),
			secret("number", "X0000000"),
			text("full name", "Noor Example"),
			value(
				vault.FieldDate,
				"birth date",
				"1988-12-24",
			),
			value(vault.FieldDate, "expiry date", "2033-01-15"),
		),
		demoItem(
			vault.Person,
			"Plumber",
			text("name", "Sam Spanner"),
			value(vault.FieldPhone, "phone", "+1 555 0142"),
			value(vault.FieldEmail, "email", "sam@pipes.example"),
			note("Rings twice. Knows where the main valve is."),
		),
		demoItem(
			vault.Rewards,
			"Train bonus card",
			text("company", "Example Railways"),
			text("member name", "The Company"),
			secret("member ID", "7770 1234 5678"),
			value(vault.FieldPhone, "phone", "+1 555 0177"),
		),
		demoItem(
			vault.Router,
			"Office router",
			text("network name", "Company-Guest"),
			secret("wireless network password", "sunny-side-up-2026"),
			text("address", "192.0.2.1"),
			secret("base station password", "copper-walrus-3"),
			value(
				vault.FieldMenu,
				"wireless security",
				"WPA3 Personal",
			),
			tags("office"),
			attached("网络图 (network).txt", "text/plain"),
		),
		demoItem(
			vault.Server,
			"Build server",
			value(vault.FieldURL, "URL", "ssh://build.example"),
			credentials("builder", "granite-pelican-5"),
			in(
				"Console",
				text("console URL", "https://console.build.example"),
				secret("console password", "amber-turnip-61"),
			),
			attached("access.log", "text/plain"),
			tags("development"),
		),
		demoItem(
			vault.SocialSecurityNumber,
			"Social security: Robin",
			text("name", "Robin Sample"),
			secret("number", "000-12-3456"),
		),
		demoItem(
			vault.SoftwareLicense,
			"Drawing program",
			text("version", "7.2"),
			secret("license key", "DEMO-AAAA-BBBB-CCCC-DDDD"),
			text("licensed to", "The Company"),
			value(vault.FieldEmail, "registered email", "licenses@company.example"),
			value(
				vault.FieldURL,
				"download page",
				"https://drawing.example/download",
			),
			value(vault.FieldDate, "support until", "2027-03-31"),
		),
		demoItem(
			vault.SSHKey,
			"Deploy key",
			value(vault.FieldSSHKey, "private key", notAKey("OPENSSH PRIVATE KEY")),
			text("public key", "ssh-ed25519 AAAADEMO0000NOTAKEY0000 deploy@company.example"),
			text(
				"fingerprint",
				"SHA256:0000000000000000000000000000000000000000000",
			),
			text("key type", "ed25519"),
			tags("development"),
		),
		demoItem(
			vault.Unsupported,
			"Something from the future",
			value(vault.FieldUnsupported, "hologram", `{"layers":3}`),
			value(vault.FieldReference, "related item", "Staging database"),
		),
	}
}
