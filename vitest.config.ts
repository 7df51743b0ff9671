import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Vitest would leave one core to itself, and of two that is half.
    maxWorkers: "100%",
    projects: [
      {
        test: {
          name: "unit",
          include: ["packages/*/src/**/*.test.ts", "scripts/**/*.test.ts"],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["e2e/**/*.test.ts"],
          testTimeout: 180_000,
          hookTimeout: 60_000,
          maxConcurrency: 3,
        },
      },
    ],
  },
});
