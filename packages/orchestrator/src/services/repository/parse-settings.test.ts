import { describe, expect, it } from "vitest";
import { parseSettings } from "./parse-settings.ts";
import { configFile, configSchema, imageFile, imageSchema } from "./settings-schema.ts";

const config = (text: string) => {
  const { value, problems } = parseSettings(configFile, text, configSchema);
  return { value, problems: problems.map(({ problem }) => problem) };
};

describe("`.ai-implement/config.yml` (§10.2)", () => {
  it("says how to work", () => {
    const text =
      "packageManager: pnpm\nmodels:\n  implement: claude-sonnet-4-6\n  review: eu.anthropic.x-v1:0\nreviewProviders: [anthropic, bedrock]\n";
    expect(config(text)).toEqual({
      value: {
        packageManager: "pnpm",
        models: { implement: "claude-sonnet-4-6", review: "eu.anthropic.x-v1:0" },
        reviewProviders: ["anthropic", "bedrock"],
      },
      problems: [],
    });
  });

  it.each(["", "# nothing yet\n", "---\n", "models:\n"])("may say nothing: %j", (text) => {
    const { problems } = config(text);
    expect(problems).toEqual(text === "models:\n" ? [expect.stringContaining("line 1: models")] : []);
  });

  it("has each mistake named with its line, and is not used then", () => {
    expect(config("# ours\npackageManager: bun\nmodels:\n  implement: -p\n  review: 5\n")).toEqual({
      value: null,
      problems: [
        expect.stringMatching(/^line 2: packageManager: .*npm/),
        expect.stringMatching(/^line 4: models\.implement: letters, digits/),
        expect.stringMatching(/^line 5: models\.review: /),
      ],
    });
  });

  it("keeps a key that nobody knows, and names it with its line", () => {
    expect(config("packageManager: npm\nmodels:\n  implment: x\nverify: yes\n")).toEqual({
      value: { packageManager: "npm", models: {} },
      problems: [
        expect.stringMatching(/^line 3: "models\.implment" is not a setting/),
        expect.stringMatching(/^line 4: "verify" is not a setting/),
      ],
    });
  });

  const bomb = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    .concat(
      [..."bcdefghi"].map((name, index) => {
        const previous = `*${"abcdefgh"[index]}`;
        return `${name}: &${name} [${Array(9).fill(previous).join(", ")}]`;
      }),
    )
    .join("\n");

  it.each([
    ["broken YAML", "packageManager: [npm\n", /^line \d+: /],
    ["a repeated key", "packageManager: npm\npackageManager: yarn\n", /^line 2: .*unique/],
    ["a list", "- npm\n", /the settings/],
    ["a word", "npm", /the settings/],
    ["an alias bomb", bomb, /alias/i],
    ["nesting without end", `models: ${"[".repeat(15_000)}`, /nests too deeply/],
    ["blocks without end", `${"- ".repeat(15_000)}x`, /nests too deeply/],
    ["keys without end", "a:\n".repeat(20_000), /too many parts/],
    [
      "thousands of keys, which take a second to be compared with each other",
      Array.from({ length: 6_000 }, (_, index) => `k${index}:`).join("\n"),
      /too many parts/,
    ],
    ["more than its limit", `#${"x".repeat(70_000)}`, /more than 65536/],
  ])("is refused, in words, when it is %s", (_, text, says) => {
    const { value, problems } = config(text);
    expect(value).toBeNull();
    expect(problems[0]).toMatch(says);
    for (const problem of problems) expect(problem.length).toBeLessThan(400);
  });
});

describe("`.ai-implement/image.yml` (§8.4)", () => {
  it("names an image", () => {
    expect(parseSettings(imageFile, "image: ghcr.io/acme/runner:2\n", imageSchema)).toEqual({
      value: { image: "ghcr.io/acme/runner:2" },
      problems: [],
    });
  });

  it.each(["image: --privileged\n", "image: a b\n", "image: 24\n", "image:\n", "name: x\n", ""])(
    "is not used when it says %j",
    (text) => {
      const { value, problems } = parseSettings(imageFile, text, imageSchema);
      expect(value).toBeNull();
      expect(problems[0]).toMatchObject({
        file: imageFile,
        problem: expect.stringMatching(/^line 1: image: /) as unknown,
        fix: expect.stringContaining("default branch") as unknown,
      });
    },
  );
});
