package local

import (
	"strings"

	"itemshare/vault"
)

func demoAwkward() []vault.Item {
	long := strings.Repeat(
		"A sentence that goes on for a while, as sentences in contracts do, and never quite comes to its point. ",
		40,
	)
	return []vault.Item{
		demoItem(
			vault.Login,
			"Analytics dashboard",
			credentials("robin@company.example", "plover-waltz-21"),
			totp("JBSWY3DPEHPK3PXP"),
			site("https://stats.example"),
			site("http://stats.internal.example:8080/login"),
			tags("marketing"),
		),
		demoItem(
			vault.Login,
			"Booking system",
			credentials("frontdesk", "saffron-kettle-9"),
			value(
				vault.FieldTOTP,
				"one-time password (60 s, 8 digits)",
				"otpauth://totp/Demo:frontdesk?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"+
					"&period=60&digits=8&algorithm=SHA256",
			),
			site("https://booking.example"),
		),
		demoItem(
			vault.Login,
			"Newsletter tool",
			credentials("hello@company.example", "pigeon-post-1840"),
			site("https://letters.example"),
			in(
				"Security questions",
				secret("first pet", "A goldfish named Tuesday"),
				secret("favourite street", "Example Street"),
			),
		),
		demoItem(
			vault.Login,
			"Payroll",
			credentials("noor@company.example", "quiet-thunder-77"),
			site("https://payroll.example"),
			tags("finance", "people"),
		),
		demoItem(
			vault.Login,
			"Video calls",
			credentials("meetings@company.example", "hallway-echo-12"),
			site("https://calls.example"),
			text("meeting room", "Blue room"),
			secret("host key", "314159"),
		),
		demoItem(
			vault.Login,
			"Buchhaltung – Zugang für Prüfer (nur lesend, gültig bis Jahresende, danach bitte verlängern lassen)",
			credentials("prüfer@company.example", "Käsefüße-Übermut-ß"),
			site("https://bücher.example"),
			tags("Prüfung"),
		),
		demoItem(
			vault.Login,
			"東京オフィスの入退室管理",
			credentials("受付", "さくら-富士-二十三"),
			site("https://tokyo.example"),
			note("鍵は受付にあります。\n週末は警備員に電話してください。"),
			tags("東京"),
		),
		demoItem(
			vault.SecureNote,
			"تعليمات المكتب",
			note(
				"رمز الباب الخلفي يتغير كل شهر.\nاتصل بالاستقبال "+
					"عند الحاجة (555-0199).",
			),
			text("رقم الغرفة", "٤٢"),
			tags("مكتب"),
		),
		demoItem(
			vault.Login,
			"מערכת הזמנות",
			credentials("orders@company.example", "תפוז-כחול-18"),
			site("https://orders.example"),
			note("עברית and English in one line, 100%."),
		),
		demoItem(
			vault.SecureNote,
			"🚀 Launch checklist",
			note(
				"✅ tests green\n✅ notes written\n⬜ 🎂 cake ordered\n👩‍🚀👨🏽‍🚀 everybody awake",
			),
			tags("🎉"),
		),
		demoItem(
			vault.SecureNote,
			"Contract, in full",
			note(long),
			attached("welcome.txt", "text/plain"),
			attached("empty.txt", "text/plain"),
		),
		demoItem(
			vault.SecureNote,
			`Shown as typed: <b>not bold</b> & {{ 7 * 7 }} "quoted"`,
			note("<script>alert('shown as text')</script>\njavascript:alert(1)\n\u202Egnp.exe"),
			text("<img src=x onerror=alert(1)>", "${7*7}"),
		),
		demoItem(vault.Server, "Rack in the cellar", demoSections()...),
		demoItem(
			vault.SSHKey,
			"Backup key (RSA)",
			value(vault.FieldSSHKey, "private key", notAKey("RSA PRIVATE KEY")),
			text("fingerprint", "SHA256:1111111111111111111111111111111111111111111"),
		),
		demoItem(
			vault.Password,
			"Averyveryverylongtitlewithoutanyspaceswhichmustnotbreakthelayoutofanypageonasmallphone",
			secret("password", strings.Repeat("longpassword", 20)),
		),
		demoItem(
			vault.Login,
			"No password yet",
			text("username", "newcomer@company.example"),
			site("javascript:alert('never a link')"),
			site("example.com/login"),
			tags("onboarding"),
		),
	}
}

// demoSections are many sections with a few fields each.
func demoSections() []part {
	parts := []part{credentials("root", "cellar-door-404")}
	for _, slot := range []string{
		"Power",
		"Switch",
		"Storage",
		"Node one",
		"Node two",
		"Node three",
		"Console",
		"Cooling",
	} {
		parts = append(
			parts,
			in(
				slot,
				text(
					"address",
					strings.ToLower(strings.ReplaceAll(slot, " ", "-"))+".rack.example",
				),
				secret("password", "rack-"+strings.ToLower(slot)),
				text("serial", "DEMO-"+strings.ToUpper(slot[:1])+"-001"),
			),
		)
	}
	return parts
}
