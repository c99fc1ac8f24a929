// Passwords by the recipes of 1Password's SDK, made where this runs.

import { makePassword } from "./passwords.js";

const SEPARATORS = [
  "digits",
  "digitsAndSymbols",
  "spaces",
  "hyphens",
  "underscores",
  "periods",
  "commas",
];
const WORD_LISTS = ["fullWords", "syllables", "threeLetters"];

/** Makes passwords. */
export const Secrets = Object.freeze({
  async generatePassword({ type, parameters = {} }) {
    check(type, parameters);
    const needsWords = type === "Memorable" && parameters.wordListType === "fullWords";
    const words = needsWords ? (await import("./words.js")).words : undefined;
    return { password: makePassword({ type, ...parameters }, words) };
  },
});

// check rejects a recipe that no password is made by.
function check(type, { length, wordCount, separatorType, wordListType }) {
  switch (type) {
    case "Random":
      return within("length", length, 8, 100);
    case "Pin":
      return within("length", length, 3, 12);
    case "Memorable":
      oneOf("separatorType", separatorType, SEPARATORS);
      oneOf("wordListType", wordListType, WORD_LISTS);
      return within("wordCount", wordCount, 3, 15);
  }
  throw new TypeError("The type of a recipe is Memorable, Pin or Random.");
}

function within(name, n, min, max) {
  if (!Number.isInteger(n) || n < min || n > max) {
    throw new TypeError(`${name} must be a number from ${min} to ${max}.`);
  }
}

function oneOf(name, value, all) {
  if (!all.includes(value)) throw new TypeError(`${name} must be one of ${all.join(", ")}.`);
}
