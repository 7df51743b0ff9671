import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jobSchema } from "@ai-implement/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { job } from "../../http/testing/fixtures.ts";
import { builtInPipelinesDirectory } from "./folders.ts";
import { readCustomization } from "./read-customization.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ai-implement-custom-"));
  await mkdir(join(folder, "pipelines"));
  await mkdir(join(folder, "steps"));
});
afterEach(() => rm(folder, { recursive: true }));

const builtIn = builtInPipelinesDirectory();
const read = () => readCustomization({ custom: folder, builtIn });
const put = (name: string, text: string) => writeFile(join(folder, name), text);

describe("what an operator changed about the pipelines (§10.1)", () => {
  it("is nothing where there is no folder: everything is built in", async () => {
    const { customization, pipelines } = await readCustomization({ custom: null, builtIn });
    expect(customization).toBeNull();
    expect(pipelines.pipelines.map(({ phase, status }) => `${phase} ${status}`)).toEqual([
      "plan built-in",
      "implement built-in",
      "revise built-in",
    ]);
    expect(new Set(pipelines.steps.map(({ status }) => status))).toEqual(new Set(["built-in"]));
    expect(pipelines.steps.find(({ id }) => id === "guard")?.usedBy).toEqual(["plan", "implement", "revise"]);
  });

  it("travels with the claim, and shows as override or additive", async () => {
    const text = "steps: [clone, lint, feedback-loop, preflight, guard, push]\nalways: [teardown, unused]\n";
    await put("pipelines/implement.yml", text);
    await put("steps/lint.ts", "export const step = 1;");
    await put("steps/install.js", "export const step = 2;");
    await put("steps/unused.js", "export const step = 3;");
    await put("README.md", "not read");
    const { customization, pipelines } = await read();
    expect(jobSchema.parse({ ...job, custom: customization }).custom).toEqual({
      pipelines: { implement: text },
      steps: [
        { id: "install", language: "javascript", source: "export const step = 2;" },
        { id: "lint", language: "typescript", source: "export const step = 1;" },
        { id: "unused", language: "javascript", source: "export const step = 3;" },
      ],
    });
    expect(pipelines.pipelines).toContainEqual({
      phase: "implement",
      status: "override",
      steps: ["clone", "lint", "feedback-loop", "preflight", "guard", "push"],
      always: ["teardown", "unused"],
    });
    expect(pipelines.pipelines.find(({ phase }) => phase === "revise")?.status).toBe("built-in");
    expect(pipelines.steps.filter(({ status }) => status !== "built-in")).toEqual([
      { id: "install", status: "override", usedBy: ["revise"] },
      { id: "lint", status: "additive", usedBy: ["implement"] },
      { id: "unused", status: "additive", usedBy: ["implement"] },
    ]);
  });

  it("ends the start with every problem in one message, by file and fix", async () => {
    await put(
      "pipelines/implement.yml",
      "steps: [clone, feedback-loop, preflight, push]\nalways: [teardown]\n",
    );
    await put("pipelines/revise.yml", `steps: ${"[".repeat(10_000)}`);
    await put("pipelines/deploy.yml", "x");
    await put("steps/Lint.ts", "x");
    await put("steps/guard.ts", "x");
    await put("steps/install.ts", "x");
    await put("steps/install.js", "x");
    const message = await read().then(
      () => "",
      (error: unknown) => String(error),
    );
    for (const part of [
      'custom/pipelines/implement.yml: line 1: steps: the step "guard" is missing',
      "custom/pipelines/revise.yml: it nests too deeply",
      "custom/pipelines/deploy.yml: it names no pipeline",
      "custom/steps/Lint.ts: the name of a step has to be",
      'custom/steps/guard.ts: the step "guard" cannot be replaced',
      'custom/steps/install.ts: there is another file of the step "install"',
    ])
      expect(message).toContain(part);
  });

  it.each([
    ["a folder that is not there", "absent", "ENOENT"],
    ["a file", "pipelines/plan.yml", "it is not a folder"],
  ])("names CUSTOM_DIR when it is %s", async (_, name, why) => {
    await put("pipelines/plan.yml", "x");
    await expect(readCustomization({ custom: join(folder, name), builtIn })).rejects.toThrow(
      new RegExp(`^CUSTOM_DIR .*${why}`),
    );
  });

  it.each([
    ["a file of a gigabyte", () => truncated("steps/large.js", 1024 ** 3), /large\.js has 1073741824 bytes/],
    ["a link to nothing", () => symlink("/nowhere", join(folder, "steps/lint.js")), /lint\.js/],
    [
      "a link to a device",
      () => symlink("/dev/zero", join(folder, "steps/lint.js")),
      /lint\.js is not a file/,
    ],
    ["a link to itself", () => symlink("lint.js", join(folder, "steps/lint.js")), /ELOOP.*lint\.js/],
    ["a folder", () => mkdir(join(folder, "steps/node_modules")), /node_modules is not a file/],
    ["thousands of files", () => many(2_000), /steps has 2000 files, and 200 are the limit/],
  ])("names %s, and reads none of it", async (_, make, why) => {
    await make();
    await expect(read()).rejects.toThrow(why);
  });

  it.each(["__proto__", "constructor.prototype", "a b"])("takes %s for no name of a step", async (id) => {
    await put(`steps/${id}.js`, "export const step = 1;");
    await expect(read()).rejects.toThrow(`custom/steps/${id}.js: the name of a step has to be`);
  });

  it.each(["constructor", "__proto__", "toString", "hasOwnProperty"])(
    "finds no step %s that nobody wrote",
    async (id) => {
      const steps = `steps: [clone, ${id}, feedback-loop, preflight, guard, push]\nalways: [teardown]\n`;
      await put("pipelines/implement.yml", steps);
      await expect(read()).rejects.toThrow(/custom\/pipelines\/implement\.yml/);
    },
  );

  it("takes a step with the name of an object's property for what it is: one more", async () => {
    await put("steps/constructor.js", "export const step = 1;");
    const { customization, pipelines } = await read();
    expect(customization?.steps.map(({ id }) => id)).toEqual(["constructor"]);
    expect(pipelines.steps.find(({ id }) => id === "constructor")).toEqual({
      id: "constructor",
      status: "additive",
      usedBy: [],
    });
  });
});

const truncated = async (name: string, size: number): Promise<void> => {
  await put(name, "");
  await truncate(join(folder, name), size);
};

const many = async (count: number): Promise<void> => {
  for (let n = 0; n < count; n += 1) await put(`steps/s${n}.js`, "");
};
