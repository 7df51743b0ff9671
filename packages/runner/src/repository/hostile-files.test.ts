import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { matching } from "../testing/matchers.ts";
import { readRepositorySettings } from "./repository-settings.ts";
import { readWorkflowFile } from "./workflow-file.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ai-implement-files-"));
  await mkdir(join(folder, ".ai-implement"));
});
afterEach(() => rm(folder, { recursive: true }));

const bomb = `a: &a [x, x, x]\nb: &b [${"*a, ".repeat(60)}]\nc: [${"*b, ".repeat(60)}]\n`;
const hostile: readonly (readonly [string, string | Buffer, RegExp])[] = [
  ["an alias bomb", bomb, /line \d+: .*alias/i],
  ["deep nesting in brackets", `a: ${"[".repeat(50_000)}`, /nests too deeply/],
  [
    "deep nesting in blocks",
    `${Array.from({ length: 300 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n")}\n`,
    /nests too deeply/,
  ],
  ["nesting on one line", `${"- ".repeat(500)}x`, /nests too deeply/],
  ["very many parts", "a: 1\n".repeat(5_000), /too many parts/],
  ["a key twice", "models: {}\nmodels: {}\n", /line 2: .*unique/],
  ["an unknown tag on what counts", "models: !!js/function 'x'\n", /line 1: models: /],
];
const unreadable: readonly (readonly [string, string | Buffer, RegExp])[] = [
  ["10 MB", "#".repeat(10 * 1024 * 1024), /it has 10485760 bytes, and \d+ are the limit/],
  ["binary", Buffer.from([0x80, 0xff, 0xfe, 0x00]), /it is not text in UTF-8/],
  ["a NUL", "model: a\u0000b", /it is not text in UTF-8/],
];

describe("files of a target repository (§10.2)", () => {
  it.each([...hostile, ...unreadable])(
    "config.yml: %s is named, and the defaults count",
    async (_, text, problem) => {
      await writeFile(join(folder, ".ai-implement", "config.yml"), text);
      expect(await readRepositorySettings(folder)).toEqual({
        settings: { models: {} },
        problem: matching(new RegExp(`^\\.ai-implement/config\\.yml.*${problem.source}`, problem.flags)),
      });
    },
  );

  it.each(hostile.filter(([, text]) => !text.includes("models")))(
    "WORKFLOW.md: %s in the front matter ends the run with its name",
    async (_, text, problem) => {
      await writeFile(join(folder, "WORKFLOW.md"), `---\n${text.toString()}\n---\nBe kind.\n`);
      await expect(readWorkflowFile(folder, "implement")).rejects.toMatchObject({
        reason: "setup-failed",
        message: matching(
          new RegExp(
            `^WORKFLOW\\.md, line \\d+: .*${problem.source.replace(/^line \\d\+: /, "")}`,
            problem.flags,
          ),
        ),
      });
    },
  );

  it.each(unreadable)("PLANNING.md: %s ends the run with its name", async (_, text, problem) => {
    await writeFile(join(folder, "PLANNING.md"), text);
    await expect(readWorkflowFile(folder, "plan")).rejects.toMatchObject({
      reason: "setup-failed",
      message: matching(new RegExp(`^PLANNING\\.md cannot be read: ${problem.source}`)),
    });
  });

  it("is not a link that leads out, a folder, or a device", async () => {
    await symlink("/etc/passwd", join(folder, "WORKFLOW.md"));
    await expect(readWorkflowFile(folder, "implement")).rejects.toThrow("it leads out of the repository");
    await mkdir(join(folder, "PLANNING.md"));
    await expect(readWorkflowFile(folder, "plan")).rejects.toThrow("it is not a file");
  });
});
