"""Passwords by the recipes of 1Password's SDK, made where this runs."""

from __future__ import annotations

import functools
import importlib.resources
import secrets
import string
from dataclasses import dataclass, field
from typing import Sequence, Union

from .types import Name

_SYMBOLS = "!@#$%^&*-_.+?"
_CONSONANTS = "bdfghjklmnprstvwz"
_VOWELS = "aeiou"


class SeparatorType(Name):
    """What stands between the words of a memorable password. Digits and symbols are drawn for each gap."""

    DIGITS = "digits"
    DIGITSANDSYMBOLS = "digitsAndSymbols"
    SPACES = "spaces"
    HYPHENS = "hyphens"
    UNDERSCORES = "underscores"
    PERIODS = "periods"
    COMMAS = "commas"


class WordListType(Name):
    """What the words of a memorable password are. Full words are those of the EFF's large list."""

    FULLWORDS = "fullWords"
    SYLLABLES = "syllables"
    THREELETTERS = "threeLetters"


_SEPARATORS = {
    SeparatorType.DIGITS: string.digits,
    SeparatorType.DIGITSANDSYMBOLS: string.digits + _SYMBOLS,
    SeparatorType.SPACES: " ",
    SeparatorType.HYPHENS: "-",
    SeparatorType.UNDERSCORES: "_",
    SeparatorType.PERIODS: ".",
    SeparatorType.COMMAS: ",",
}


@dataclass(frozen=True)
class PasswordRecipeMemorableInner:
    """3 to 15 words. capitalize writes one of them in capitals."""

    separator_type: Union[SeparatorType, str]
    capitalize: bool
    word_list_type: Union[WordListType, str]
    word_count: int


@dataclass(frozen=True)
class PasswordRecipePinInner:
    """3 to 12 digits."""

    length: int


@dataclass(frozen=True)
class PasswordRecipeRandomInner:
    """8 to 100 letters, with at least one digit and one symbol if they are included."""

    include_digits: bool
    include_symbols: bool
    length: int


@dataclass(frozen=True)
class PasswordRecipeMemorable:
    """A password of words with separators between them."""

    parameters: PasswordRecipeMemorableInner
    type: str = "Memorable"


@dataclass(frozen=True)
class PasswordRecipePin:
    """A password of digits."""

    parameters: PasswordRecipePinInner
    type: str = "Pin"


@dataclass(frozen=True)
class PasswordRecipeRandom:
    """A password of letters, digits and symbols."""

    parameters: PasswordRecipeRandomInner
    type: str = "Random"


PasswordRecipe = Union[PasswordRecipeMemorable, PasswordRecipePin, PasswordRecipeRandom]


@dataclass(frozen=True)
class GeneratePasswordResponse:
    """A new password."""

    password: str = field(repr=False)


class Secrets:
    """Makes passwords, as the SDK's does."""

    @staticmethod
    def generate_password(recipe: PasswordRecipe) -> GeneratePasswordResponse:
        """Makes a password by a recipe, on this machine. A recipe that is not accepted is a ValueError."""
        if isinstance(recipe, PasswordRecipePin):
            _within("length", recipe.parameters.length, 3, 12)
            return GeneratePasswordResponse(_draw(string.digits, recipe.parameters.length))
        if isinstance(recipe, PasswordRecipeRandom):
            return GeneratePasswordResponse(_characters(recipe.parameters))
        return GeneratePasswordResponse(_words(recipe.parameters))


def _within(name: str, n: int, least: int, most: int) -> None:
    if not least <= n <= most:
        raise ValueError(f"{name} must be a number from {least} to {most}.")


def _draw(alphabet: Sequence[str], length: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))


def _characters(recipe: PasswordRecipeRandomInner) -> str:
    """Draws whole passwords until one has all that is included: so each is as likely as the others."""
    _within("length", recipe.length, 8, 100)
    needed = [string.digits] * recipe.include_digits + [_SYMBOLS] * recipe.include_symbols
    while True:
        made = _draw(string.ascii_letters + "".join(needed), recipe.length)
        if all(any(one in made for one in some) for some in needed):
            return made


def _words(recipe: PasswordRecipeMemorableInner) -> str:
    separator, kind = SeparatorType(recipe.separator_type), WordListType(recipe.word_list_type)
    _within("word_count", recipe.word_count, 3, 15)
    words = [_word(kind) for _ in range(recipe.word_count)]
    if recipe.capitalize:
        chosen = secrets.randbelow(len(words))
        words[chosen] = words[chosen].upper()
    made = words[0]
    for word in words[1:]:
        made += secrets.choice(_SEPARATORS[separator]) + word
    return made


def _word(kind: WordListType) -> str:
    if kind is WordListType.SYLLABLES:
        return _draw(_CONSONANTS, 1) + _draw(_VOWELS, 1) + _draw(_CONSONANTS, 1)
    if kind is WordListType.THREELETTERS:
        return _draw(string.ascii_lowercase, 3)
    return secrets.choice(_full_words())


@functools.lru_cache(maxsize=None)
def _full_words() -> Sequence[str]:
    return importlib.resources.files("itemshare").joinpath("words.txt").read_text("utf-8").split()
