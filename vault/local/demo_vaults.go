package local

import (
	"itemshare/vault"
)

func demoReadOnly() []vault.Item {
	return []vault.Item{
		demoItem(
			vault.Login,
			"Production console",
			credentials("viewer", "harvest-comet-58"),
			totp("KRSXG5CTMVRXEZLU"),
			site("https://console.company.example"),
			tags("production"),
		),
		demoItem(
			vault.Database,
			"Production database",
			value(vault.FieldMenu, "type", "postgresql"),
			text("server", "db.company.example"),
			credentials("readonly", "ivory-gecko-30"),
			tags("production"),
		),
		demoItem(
			vault.SecureNote,
			"Incident handbook",
			note(
				"Stay calm. Write down the time. Tell the others.\nThe person who sees it first leads.",
			),
			tags("production"),
		),
		demoItem(
			vault.Server,
			"Mail relay",
			value(vault.FieldURL, "URL", "https://relay.company.example"),
			credentials("relay", "walnut-zephyr-4"),
		),
		demoItem(
			vault.Document,
			"Floor plan",
			attached("floor-plan.png", "image/png"),
			text("drawn by", "Sam Spanner"),
		),
	}
}

func demoAdmins() []vault.Item {
	return []vault.Item{
		demoItem(
			vault.Login,
			"Break-glass account",
			credentials("emergency@company.example", "obsidian-lullaby-90"),
			totp("MFRGGZDFMZTWQ2LK"),
			site("https://id.company.example"),
			tags("emergency"),
			note("Using it rings a bell."),
		),
		demoItem(
			vault.Login,
			"Domain registrar",
			credentials("domains@company.example", "juniper-rocket-6"),
			totp("NBSWY3DPO5XXE3DE"),
			site("https://registrar.example"),
		),
		demoItem(
			vault.APICredentials,
			"Cloud billing",
			text("username", "billing"),
			secret("credential", "demo_billing_0000000000"),
			text("hostname", "billing.cloud.example"),
		),
		demoItem(
			vault.SSHKey,
			"Root key of the bastion",
			value(vault.FieldSSHKey, "private key", notAKey("OPENSSH PRIVATE KEY")),
			text("public key", "ssh-ed25519 AAAADEMO1111NOTAKEY1111 root@bastion.example"),
		),
		demoItem(
			vault.SecureNote,
			"Who holds the safe's key",
			note("Robin has one, Noor the other.\nThe third is in the oak tree, figuratively."),
		),
	}
}
