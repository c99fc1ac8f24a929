"""Creates an item with a file, shares both and opens the link. The token can edit and share items."""
import os
from itemshare import Client, FileCreateParams, ItemCreateParams, ItemField, ItemShareParams, open_link

client = Client(os.environ["ITEMSHARE_URL"], os.environ["ITEMSHARE_TOKEN"])
items, vault = client.items, client.vaults.list()[0]

password = ItemField("password", "password", "Concealed", "s3cret")
item = items.create(ItemCreateParams(vault.id, "Login", "Build server", [password]))
items.files.attach(vault.id, item.id, FileCreateParams("runbook.txt", b"Restart it on Mondays.", "text/plain"))
policy = items.shares.get_account_policy(vault.id, item.id)
share = items.shares.create(item, policy, ItemShareParams(files=True, one_time_only=True))

opened = open_link(share.link)
print(opened.content.title, "opened with", opened.files[0].name)
