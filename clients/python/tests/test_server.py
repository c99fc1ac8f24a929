"""The client with a running itemshare, whose address is in the environment.

The proxy of the project's e2e tests is in front of it: below /~{fault}/… it does what a bad network does.
"""

import hashlib
import io
import itertools
import json
import os
import re
import time
import traceback
import unittest
import urllib.request
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Optional

from itemshare import (
    Client,
    FileCreateParams,
    ItemCreateParams,
    ItemField,
    ItemshareError,
    ItemShareDuration,
    ItemShareParams,
    ItemShareStatus,
    ItemState,
    LinksChoice,
    Right,
    UnfiledShareParams,
    UserInviteParams,
    UserRole,
    UserStatus,
    open_link,
)

URL, TOKEN = os.environ.get("ITEMSHARE_URL", ""), os.environ.get("ITEMSHARE_TOKEN", "")
READER, FILE_SHA256 = os.environ.get("ITEMSHARE_READER_TOKEN", ""), os.environ.get("ITEMSHARE_FILE_SHA256", "")
EDITOR = os.environ.get("ITEMSHARE_EDITOR_TOKEN", "")
FOLLOWER, MANAGER = os.environ.get("ITEMSHARE_EVENTS_TOKEN", ""), os.environ.get("ITEMSHARE_PEOPLE_TOKEN", "")
if not all((URL, TOKEN, READER, EDITOR, FOLLOWER, MANAGER, FILE_SHA256)):
    raise RuntimeError("These tests need a running itemshare: make e2e starts one.")

client = Client(URL, TOKEN)
shares = client.items.shares
numbers = itertools.count(1)


def get(path):
    request = urllib.request.Request(URL + path, headers={"Accept": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def code():
    return re.findall(r"\d{8}", get("/demo/outbox")[0]["text"])[0]


def vault(title):
    return next(v for v in client.vaults.list() if v.title == title)


def prepare(by=client, in_vault="Team", q: Optional[str] = "Accounting portal"):
    found = next(by.items.list(vault(in_vault).id, q=q))
    item = by.items.get(found.vault_id, found.id)
    return item, by.items.shares.get_account_policy(item.vault_id, item.id)


class WithFault:
    """A client whose first matching calls fail, and its calls."""

    def __init__(self, fault, match, times, token=TOKEN, **more):
        self.name = f"py{next(numbers)}"
        self.base = f"{URL}/~{fault}/{match}/{times}/{self.name}"
        self.client = Client(self.base, token, **more)

    def through(self, link):
        return link.replace(URL, self.base)

    def seen(self, what=""):
        return [call for call in get(f"/~seen/{self.name}") if what in f"{call['method']} {call['path']}"]


def count_active(item):
    return sum(share.item_id == item.id for share in shares.list(status=ItemShareStatus.ACTIVE, limit=100))


class Case(unittest.TestCase):
    def assert_error(self, want, call, /, *arguments, **named):
        with self.assertRaises(ItemshareError) as caught:
            call(*arguments, **named)
        self.assertEqual(caught.exception.code, want)
        return caught.exception


class Steps(Case):
    def test_the_four_steps_and_the_opening_of_the_link(self):
        item, policy = prepare()
        self.assertTrue(item.fields and item.updated_at and item.updated_at.tzinfo)
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

        stored = shares.get(share.id)
        row = (stored.item_id, stored.status, stored.views, stored.audience)
        self.assertEqual(row, (item.id, "active", 1, "anyone"))
        self.assertIn(share.id, [one.id for one in shares.list(vault=item.vault_id)])
        shares.revoke(share.id)
        shares.revoke(share.id)
        self.assertIs(shares.get(share.id).status, ItemShareStatus.REVOKED)
        self.assertEqual(self.assert_error("revoked", open_link, share.link).status, 410)

    def test_a_follower_of_the_events_misses_none(self):
        events = Client(URL, FOLLOWER).events
        seen = list(events.after(limit=2))
        self.assertEqual([event.number for event in seen], list(range(1, len(seen) + 1)))
        item, policy = prepare()
        share = shares.create(item, policy)
        deadline = time.monotonic() + 30
        while not any(event.subject == share.id for event in seen) and time.monotonic() < deadline:
            seen += events.after(seen[-1].number if seen else 0)
        created = next(event for event in seen if event.subject == share.id)
        self.assertEqual((created.kind, created.erased), ("share.created", False))
        self.assertIn("expires_at", created.detail)
        self.assertEqual([event.number for event in seen], list(range(1, len(seen) + 1)))
        self.assert_error("forbidden", list, client.events.after())

    def test_items_are_created_replaced_archived_and_deleted(self):
        editor = Client(URL, EDITOR)
        items, vault_id = editor.items, editor.vaults.list()[0].id
        fields = [ItemField("", "password", "Concealed", "a \0 漢 <b>")]
        made = items.create(ItemCreateParams(vault_id, "Login", "From Python", fields))
        self.assertEqual((made.version, made.fields[0].value), (1, fields[0].value))
        self.assertEqual(items.get(vault_id, made.id), made)
        put = items.put(replace(made, title="Of Python", tags=["py"]))
        self.assertEqual((put.version, put.title, put.fields), (2, "Of Python", made.fields))
        for call, status in ((lambda: items.put(made), 412), (lambda: items.delete(vault_id, made.id), 409)):
            with self.assertRaises(ItemshareError) as caught:
                call()
            self.assertEqual((caught.exception.code, caught.exception.status), ("conflict", status))
        items.archive(vault_id, made.id)
        self.assertEqual(list(items.list(vault_id, q="of python")), [])
        (archived,) = items.list(vault_id, q="of python", state=ItemState.ARCHIVED)
        self.assertEqual((archived.id, archived.state), (made.id, "archived"))
        items.delete(vault_id, made.id)
        with self.assertRaises(ItemshareError) as caught:
            items.get(vault_id, made.id)
        self.assertEqual(caught.exception.code, "not_found")
        with self.assertRaises(ItemshareError) as caught:
            items.create(ItemCreateParams(vault_id, "Login", "", [ItemField("", "", "?", "x")]))
        self.assertEqual([p.field for p in caught.exception.problems], ["fields.0.fieldType", "title"])

    def test_files_of_items_are_attached_read_and_deleted(self):
        editor = Client(URL, EDITOR)
        items, vault_id = editor.items, editor.vaults.list()[0].id
        item = items.create(ItemCreateParams(vault_id, "SecureNote", "Of files"))
        content = bytes(n % 251 for n in range(300_000))
        name = 'a "plan" & 漢.bin'
        attached = items.files.attach(vault_id, item.id, FileCreateParams(name, io.BytesIO(content), "application/pdf"))
        self.assertEqual((attached.name, attached.size, attached.type), (name, len(content), "application/pdf"))
        empty = items.files.attach(vault_id, item.id, FileCreateParams("empty", b""))
        self.assertEqual(items.files.read(vault_id, item.id, attached.id), content)
        self.assertEqual(items.files.read(vault_id, item.id, empty.id), b"")
        self.assertEqual(items.get(vault_id, item.id).files, [attached, empty])
        self.assertTrue(next(items.files.stream(vault_id, item.id, attached.id)))

        cut = WithFault("cut", "GET.files", 9, token=EDITOR, tries=1).client.items.files
        self.assert_error("unreachable", cut.read, vault_id, item.id, attached.id)
        lost = WithFault("lose", "POST.files", 1, token=EDITOR)
        again = FileCreateParams("lost", b"x")
        self.assert_error("unreachable", lost.client.items.files.attach, vault_id, item.id, again)
        self.assertEqual(len(lost.seen("POST")), 1, "a file was sent twice")

        items.files.delete(vault_id, item.id, attached.id)
        self.assert_error("not_found", items.files.read, vault_id, item.id, attached.id)
        self.assert_error("invalid", items.files.attach, vault_id, item.id, FileCreateParams("", b"x"))
        with self.assertRaises(ValueError):
            items.files.delete(vault_id, item.id, "..")

    def test_what_is_in_no_vault_is_shared_with_files_and_without(self):
        fields = [ItemField("", "Code", "Concealed", "2468\n")]
        text = UnfiledShareParams("Door", fields, expire_after=ItemShareDuration.ONE_HOUR, one_time_only=True)
        share = shares.create_unfiled(text)
        opened = open_link(share.link)
        self.assertEqual((opened.content.title, opened.content.fields[0].value), ("Door", "2468\n"))
        self.assertEqual((opened.terms.max_views, shares.get(share.id).item_id), (1, ""))

        content = bytes(n % 253 for n in range(100_000))
        files = [
            FileCreateParams('plan "b" 漢.bin', content, "application/pdf"),
            FileCreateParams("note.txt", io.BytesIO(b"a\r\nb\n")),
        ]
        opened = open_link(shares.create_unfiled(UnfiledShareParams(notes="N", files=files)).link)
        self.assertEqual([(f["name"], f["size"]) for f in opened.raw["files"]], [(files[0].name, 100_000), ("note.txt", 5)])
        self.assertEqual((opened.content.notes, opened.files[0].read()), ("N", content))

        meet = WithFault("lose", "POST.shares", 1)
        kept = meet.client.items.shares.create_unfiled(text)
        self.assertEqual([call["method"] for call in meet.seen()], ["POST", "POST", "DELETE", "POST"])
        self.assertEqual(open_link(kept.link).content.title, "Door")
        once = WithFault("lose", "POST.shares", 1)
        with_file = UnfiledShareParams(files=files[:1])
        self.assert_error("not_known", once.client.items.shares.create_unfiled, with_file)
        self.assertEqual(len(once.seen("POST")), 1)
        self.assert_error("invalid", shares.create_unfiled, UnfiledShareParams())
        self.assert_error("forbidden", Client(URL, READER).items.shares.create_unfiled, text)

    def test_recipients_verify_their_address(self):
        item, policy = prepare()
        recipients = shares.validate_recipients(policy, ["Ann@Client.Example", "agency.example"])
        types = [(r.type, str(r)) for r in recipients]
        self.assertEqual(types, [("Email", "ann@client.example"), ("Domain", "agency.example")])
        share = shares.create(item, policy, ItemShareParams(recipients, one_time_only=True))
        self.assert_error("verification_required", open_link, share.link)
        self.assert_error("code_invalid", open_link, share.link, email="ann@client.example", code=lambda: "00000000")
        opened = open_link(share.link, email="bob@agency.example", code=code)
        self.assertEqual(opened.content.title, item.title)
        self.assertEqual((opened.terms.max_views, opened.terms.audience), (1, "recipients"))
        self.assertEqual([(v.email, v.views) for v in shares.views(share.id)], [("bob@agency.example", 1)])
        self.assertEqual(shares.get(share.id).undelivered, [])
        today = datetime.now(timezone.utc).date()
        for found in (
            shares.list(with_="agency.example"),
            shares.list(created="7days"),
            shares.list(from_=today - timedelta(days=1)),
        ):
            self.assertIn(share.id, [one.id for one in found])
        for found in (shares.list(with_="nobody@client.example"), shares.list(to="2020-01-01")):
            self.assertEqual(list(found), [])
        self.assert_error("invalid", lambda: next(shares.list(with_="ann@")))
        error = self.assert_error("viewed", open_link, share.link, email="bob@agency.example", code=code)
        self.assertEqual(error.status, 410)

    def test_lists_request_a_page_at_a_time(self):
        item, policy = prepare()
        for _ in range(3):
            shares.create(item, policy)
        meet = WithFault("none", "GET.none", 0)
        listed = meet.client.items.shares.list(limit=2)
        next(listed)
        self.assertEqual(len(meet.seen()), 1)
        rest = [share.id for share in listed]
        self.assertGreaterEqual(len(rest), 2)
        self.assertGreaterEqual(len(meet.seen()), 2)
        self.assertEqual(len(set(rest)), len(rest))

    def test_an_error_has_all_problems(self):
        item, policy = prepare()
        self.assertEqual(self.assert_error("not_found", client.items.get, item.vault_id, "nothing").status, 404)
        self.assert_error("unauthenticated", Client(URL, "itemshare_wrong").vaults.list)
        self.assert_error("forbidden", Client(URL, READER).items.shares.create, item, policy)
        texts = ["ann@client.example", "ann@", "gmail.com"]
        error = self.assert_error("recipient_invalid", shares.validate_recipients, policy, texts)
        self.assertEqual((error.status, len(error.problems)), (422, 2))
        self.assertTrue(all((problem.detail or "-") in str(error) for problem in error.problems))
        self.assert_error("invalid", shares.create, item, policy, ItemShareParams(expire_after="Forever"))
        with self.assertRaises(ValueError):
            shares.create(next(one for one in client.items.list(item.vault_id) if one.id != item.id), policy)
        with self.assertRaises(ValueError):
            client.items.get(item.vault_id, "..")


class People(Case):
    def test_people_are_invited_into_a_group_with_access_found_and_removed(self):
        manager = Client(URL, MANAGER)
        users, groups, vaults = manager.users, manager.groups, manager.vaults
        team = next(v for v in vaults.list(all=True) if v.title == "Team").id
        group = groups.create("Python developers")
        self.assert_error("conflict", groups.create, "python Developers")
        vaults.set_group_access(team, group.id, [Right.REVEAL, "share"])
        invited = users.invite(UserInviteParams("zoe@python.example", "Zoe", groups=[group.id]))
        zoe = invited.user
        self.assertEqual((zoe.status, zoe.role, invited.link), ("invited", "member", None))
        self.assertEqual(invited.expires_at, zoe.invited_until)
        users.invite_again(zoe.id)
        self.assert_error("conflict", users.reset_password, zoe.id)
        vaults.set_user_access(team, zoe.id, {Right.EDIT})
        (access,) = vaults.access(team, q="zoe@python")
        self.assertEqual(access.rights, ["view", "reveal", "share", "edit"])
        self.assertEqual([source.group_id for source in access.sources], [None, group.id])
        (rights,) = users.access(zoe.id)
        self.assertEqual((rights.vault_id, rights.archived, rights.rights), (team, False, access.rights))
        self.assertEqual(rights.sources, access.sources)
        (rights,) = groups.access(group.id)
        self.assertEqual((rights.vault_id, rights.rights), (team, ["view", "reveal", "share"]))
        vaults.remove_user_access(team, zoe.id)
        groups.remove_member(group.id, zoe.id)
        groups.add_member(group.id, zoe.id)
        self.assertEqual([user.id for user in groups.members(group.id)], [zoe.id])
        vaults.remove_group_access(team, group.id)
        self.assertEqual(groups.rename(group.id, "Python engineers").name, "Python engineers")
        self.assertEqual(next(groups.list(q="python eng")).member_count, 1)
        groups.delete(group.id)
        self.assert_error("not_found", groups.get, group.id)

        admin = users.find("Admin@example.com")
        self.assert_error("conflict", users.update, admin.id, role=UserRole.MEMBER)
        zoe = users.update(zoe.id, name="Zoë", status=UserStatus.SUSPENDED)
        self.assertEqual((zoe.name, zoe.status), ("Zoë", "suspended"))
        users.remove(zoe.id)
        self.assert_error("not_found", users.find, "zoe@python.example")
        member = users.find("member@example.com")
        reset = users.reset_password(member.id)
        self.assertEqual((reset.user.id, reset.link), (member.id, None))
        self.assert_error("invalid", users.remove, member.id)
        users.remove(member.id, links=LinksChoice.HAND_OVER, to=admin.id)
        self.assert_error("not_found", users.get, member.id)
        self.assert_error("forbidden", list, client.users.list())


    def test_vaults_are_created_renamed_archived_and_restored(self):
        vaults = Client(URL, MANAGER).vaults
        made = vaults.create("Python contractors")
        self.assert_error("conflict", vaults.create, "python Contractors")
        self.assertEqual(vaults.rename(made.id, "Python partners").title, "Python partners")
        self.assertTrue(vaults.archive(made.id).archived)
        self.assertTrue(vaults.get(made.id).archived)
        self.assertFalse(vaults.restore(made.id).archived)
        self.assertEqual(list(vaults.access(made.id)), [])
        self.assert_error("forbidden", client.vaults.create, "Python own")


class Files(Case):
    def test_files_are_read_in_chunks_each_verified(self):
        item, policy = prepare(in_vault="Imported", q=None)
        share = shares.create(item, policy, ItemShareParams(files=True))
        (file,) = open_link(share.link).files
        self.assertEqual((file.name, file.size), ("large file.bin", item.files[0].size))
        began = time.monotonic()
        chunks = list(file.stream())
        print(f"{file.size / (1 << 20) / (time.monotonic() - began):.1f} MiB/s")
        self.assertEqual((len(chunks), hashlib.sha256(b"".join(chunks)).hexdigest()), (3, FILE_SHA256))
        for fault in ("lose", "cut", "busy"):
            (file,) = open_link(WithFault(fault, "POST.file", 1).through(share.link)).files
            self.assertEqual(hashlib.sha256(file.read()).hexdigest(), FILE_SHA256, fault)
        (file,) = open_link(WithFault("changed", "POST.file", 1).through(share.link)).files
        self.assert_error("damaged", file.read)
        (file,) = open_link(WithFault("longer", "POST.file", 1).through(share.link)).files
        self.assert_error("damaged", file.read)


class Secrets(Case):
    def test_no_printed_object_contains_a_secret(self):
        item, policy = prepare()
        share = shares.create(item, policy)
        opened = open_link(share.link)
        unknown = self.assert_error("not_found", client.items.get, item.vault_id, "nothing")
        gone = self.assert_error("unreachable", Client("http://localhost:9", TOKEN, tries=1).vaults.list)
        with self.assertRaises(ValueError) as broken:
            Client(URL, TOKEN + "\n")
        wire = client.vaults._wire
        shown = [repr(one) for one in (client, vars(client), vars(wire), client.items, share, item, opened)]
        for error in (unknown, gone, broken.exception):
            lines = traceback.format_exception(type(error), error, error.__traceback__)
            shown.append("".join(lines) + repr(vars(error)))
        values = [field.value for field in item.fields if field.field_type == "Concealed"]
        self.assertTrue(values)
        for text in shown:
            for secret in (TOKEN, share.link[-43:], *values):
                self.assertNotIn(secret, text)

    def test_a_token_is_sent_over_https_or_to_this_machine(self):
        for good in (
            "https://share.example.com", "https://share.example.com/team/",
            "http://localhost:8080", "http://127.0.0.1:1", "http://[::1]:1",
        ):  # fmt: skip
            Client(good, TOKEN)
        for bad in (
            "http://share.example.com", "http://localhost.example.com", "ftp://localhost",
            "https://user@share.example.com", "https://share.example.com/?q", "https://share.example.com:port",
            "https://share.example.com/a b", "share.example.com", "",
        ):  # fmt: skip
            with self.subTest(bad), self.assertRaises(ValueError):
                Client(bad, TOKEN)


class BadNetwork(Case):
    def test_calls_are_repeated_where_that_is_safe(self):
        for fault in ("lose", "refuse", "cut", "busy", "limited", "foreign"):
            with self.subTest(fault):
                meet = WithFault(fault, "GET.vaults", 2)
                before = time.monotonic()
                self.assertTrue(meet.client.vaults.list())
                self.assertEqual(len(meet.seen()), 3)
                if fault in ("busy", "limited"):
                    self.assertGreaterEqual(time.monotonic() - before, 2)
        hasty = WithFault("lose", "GET.vaults", 9, tries=2)
        self.assert_error("unreachable", hasty.client.vaults.list)
        self.assertEqual(len(hasty.seen()), 2)
        stored = WithFault("limited-900", "GET.vaults", 9)
        self.assertEqual(self.assert_error("too_many_attempts", stored.client.vaults.list).retry_after, 900)
        self.assertEqual(len(stored.seen()), 1)

    def test_a_revocation_whose_answer_is_lost_is_sent_again(self):
        share = shares.create(*prepare())
        meet = WithFault("lose", "DELETE.shares", 1)
        meet.client.items.shares.revoke(share.id)
        self.assertEqual(len(meet.seen("DELETE")), 2)
        self.assertEqual(shares.get(share.id).status, "revoked")

    def test_a_share_whose_link_was_lost_is_revoked_and_another_created(self):
        for fault in ("lose", "cut", "unsure"):
            with self.subTest(fault):
                item, policy = prepare()
                before = count_active(item)
                meet = WithFault(fault, "POST.shares", 1)
                share = meet.client.items.shares.create(item, policy)
                calls = meet.seen()
                self.assertEqual([call["method"] for call in calls], ["POST", "POST", "DELETE", "POST"])
                keys = [call["key"] for call in calls]
                self.assertTrue(keys[0] and keys[0] == keys[1] and keys[3] and keys[3] != keys[0])
                self.assertEqual(count_active(item), before + 1, "one link is active, and it is the one returned")
                self.assertEqual(open_link(share.link).content.title, item.title)

    def test_a_call_that_never_arrived_is_repeated_with_the_same_key(self):
        item, policy = prepare()
        before = count_active(item)
        for fault in ("refuse", "busy"):
            meet = WithFault(fault, "POST.shares", 2)
            meet.client.items.shares.create(item, policy)
            self.assertEqual((len({call["key"] for call in meet.seen()}), len(meet.seen())), (1, 3), fault)
        self.assertEqual(count_active(item), before + 2)

    def test_without_any_answer_the_code_is_not_known(self):
        item, policy = prepare()
        for fault, want, calls in (
            ("lose", "not_known", 2), ("foreign", "not_known", 2), ("unknown", "link_unknown", 1),
            ("unsure", "not_known", 2),
        ):  # fmt: skip
            meet = WithFault(fault, "POST.shares", 9, tries=2)
            self.assert_error(want, meet.client.items.shares.create, item, policy)
            self.assertEqual(len(meet.seen()), calls, fault)

    def test_a_request_for_a_code_is_not_repeated_an_opening_is(self):
        item, policy = prepare()
        share = shares.create(item, policy, ItemShareParams(["ann@client.example"]))
        meet = WithFault("lose", "POST.code", 1)
        self.assert_error("unreachable", open_link, meet.through(share.link), email="ann@client.example", code=code)
        self.assertEqual(len(meet.seen("code")), 1)

        limited = WithFault("limited", "POST.peek", 9)
        self.assert_error("too_many_attempts", open_link, limited.through(share.link))
        self.assertEqual(len(limited.seen()), 1, "the limits of a link last, so a repeat does not help")

        single = shares.create(item, policy, ItemShareParams(one_time_only=True))
        broken = WithFault("lose", "POST.open", 2)
        self.assertEqual(open_link(broken.through(single.link)).content.title, item.title)
        self.assertEqual(len(broken.seen("open")), 3)
        self.assertFalse(any(call["token"] for call in broken.seen()), "a link's call has the service account's token")
        self.assertEqual(shares.get(single.id).views, 1)

        once = shares.create(item, policy, ItemShareParams(one_time_only=True))
        unsure = WithFault("unsure", "POST.open", 3)
        self.assertEqual(open_link(unsure.through(once.link)).content.title, item.title)
        self.assertEqual(len(unsure.seen("open")), 4)
        self.assertEqual(shares.get(once.id).views, 1)
        mails = WithFault("unsure", "POST.code", 1)
        self.assert_error("unknown_outcome", open_link, mails.through(share.link), email="ann@client.example", code=code)
        self.assertEqual(len(mails.seen("code")), 1)

    def test_a_link_with_other_terms_than_were_sealed_does_not_open(self):
        share = shares.create(*prepare())
        self.assert_error("damaged", open_link, WithFault("later", "POST.s", 2).through(share.link))
        self.assert_error("damaged", open_link, WithFault("later", "POST.open", 1).through(share.link))
        self.assert_error("link_invalid", open_link, share.link[:-1])

    def test_redirects_are_not_followed(self):
        self.assert_error("unexpected_answer", WithFault("elsewhere", "GET.vaults", 9).client.vaults.list)
        self.assertEqual(get("/~seen/caught"), [])

    def test_a_call_ends_at_its_time_limit(self):
        meet = WithFault("hang", "GET.vaults", 9, timeout=1, tries=2)
        before = time.monotonic()
        self.assert_error("timeout", meet.client.vaults.list)
        self.assertEqual(len(meet.seen()), 2)
        self.assertLess(time.monotonic() - before, 10, "the limit is not the one that was set")
        self.assert_error("timeout", WithFault("drip", "GET.vaults", 9, timeout=0.2, tries=1).client.vaults.list)


if __name__ == "__main__":
    unittest.main()
