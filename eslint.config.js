import tseslint from "typescript-eslint";

const MAX_FUNCTION_LINES = 60;
const MAX_FILE_LINES = 250;

export default tseslint.config(
  { ignores: ["dist/", "resources/", "coverage/", "**/node_modules/", ".userdir/"] },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ["./tsconfig.check.json", "./tsconfig.editor.json"],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: "error" },
    rules: {
      complexity: ["error", 15],
      eqeqeq: "error",
      "max-depth": ["error", 3],
      "max-lines": ["error", { max: MAX_FILE_LINES, skipBlankLines: true }],
      "max-lines-per-function": ["error", { max: MAX_FUNCTION_LINES }],
      "no-console": "error",
      "no-else-return": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
      "@typescript-eslint/ban-ts-comment": "error",
      "@typescript-eslint/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],
      // What flows hold is unknown by nature, and is made text all the time.
      "@typescript-eslint/no-base-to-string": "off",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/no-unnecessary-condition": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", ignoreRestSiblings: true }],
      "@typescript-eslint/only-throw-error": "error",
      "@typescript-eslint/prefer-nullish-coalescing": "off",
      // An async function turns what it throws into a rejection; that alone can be its purpose.
      "@typescript-eslint/require-await": "off",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
    },
  },
  {
    // These speak to the person at the terminal.
    files: ["scripts/**", "demo/**", "bench/**", "test/compat/**"],
    rules: { "no-console": "off" },
  },
  {
    // A suite is one function.
    files: ["test/**"],
    rules: { complexity: "off", "max-lines-per-function": "off", "max-lines": ["error", 450] },
  },
);
