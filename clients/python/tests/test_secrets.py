"""Passwords are made without a server."""

import unittest

from itemshare import (
    PasswordRecipeMemorable,
    PasswordRecipeMemorableInner,
    PasswordRecipePin,
    PasswordRecipePinInner,
    PasswordRecipeRandom,
    PasswordRecipeRandomInner,
    Secrets,
    SeparatorType,
    WordListType,
)


def memorable(separator, words, count=3, capitalize=False):
    return PasswordRecipeMemorable(PasswordRecipeMemorableInner(separator, capitalize, words, count))


class Recipes(unittest.TestCase):
    def test_each_recipe_makes_what_it_says(self):
        for recipe, want in (
            (PasswordRecipePin(PasswordRecipePinInner(6)), r"^[0-9]{6}$"),
            (
                PasswordRecipeRandom(PasswordRecipeRandomInner(True, True, 20)),
                r"^(?=.*[0-9])(?=.*[!@#$%^&*_.+?-])[A-Za-z0-9!@#$%^&*_.+?-]{20}$",
            ),
            (PasswordRecipeRandom(PasswordRecipeRandomInner(False, False, 8)), r"^[A-Za-z]{8}$"),
            (memorable("digits", "syllables"), r"^[a-z]{3}([0-9][a-z]{3}){2}$"),
            (memorable(SeparatorType.SPACES, WordListType.FULLWORDS, 4), r"^[a-z-]+( [a-z-]+){3}$"),
            (memorable("commas", "threeLetters", capitalize=True), r"^(?=.*[A-Z]{3})[a-zA-Z]{3}(,[a-zA-Z]{3}){2}$"),
        ):
            with self.subTest(recipe):
                made = {Secrets.generate_password(recipe).password for _ in range(20)}
                for password in made:
                    self.assertRegex(password, want)
                self.assertGreater(len(made), 15)

    def test_no_repr_contains_a_password(self):
        made = Secrets.generate_password(PasswordRecipePin(PasswordRecipePinInner(12)))
        self.assertNotIn(made.password, repr(made))

    def test_a_recipe_that_no_password_is_made_by_is_rejected(self):
        for recipe in (
            PasswordRecipePin(PasswordRecipePinInner(2)),
            PasswordRecipeRandom(PasswordRecipeRandomInner(True, True, 101)),
            memorable("hyphens", "fullWords", 16),
            memorable("dots", "fullWords"),
            memorable("hyphens", "words"),
        ):
            with self.subTest(recipe), self.assertRaises(ValueError):
                Secrets.generate_password(recipe)


if __name__ == "__main__":
    unittest.main()
