package e2e

import "testing"

// fourSteps are the steps of the documentation, run by a page's own script.
const fourSteps = `(async (token) => {
	const { createClient, ItemShareDuration, ItemshareError, open } = await import("/~client/itemshare.js");
	const client = createClient({ url: location.origin, token });
	const vaults = await client.vaults.list();
	const { value: first } = await client.items.list(vaults.find(({ title }) => title === "Team").id).next();
	const item = await client.items.get(first.vaultId, first.id);
	const policy = await client.items.shares.getAccountPolicy(item.vaultId, item.id);
	const recipients = await client.items.shares.validateRecipients(policy, ["ann@client.example"]);
	const share = await client.items.shares.create(item, policy, {
		recipients,
		expireAfter: ItemShareDuration.OneHour,
	});
	const outbox = async () =>
		(await fetch("/demo/outbox", { headers: { Accept: "application/json" } })).json();
	const code = async () => /\d{8}/.exec((await outbox())[0].text)[0];
	const opened = await open(share.link, { email: "ann@client.example", code });
	const known = await client.items.shares.get(share.id);
	await client.items.shares.revoke(share.id);
	const after = await open(share.link).catch((error) => error instanceof ItemshareError && error.code);
	const { title, fields } = opened.content;
	return { item: item.title, opened: title, fields: fields.length, views: known.views, after };
})`

func TestJavaScriptClientInABrowser(t *testing.T) {
	dependOnFiles(t, "../clients/javascript")
	s := start(t, behindFaultProxy(t))
	p := newPage(t, s, desktop)
	p.visit("/~client/page")
	got := eval[struct {
		Item, Opened, After string
		Fields, Views       int
	}](p, fourSteps+"("+quote(s.serviceAccount("--vault", "Team", "--share-items"))+")")
	if got.Item == "" || got.Opened != got.Item || got.Fields == 0 || got.Views != 1 ||
		got.After != "revoked" {
		t.Errorf("%+v", got)
	}
	p.clean()
}
