import tseslint from "typescript-eslint";

/** Only what needs types or our own conventions: biome does the rest, faster. */
export default tseslint.config(
  { ignores: ["**/dist/**", "**/*.mjs", "node_modules/**", ".tools/**"] },
  {
    files: ["**/*.ts"],
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { project: "./tsconfig.json", tsconfigRootDir: import.meta.dirname },
    },
    plugins: { "@typescript-eslint": tseslint.plugin },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/no-unnecessary-condition": "error",
      "@typescript-eslint/no-unsafe-argument": "error",
      "@typescript-eslint/no-unsafe-assignment": "error",
      "@typescript-eslint/no-unsafe-call": "error",
      "@typescript-eslint/no-unsafe-member-access": "error",
      "@typescript-eslint/no-unsafe-return": "error",
      "@typescript-eslint/only-throw-error": "error",
      "@typescript-eslint/prefer-readonly": "error",
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      "@typescript-eslint/return-await": ["error", "in-try-catch"],
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      "max-lines": ["error", { max: 300, skipBlankLines: false, skipComments: false }],
      "no-restricted-syntax": [
        "error",
        {
          selector: "Program > VariableDeclaration[kind='let']",
          message: "No module-level mutable state: pass it in, or keep it inside a factory.",
        },
        {
          selector: "MemberExpression[object.name='process'][property.name='env']",
          message: "Only a main.ts reads process.env; everything else takes what it needs as a parameter.",
        },
      ],
    },
  },
  {
    files: ["packages/orchestrator/src/core/**/*.ts"],
    ignores: ["**/*.test.ts"],
    rules: {
      "no-restricted-globals": [
        "error",
        { name: "Date", message: "core/ takes time as an argument." },
        { name: "fetch", message: "core/ does no I/O." },
        { name: "process", message: "core/ does no I/O." },
        { name: "console", message: "core/ does not log." },
        { name: "setTimeout", message: "core/ has no clock." },
      ],
      "no-restricted-properties": [
        "error",
        { object: "Math", property: "random", message: "core/ takes randomness as an argument." },
      ],
    },
  },
  {
    files: [
      "**/main.ts",
      "**/*.test.ts",
      "packages/emulators/src/testing/*.ts",
      "packages/workflow-audit/src/testing/*.ts",
      "e2e/**/*.ts",
      "bench/**/*.ts",
      "vitest.config.ts",
    ],
    rules: { "no-restricted-syntax": "off" },
  },
);
