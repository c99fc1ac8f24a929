// Types of the recipes of passwords, with the names of 1Password's SDK.

/** Words with separators between them: 3 to 15. `capitalize` writes one of them in capitals. */
export interface PasswordRecipeMemorable {
  type: "Memorable";
  parameters: {
    separatorType:
      | "digits"
      | "digitsAndSymbols"
      | "spaces"
      | "hyphens"
      | "underscores"
      | "periods"
      | "commas";
    capitalize: boolean;
    wordListType: "fullWords" | "syllables" | "threeLetters";
    wordCount: number;
  };
}

/** Digits: 3 to 12. */
export interface PasswordRecipePin {
  type: "Pin";
  parameters: { length: number };
}

/** Letters, with at least one digit and one symbol if they are included: 8 to 100 characters. */
export interface PasswordRecipeRandom {
  type: "Random";
  parameters: { includeDigits: boolean; includeSymbols: boolean; length: number };
}

export type PasswordRecipe = PasswordRecipeMemorable | PasswordRecipePin | PasswordRecipeRandom;

export interface GeneratePasswordResponse {
  password: string;
}

/** Makes passwords where this runs; no server sees them. */
export declare const Secrets: Readonly<{
  generatePassword(recipe: PasswordRecipe): Promise<GeneratePasswordResponse>;
}>;
