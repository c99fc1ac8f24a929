"""The client against a running itemshare, whose address the environment names. The proxy of the project's e2e tests stands
before it: under /~{fault}/… it does what a bad network does."""

import hashlib
import itertools
import json
import os
import re
import time
import traceback
import unittest
import urllib.request
from datetime import datetime, timedelta, timezone

from itemshare import Client, ItemshareError, ItemShareDuration, ItemShareParams, ItemShareStatus, open_link

URL, TOKEN = os.environ.get("ITEMSHARE_URL", ""), os.environ.get("ITEMSHARE_TOKEN", "")
READER, FILE_SHA256 = os.environ.get("ITEMSHARE_READER_TOKEN", ""), os.environ.get("ITEMSHARE_FILE_SHA256", "")
if not all((URL, TOKEN, READER, FILE_SHA256)):
    raise RuntimeError("These tests need a running itemshare: make e2e starts one.")

client = Client(URL, TOKEN)
shares = client.items.shares
numbers = itertools.count(1)


def get(path):
    request = urllib.request.Request(URL + path, headers={"Accept": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def code():
    return re.search(r"\d{8}", get("/demo/outbox")[0]["text"])[0]


def vault(title):
    return next(v for v in client.vaults.list() if v.title == title)


def prepare(by=client, in_vault="Team", q="Accounting portal"):
    found = next(by.items.list(vault(in_vault).id, q=q))
    item = by.items.get(found.vault_id, found.id)
    return item, by.items.shares.get_account_policy(item.vault_id, item.id)


class Meet:
    """A client whose first calls of a kind meet a fault, and what came of its calls."""

    def __init__(self, fault, match, times, **more):
        self.name = f"py{next(numbers)}"
        self.base = f"{URL}/~{fault}/{match}/{times}/{self.name}"
        self.client = Client(self.base, TOKEN, **more)

    def through(self, link):
        return link.replace(URL, self.base)

    def seen(self, what=""):
        return [call for call in get(f"/~seen/{self.name}") if what in f"{call['method']} {call['path']}"]


def live(item):
    return sum(share.item_id == item.id for share in shares.list(status=ItemShareStatus.ACTIVE, limit=100))


class Case(unittest.TestCase):
    def refused(self, want, call, /, *arguments, **named):
        with self.assertRaises(ItemshareError) as caught:
            call(*arguments, **named)
        self.assertEqual(caught.exception.code, want)
        return caught.exception


class Steps(Case):
    def test_the_four_steps_and_the_opening_of_the_link(self):
        item, policy = prepare()
        self.assertTrue(item.fields and item.updated_at.tzinfo)
        self.assertIn("Public", policy.allowed_types)
        self.assertGreater(policy.files.max_size, 0)
        share = shares.create(item, policy, ItemShareParams(expire_after=ItemShareDuration.ONE_HOUR))
        self.assertTrue(share.link.startswith(f"{URL}/s#"))
        self.assertLessEqual(share.expires_at, datetime.now(timezone.utc) + timedelta(hours=1))

        opened = open_link(share.link)
        self.assertEqual(opened.content.title, item.title)
        whole = {(field.field_type, field.value) for field in item.fields}
        self.assertTrue(opened.content.fields and whole.issuperset((f.type, f.value) for f in opened.content.fields))
        self.assertEqual((opened.terms.expires_at, opened.terms.audience), (share.expires_at, "anyone"))

        told = shares.get(share.id)
        self.assertEqual((told.item_id, told.status, told.views, told.audience), (item.id, "active", 1, "anyone"))
        self.assertIn(share.id, [one.id for one in shares.list(vault=item.vault_id)])
        shares.revoke(share.id)
        shares.revoke(share.id)
        self.assertIs(shares.get(share.id).status, ItemShareStatus.REVOKED)
        self.assertEqual(self.refused("revoked", open_link, share.link).status, 410)

    def test_named_recipients_prove_their_address(self):
        item, policy = prepare()
        recipients = shares.validate_recipients(policy, ["Ann@Client.Example", "agency.example"])
        self.assertEqual([(r.type, str(r)) for r in recipients], [("Email", "ann@client.example"), ("Domain", "agency.example")])
        share = shares.create(item, policy, ItemShareParams(recipients, one_time_only=True))
        self.refused("verification_required", open_link, share.link)
        self.refused("code_invalid", open_link, share.link, email="ann@client.example", code=lambda: "00000000")
        opened = open_link(share.link, email="bob@agency.example", code=code)
        self.assertEqual((opened.content.title, opened.terms.max_views, opened.terms.audience), (item.title, 1, "recipients"))
        self.assertEqual(self.refused("viewed", open_link, share.link, email="bob@agency.example", code=code).status, 410)

    def test_lists_go_on_page_after_page_as_they_are_asked_for(self):
        item, policy = prepare()
        for _ in range(3):
            shares.create(item, policy)
        meet = Meet("none", "GET:none", 0)
        listed = meet.client.items.shares.list(limit=2)
        next(listed)
        self.assertEqual(len(meet.seen()), 1)
        rest = [share.id for share in listed]
        self.assertGreaterEqual(len(rest), 2)
        self.assertGreaterEqual(len(meet.seen()), 2)
        self.assertEqual(len(set(rest)), len(rest))

    def test_what_the_server_refuses_comes_with_all_its_problems(self):
        item, policy = prepare()
        self.assertEqual(self.refused("not_found", client.items.get, item.vault_id, "nothing").status, 404)
        self.refused("unauthenticated", Client(URL, "itemshare_wrong").vaults.list)
        self.refused("forbidden", Client(URL, READER).items.shares.create, item, policy)
        error = self.refused("recipient_invalid", shares.validate_recipients, policy, ["ann@client.example", "ann@", "gmail.com"])
        self.assertEqual((error.status, len(error.problems)), (422, 2))
        self.assertTrue(all(problem.detail in str(error) for problem in error.problems))
        self.refused("invalid", shares.create, item, policy, ItemShareParams(expire_after="Forever"))
        with self.assertRaises(ValueError):
            shares.create(next(one for one in client.items.list(item.vault_id) if one.id != item.id), policy)
        with self.assertRaises(ValueError):
            client.items.get(item.vault_id, "..")


class Files(Case):
    def test_files_come_chunk_by_chunk_each_checked(self):
        item, policy = prepare(in_vault="Imported", q=None)
        share = shares.create(item, policy, ItemShareParams(files=True))
        (file,) = open_link(share.link).files
        self.assertEqual((file.name, file.size), ("large file.bin", item.files[0].size))
        began = time.monotonic()
        chunks = list(file.stream())
        print(f"{file.size / (1 << 20) / (time.monotonic() - began):.1f} MiB/s")
        self.assertEqual((len(chunks), hashlib.sha256(b"".join(chunks)).hexdigest()), (3, FILE_SHA256))
        for fault in ("lose", "cut", "busy"):
            (file,) = open_link(Meet(fault, "POST:file", 1).through(share.link)).files
            self.assertEqual(hashlib.sha256(file.read()).hexdigest(), FILE_SHA256, fault)
        (file,) = open_link(Meet("changed", "POST:file", 1).through(share.link)).files
        self.refused("damaged", file.read)
        (file,) = open_link(Meet("longer", "POST:file", 1).through(share.link)).files
        self.refused("damaged", file.read)


class Secrets(Case):
    def test_secrets_show_nowhere(self):
        item, policy = prepare()
        share = shares.create(item, policy)
        opened = open_link(share.link)
        unknown = self.refused("not_found", client.items.get, item.vault_id, "nothing")
        gone = self.refused("unreachable", Client("http://localhost:9", TOKEN, tries=1).vaults.list)
        with self.assertRaises(ValueError) as broken:
            Client(URL, TOKEN + "\n")
        wire = client.vaults._wire
        shown = [repr(one) for one in (client, vars(client), vars(wire), client.items, share, item, opened)]
        for error in (unknown, gone, broken.exception):
            shown.append("".join(traceback.format_exception(type(error), error, error.__traceback__)) + repr(vars(error)))
        values = [field.value for field in item.fields if field.field_type == "Concealed"]
        self.assertTrue(values)
        for text in shown:
            for secret in (TOKEN, share.link[-43:], *values):
                self.assertNotIn(secret, text)

    def test_a_token_goes_over_https_or_nowhere_but_to_this_machine(self):
        for good in ("https://share.example.com", "https://share.example.com/team/", "http://localhost:8080", "http://127.0.0.1:1", "http://[::1]:1"):
            Client(good, TOKEN)
        for bad in (
            "http://share.example.com", "http://localhost.example.com", "ftp://localhost", "https://user@share.example.com",
            "https://share.example.com/?q", "https://share.example.com:port", "https://share.example.com/a b", "share.example.com", "",
        ):  # fmt: skip
            with self.subTest(bad), self.assertRaises(ValueError):
                Client(bad, TOKEN)


class BadNetwork(Case):
    def test_what_was_asked_for_is_asked_for_again_where_that_is_safe(self):
        for fault in ("lose", "refuse", "cut", "busy", "limited", "foreign"):
            with self.subTest(fault):
                meet = Meet(fault, "GET:vaults", 2)
                before = time.monotonic()
                self.assertTrue(meet.client.vaults.list())
                self.assertEqual(len(meet.seen()), 3)
                if fault in ("busy", "limited"):
                    self.assertGreaterEqual(time.monotonic() - before, 2)
        hasty = Meet("lose", "GET:vaults", 9, tries=2)
        self.refused("unreachable", hasty.client.vaults.list)
        self.assertEqual(len(hasty.seen()), 2)
        told = Meet("limited-900", "GET:vaults", 9)
        self.assertEqual(self.refused("too_many_attempts", told.client.vaults.list).retry_after, 900)
        self.assertEqual(len(told.seen()), 1)

    def test_a_revocation_whose_answer_is_lost_is_sent_again(self):
        share = shares.create(*prepare())
        meet = Meet("lose", "DELETE:shares", 1)
        meet.client.items.shares.revoke(share.id)
        self.assertEqual(len(meet.seen("DELETE")), 2)
        self.assertEqual(shares.get(share.id).status, "revoked")

    def test_a_share_whose_answer_was_lost_is_revoked_and_another_made(self):
        for fault in ("lose", "cut"):
            with self.subTest(fault):
                item, policy = prepare()
                before = live(item)
                meet = Meet(fault, "POST:shares", 1)
                share = meet.client.items.shares.create(item, policy)
                calls = meet.seen()
                self.assertEqual([call["method"] for call in calls], ["POST", "POST", "DELETE", "POST"])
                keys = [call["key"] for call in calls]
                self.assertTrue(keys[0] and keys[0] == keys[1] and keys[3] and keys[3] != keys[0])
                self.assertEqual(live(item), before + 1, "one link is live, and it is the one that was given")
                self.assertEqual(open_link(share.link).content.title, item.title)

    def test_a_share_that_never_arrived_is_asked_for_under_the_same_key(self):
        item, policy = prepare()
        before = live(item)
        for fault in ("refuse", "busy"):
            meet = Meet(fault, "POST:shares", 2)
            meet.client.items.shares.create(item, policy)
            self.assertEqual((len({call["key"] for call in meet.seen()}), len(meet.seen())), (1, 3), fault)
        self.assertEqual(live(item), before + 2)

    def test_where_no_answer_comes_for_good_the_error_says_that_nothing_is_known(self):
        item, policy = prepare()
        for fault, want, calls in (("lose", "not_known", 2), ("foreign", "not_known", 2), ("unknown", "link_unknown", 1)):
            meet = Meet(fault, "POST:shares", 9, tries=2)
            self.refused(want, meet.client.items.shares.create, item, policy)
            self.assertEqual(len(meet.seen()), calls, fault)

    def test_a_code_is_asked_for_once_an_opening_as_often_as_it_takes(self):
        item, policy = prepare()
        share = shares.create(item, policy, ItemShareParams(["ann@client.example"]))
        meet = Meet("lose", "POST:code", 1)
        self.refused("unreachable", open_link, meet.through(share.link), email="ann@client.example", code=code)
        self.assertEqual(len(meet.seen("code")), 1)

        limited = Meet("limited", "POST:peek", 9)
        self.refused("too_many_attempts", open_link, limited.through(share.link))
        self.assertEqual(len(limited.seen()), 1, "a limit of a link lasts: waiting is the caller's choice")

        single = shares.create(item, policy, ItemShareParams(one_time_only=True))
        broken = Meet("lose", "POST:open", 2)
        self.assertEqual(open_link(broken.through(single.link)).content.title, item.title)
        self.assertEqual(len(broken.seen("open")), 3)
        self.assertFalse(any(call["token"] for call in broken.seen()), "the service account's token is none of the link's")
        self.assertEqual(shares.get(single.id).views, 1)

    def test_a_link_under_other_terms_than_it_was_sealed_under_does_not_open(self):
        share = shares.create(*prepare())
        self.refused("damaged", open_link, Meet("later", "POST:s", 2).through(share.link))
        self.refused("damaged", open_link, Meet("later", "POST:open", 1).through(share.link))
        self.refused("link_invalid", open_link, share.link[:-1])

    def test_nothing_is_followed_elsewhere(self):
        self.refused("unexpected_answer", Meet("elsewhere", "GET:vaults", 9).client.vaults.list)
        self.assertEqual(get("/~seen/caught"), [])

    def test_waiting_ends_with_the_time_limit(self):
        meet = Meet("hang", "GET:vaults", 9, timeout=1, tries=2)
        before = time.monotonic()
        self.refused("timeout", meet.client.vaults.list)
        self.assertEqual(len(meet.seen()), 2)
        self.assertLess(time.monotonic() - before, 10, "the limit is not the one that was set")
        self.refused("timeout", Meet("drip", "GET:vaults", 9, timeout=0.2, tries=1).client.vaults.list)


if __name__ == "__main__":
    unittest.main()
