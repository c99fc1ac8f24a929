// Passwords are made without a server.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Secrets } from "../itemshare.js";

test("each recipe makes what it says", async () => {
  const memorable = { separatorType: "hyphens", capitalize: true, wordListType: "fullWords" };
  for (const [recipe, want] of [
    [{ type: "Pin", parameters: { length: 6 } }, /^\d{6}$/],
    [
      { type: "Random", parameters: { includeDigits: true, includeSymbols: true, length: 20 } },
      /^(?=.*\d)(?=.*[!@#$%^&*_.+?-])[\w!@#$%^&*.+?-]{20}$/,
    ],
    [{ type: "Memorable", parameters: { ...memorable, wordCount: 4 } }, /[A-Z]/],
    [
      {
        type: "Memorable",
        parameters: { separatorType: "digits", wordListType: "syllables", wordCount: 3 },
      },
      /^[a-z]{3}\d[a-z]{3}\d[a-z]{3}$/,
    ],
  ]) {
    const { password } = await Secrets.generatePassword(recipe);
    assert.match(password, want);
    assert.notEqual(password, (await Secrets.generatePassword(recipe)).password);
  }
});

test("a recipe that no password is made by is rejected", async () => {
  for (const [recipe, words] of [
    [{}, /Memorable, Pin or Random/],
    [{ type: "Pin" }, /length must be a number from 3 to 12/],
    [{ type: "Random", parameters: { length: 101 } }, /length must be a number from 8 to 100/],
    [{ type: "Memorable", parameters: { wordCount: 4 } }, /separatorType must be one of/],
  ])
    await assert.rejects(Secrets.generatePassword(recipe), words);
});
