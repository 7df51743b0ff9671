import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const service = "packages/orchestrator/src";

interface Breach {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
}

/** File and what it imports: each breaks exactly the named rule. */
const breaches: readonly Breach[] = [
  { rule: "contracts-import-nothing", from: "packages/contracts/src/a.ts", to: `${service}/core/b.ts` },
  { rule: "core-is-pure", from: `${service}/core/to-services.ts`, to: `${service}/services/b.ts` },
  { rule: "core-is-pure", from: `${service}/core/to-ports.ts`, to: `${service}/ports/b.ts` },
  { rule: "core-does-no-io", from: `${service}/core/to-node.ts`, to: "node:fs" },
  { rule: "core-does-no-io", from: `${service}/core/to-package.ts`, to: "yaml" },
  { rule: "ports-see-core", from: `${service}/ports/to-services.ts`, to: `${service}/services/b.ts` },
  {
    rule: "services-see-ports",
    from: `${service}/services/to-adapter.ts`,
    to: `${service}/adapters/forge/local/b.ts`,
  },
  { rule: "services-see-ports", from: `${service}/services/to-http.ts`, to: `${service}/http/b.ts` },
  {
    rule: "adapters-see-core-and-ports",
    from: `${service}/adapters/forge/local/to-services.ts`,
    to: `${service}/services/b.ts`,
  },
  {
    rule: "adapters-are-islands",
    from: `${service}/adapters/forge/local/to-sibling.ts`,
    to: `${service}/adapters/forge/other/b.ts`,
  },
  {
    rule: "adapters-are-islands",
    from: `${service}/adapters/forge/local/to-other-kind.ts`,
    to: `${service}/adapters/tracker/folder/b.ts`,
  },
  {
    rule: "http-sees-services",
    from: `${service}/http/to-adapter.ts`,
    to: `${service}/adapters/forge/local/b.ts`,
  },
  { rule: "runner-sees-contracts", from: "packages/runner/src/a.ts", to: `${service}/core/b.ts` },
  { rule: "web-sees-contracts", from: "packages/web/src/a.ts", to: `${service}/core/b.ts` },
  { rule: "emulators-stand-alone", from: "packages/emulators/src/a.ts", to: "packages/contracts/src/b.ts" },
  {
    rule: "workflow-audit-stands-alone",
    from: "packages/workflow-audit/src/a.ts",
    to: "packages/contracts/src/b.ts",
  },
];

const allowed: readonly Omit<Breach, "rule">[] = [
  { from: `${service}/core/fine.ts`, to: "packages/contracts/src/b.ts" },
  { from: `${service}/ports/fine.ts`, to: `${service}/core/b.ts` },
  { from: `${service}/services/fine.ts`, to: `${service}/ports/b.ts` },
  { from: `${service}/adapters/forge/local/fine.ts`, to: `${service}/adapters/forge/shared/b.ts` },
  { from: `${service}/http/fine.ts`, to: `${service}/services/b.ts` },
  { from: "packages/runner/src/fine.ts", to: "packages/contracts/src/b.ts" },
];

/** The real configurations, on files that lie nowhere near the real ones: a killed test leaves nothing behind. */
describe("ARCHITECTURE.md: the rules of the house fail the lint when they are broken", () => {
  let house: string;

  beforeAll(async () => {
    house = await mkdtemp(join(tmpdir(), "ai-implement-house-"));
    await symlink(join(root, "node_modules"), join(house, "node_modules"));
    await write("package.json", '{ "private": true, "type": "module", "dependencies": { "yaml": "*" } }\n');
    for (const file of [
      ".dependency-cruiser.mjs",
      "eslint.config.mjs",
      "biome.json",
      ".gitignore",
      "tsconfig.json",
    ])
      await write(file, await readFile(join(root, file), "utf8"));
  });
  afterAll(() => rm(house, { recursive: true }));

  const write = async (file: string, text: string): Promise<void> => {
    const path = join(house, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  };
  const specifier = (from: string, to: string): string =>
    to.includes("/") ? `${"../".repeat(from.split("/").length - 1)}${to}` : to;
  const tool = (name: string, ...args: readonly string[]) =>
    execa(join(root, "node_modules/.bin", name), args, { cwd: house, reject: false });

  describe("imports", () => {
    let violations: readonly Breach[];
    let exitCode: number | undefined;

    beforeAll(async () => {
      for (const { from, to } of [...breaches, ...allowed]) {
        await write(from, `import * as other from "${specifier(from, to)}";\nexport const a = other;\n`);
        if (to.startsWith("packages/")) await write(to, "export const b = 1;\n");
      }
      await write(
        `${service}/cli/one.ts`,
        'import { two } from "./two.ts";\nexport const one = () => two;\n',
      );
      await write(
        `${service}/cli/two.ts`,
        'import { one } from "./one.ts";\nexport const two = () => one;\n',
      );
      const cruise = await tool(
        "depcruise",
        ...["packages", "--config", ".dependency-cruiser.mjs", "--output-type", "json"],
      );
      exitCode = (await tool("depcruise", "packages", "--config", ".dependency-cruiser.mjs")).exitCode;
      const { summary } = JSON.parse(cruise.stdout) as {
        summary: { violations: readonly { rule: { name: string }; from: string; to: string }[] };
      };
      violations = summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to }));
    });

    it("that are forbidden end the lint with an error", () => {
      expect(exitCode).not.toBe(0);
    });

    it.each(breaches)("$rule: $from may not import $to", ({ rule, from }) => {
      const found = violations.filter((violation) => violation.from === from);
      expect(found.map((violation) => violation.rule)).toEqual([rule]);
    });

    it("no-cycles: two files that import each other", () => {
      expect(violations.filter(({ rule }) => rule === "no-cycles").map(({ from }) => from)).toContain(
        `${service}/cli/one.ts`,
      );
    });

    it("that are allowed pass", () => {
      const fine = allowed.map(({ from }) => from);
      expect(violations.filter(({ from }) => fine.includes(from))).toEqual([]);
    });

    it("are each broken here once: a rule without a test is no rule", async () => {
      const { default: config } = (await import(join(root, ".dependency-cruiser.mjs"))) as {
        default: { forbidden: readonly { name: string }[] };
      };
      const broken = new Set([...breaches.map(({ rule }) => rule), "no-cycles"]);
      expect([...broken].sort()).toEqual(config.forbidden.map(({ name }) => name).sort());
    });
  });

  describe("source", () => {
    const samples = [
      ["a file of 301 lines", `${service}/services/long.ts`, "// line\n".repeat(301), "max-lines"],
      [
        "module-level mutable state",
        `${service}/services/state.ts`,
        "let count = 0;\nexport const next = () => (count += 1);\n",
        "no-restricted-syntax",
      ],
      [
        "process.env outside of a main.ts",
        `${service}/services/environment.ts`,
        "export const home = process.env['HOME'];\n",
        "no-restricted-syntax",
      ],
      [
        "a clock in core/",
        `${service}/core/clock.ts`,
        "export const now = Date.now();\n",
        "no-restricted-globals",
      ],
      [
        "randomness in core/",
        `${service}/core/random.ts`,
        "export const dice = Math.random();\n",
        "no-restricted-properties",
      ],
      [
        "a promise that nobody waits for",
        `${service}/services/floating.ts`,
        "Promise.resolve();\nexport {};\n",
        "@typescript-eslint/no-floating-promises",
      ],
      [
        "a switch that forgets a kind",
        `${service}/services/switch.ts`,
        "export const f = (kind: 'a' | 'b') => {\n  switch (kind) {\n    case 'a':\n      return 1;\n  }\n  return 2;\n};\n",
        "@typescript-eslint/switch-exhaustiveness-check",
      ],
    ] as const;
    const fine = [
      ["a file of 300 lines", `${service}/services/just.ts`, "// line\n".repeat(300)],
      ["process.env in a main.ts", `${service}/main.ts`, "export const home = process.env['HOME'];\n"],
    ] as const;
    let messages: ReadonlyMap<string, readonly string[]>;

    beforeAll(async () => {
      for (const [, file, text] of [...samples, ...fine]) await write(file, text);
      const { stdout } = await tool("eslint", "--format", "json", "packages");
      const results = JSON.parse(stdout) as readonly {
        filePath: string;
        messages: readonly { ruleId: string | null; severity: number }[];
      }[];
      messages = new Map(
        results.map((result) => [
          result.filePath.slice(house.length + 1),
          result.messages.filter(({ severity }) => severity === 2).map(({ ruleId }) => ruleId ?? "fatal"),
        ]),
      );
    });

    it.each(samples)("%s is an error", (_, file, __, rule) => {
      expect(messages.get(file)).toContain(rule);
    });

    it.each(fine)("%s is none", (_, file) => {
      expect(messages.get(file)).toEqual([]);
    });

    it("`any` is an error", async () => {
      await write(`${service}/services/any.ts`, "export const text = (value: any) => String(value);\n");
      const { exitCode, stdout, stderr } = await tool("biome", "lint", `${service}/services/any.ts`);
      expect(exitCode).not.toBe(0);
      expect(stdout + stderr).toContain("noExplicitAny");
    });
  });
});
