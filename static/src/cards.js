// The type of a card by the first digits of its number, as vault/cards.go says it.

const RANGES = [
  ["American Express", "34", "34"],
  ["American Express", "37", "37"],
  ["Diners Club", "300", "305"],
  ["Diners Club", "3095", "3095"],
  ["Diners Club", "36", "36"],
  ["Diners Club", "38", "39"],
  ["JCB", "3528", "3589"],
  ["Visa", "4", "4"],
  ["Maestro", "5018", "5018"],
  ["Maestro", "5020", "5020"],
  ["Maestro", "5038", "5038"],
  ["Maestro", "5893", "5893"],
  ["Mastercard", "51", "55"],
  ["Mastercard", "2221", "2720"],
  ["Discover", "6011", "6011"],
  ["Discover", "644", "649"],
  ["Discover", "65", "65"],
  ["UnionPay", "62", "62"],
  ["Maestro", "6304", "6304"],
  ["Maestro", "6759", "6759"],
  ["Maestro", "6761", "6763"],
];

// cardType returns "" where the digits say none. Blanks and dashes do not count.
export function cardType(number) {
  const digits = number.replace(/[\p{White_Space}\p{Cf}\p{Pd}=]/gu, "");
  if (!/^[0-9]{4,}$/.test(digits)) return "";
  const found = RANGES.find(([, first, last]) => {
    const start = digits.slice(0, first.length);
    return first <= start && start <= last;
  });
  return found?.[0] ?? "";
}
