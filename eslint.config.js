import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

export default defineConfig(
  {
    ignores: [
      "dist/",
      "node_modules/",
      ".sluice/",
      // AssemblyScript: its own compiler checks it, by other types.
      "src/classify/scanner/assembly/",
    ],
  },
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
      },
    },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true, allowNullish: false },
      ],
      "no-restricted-properties": [
        "error",
        {
          object: "process",
          property: "env",
          message: "src/environment.ts is the only reader of the environment.",
        },
      ],
    },
  },
  {
    files: ["src/environment.ts", "test/**", "bench/**"],
    rules: { "no-restricted-properties": "off" },
  },
  {
    files: [
      "src/schema/**",
      "src/json/**",
      "src/messages/**",
      "src/dags/{model,render,python-literal}.ts",
      "src/watch/**",
      "src/{folder-hour,group-by,count-of}.ts",
    ],
    rules: {
      "no-restricted-globals": [
        "error",
        {
          name: "process",
          message: "Pure code: take the value as an argument.",
        },
      ],
      "no-restricted-properties": [
        "error",
        {
          object: "Date",
          property: "now",
          message: "Pure code: take the time as an argument.",
        },
        {
          object: "Math",
          property: "random",
          message: "Pure code: take the id as an argument.",
        },
      ],
    },
  },
  {
    files: ["test/**"],
    rules: {
      "@typescript-eslint/no-unused-expressions": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
    },
  },
);
