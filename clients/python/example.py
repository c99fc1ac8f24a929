"""Shares an item in four steps and opens the link, with `itemshare serve --demo`."""
import json, os, re, urllib.request  # noqa: E401

from itemshare import Client, ItemShareDuration, ItemShareParams, open_link

url = os.environ["ITEMSHARE_URL"]
client = Client(url, os.environ["ITEMSHARE_TOKEN"])
first = next(client.items.list(client.vaults.list()[0].id))

item = client.items.get(first.vault_id, first.id)
policy = client.items.shares.get_account_policy(item.vault_id, item.id)
recipients = client.items.shares.validate_recipients(policy, ["ann@client.example", "agency.example"])
params = ItemShareParams(recipients, expire_after=ItemShareDuration.SEVEN_DAYS, one_time_only=True)
share = client.items.shares.create(item, policy, params)

outbox = urllib.request.Request(f"{url}/demo/outbox", headers={"Accept": "application/json"})
code = lambda: re.findall(r"\d{8}", json.load(urllib.request.urlopen(outbox))[0]["text"])[0]  # noqa: E731
opened = open_link(share.link, email="ann@client.example", code=code)
print(f"Shared “{item.title}” until {share.expires_at:%Y-%m-%d %H:%M}; it opened as “{opened.content.title}”.")
