// Passwords by the three recipes of the 1Password SDK, made where this runs: the pages make them with
// this file too. The program makes them in vault/password, by the same rules.

const lower = "abcdefghijklmnopqrstuvwxyz";
const letters = lower + lower.toUpperCase();
const digits = "0123456789";
const symbols = "!@#$%^&*-_.+?";
const consonants = "bdfghjklmnprstvwz";
const vowels = "aeiou";

const separators = { spaces: " ", hyphens: "-", underscores: "_", periods: ".", commas: "," };
const drawnSeparators = { digits, digitsAndSymbols: digits + symbols };

// below returns a number from 0 to n-1, each as likely as the others: random numbers above the
// last multiple of n are drawn again.
function below(n) {
  const limit = 2 ** 32 - (2 ** 32 % n);
  const drawn = new Uint32Array(1);
  do crypto.getRandomValues(drawn);
  while (drawn[0] >= limit);
  return drawn[0] % n;
}

const oneOf = (list) => list[below(list.length)];
const string = (alphabet, length) => Array.from({ length }, () => oneOf(alphabet)).join("");
const hasAny = (text, characters) => [...text].some((c) => characters.includes(c));

// characters draws whole passwords until one holds all that is asked for.
function characters({ length, includeDigits, includeSymbols }) {
  const alphabet = letters + (includeDigits ? digits : "") + (includeSymbols ? symbols : "");
  for (;;) {
    const made = string(alphabet, length);
    if ((!includeDigits || hasAny(made, digits)) && (!includeSymbols || hasAny(made, symbols)))
      return made;
  }
}

function word(list, fullWords) {
  if (list === "syllables") return oneOf(consonants) + oneOf(vowels) + oneOf(consonants);
  if (list === "threeLetters") return string(lower, 3);
  return oneOf(fullWords);
}

function words({ wordCount, wordListType, separatorType, capitalize }, fullWords) {
  const made = Array.from({ length: wordCount }, () => word(wordListType, fullWords));
  if (capitalize) {
    const chosen = below(made.length);
    made[chosen] = made[chosen].toUpperCase();
  }
  const separator = () => separators[separatorType] ?? oneOf(drawnSeparators[separatorType]);
  return made.reduce((text, next) => text + separator() + next);
}

// makePassword returns a password by a recipe: the type and the SDK's names of its parts.
// fullWords is the list for words, and may be absent for the other types.
export function makePassword(recipe, fullWords) {
  switch (recipe.type) {
    case "Pin":
      return string(digits, recipe.length);
    case "Random":
      return characters(recipe);
    default:
      return words(recipe, fullWords);
  }
}
