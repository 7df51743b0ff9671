import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { WirePhase } from "@ai-implement/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { mergeCustomizations, noCustomization, readCustomFolder } from "../custom/read-custom-folder.ts";
import { matching } from "../testing/matchers.ts";
import { openPipeline } from "./open-pipeline.ts";
import type { Pipeline } from "./pipelines.ts";
import { StepFailure } from "./step-failure.ts";

const own = (source = "export const step = { essential: true, run: async () => {} };") => ({
  id: "extra",
  language: "javascript" as const,
  source,
});
const names = ({ steps, always }: Pipeline): string =>
  `${steps.map(({ name, essential }) => (essential ? name : `${name}?`)).join(" ")} / ${always.map(({ name }) => name).join(" ")}`;

describe("the built-in pipelines (§10.1)", () => {
  const implementing =
    "clone install setup feedback-loop preflight guard push verify? gap-analysis? / teardown";
  it.each([
    ["plan", "clone explore plan guard / teardown"],
    ["implement", implementing],
    ["revise", implementing],
  ] as const)("%s: %s", async (phase, steps) => {
    expect(names(await openPipeline(phase, noCustomization))).toBe(steps);
  });
});

const opened = (text: string, phase: WirePhase = "implement") =>
  openPipeline(phase, { pipelines: { [phase]: text }, steps: [own()] });

describe("an operator's pipeline (§10.1)", () => {
  it("says what runs, in which order, and what may fail", async () => {
    const text = `
steps:
  - clone
  - step: extra
    timeoutMinutes: 5
  - step: install
    essential: false
  - feedback-loop
  - preflight
  - guard
  - push
  - step: verify
    essential: true
always: [teardown]
`;
    expect(names(await opened(text))).toBe(
      "clone extra install? feedback-loop preflight guard push verify / teardown",
    );
  });

  it("counts for its own phase alone", async () => {
    const custom = {
      pipelines: { plan: "steps: [clone, explore, extra, plan, guard]\nalways: [teardown, extra]" },
      steps: [own()],
    };
    expect(names(await openPipeline("plan", custom))).toBe("clone explore extra plan guard / teardown extra");
    expect(names(await openPipeline("revise", custom))).not.toContain("extra");
  });

  const always = "\nalways: [teardown]\n";
  const good = "clone, feedback-loop, preflight, guard, push";
  it.each([
    [
      "no guard",
      `steps: [clone, feedback-loop, preflight, push]${always}`,
      /line 1: steps: the step "guard" is missing/,
    ],
    [
      "a push before the guard",
      `steps: [clone, feedback-loop, preflight, push, guard]${always}`,
      /line 1: steps\.3: "push" has to come after "guard"|"push" has to come after "guard"/,
    ],
    [
      "a guard before the agent",
      `steps: [clone, guard, feedback-loop, preflight, push]${always}`,
      /"guard" has to come after "preflight"/,
    ],
    [
      "the agent between guard and push",
      `steps: [clone, feedback-loop, preflight, guard, gap-analysis, push]${always}`,
      /cannot stand between "guard" and "push"/,
    ],
    [
      "an unknown step",
      `steps:\n  - clone\n  - lint\n  - feedback-loop\n${always}`,
      /line 3: steps\.1: there is no step "lint": put it into custom\/steps\/lint\.ts/,
    ],
    ["a step of another phase", `steps: [${good}, explore]${always}`, /"explore" cannot be used here/],
    ["a step twice", `steps: [${good}, push]${always}`, /"push" stands here twice/],
    [
      "an indispensable step that may fail",
      `steps: [clone, feedback-loop, preflight, {step: guard, essential: false}, push]${always}`,
      /remove "essential: false"/,
    ],
    [
      "a limit for a built-in step",
      `steps: [{step: clone, timeoutMinutes: 5}, feedback-loop, preflight, guard, push]${always}`,
      /"timeoutMinutes" is for steps of your own/,
    ],
    ["an unknown key", `steps: [${good}]\nretries: 3${always}`, /the settings: .*retries/],
    [
      "an unknown key of a step",
      `steps:\n  - step: clone\n    retry: 1\n${always}`,
      /line 2: steps\.0: .*retry/,
    ],
    ["a wrong type", `steps: clone${always}`, /line 1: steps: .*array/],
    ["a number for a step", `steps: [7]${always}`, /line 1: steps\.0: a step is its name/],
    [
      "a wrong essential",
      `steps:\n  - step: clone\n    essential: perhaps\n${always}`,
      /line 3: steps\.0\.essential: .*boolean/,
    ],
    ["no teardown", `steps: [${good}]\nalways: [extra]\n`, /line 2: always: the step "teardown" is missing/],
    [
      "an always that is no cleaning up",
      `steps: [${good}]\nalways: [teardown, push]\n`,
      /"push" cannot be used here/,
    ],
    ["nothing", "", /the settings|steps: /],
    ["a text", "just words", /line 1: /],
    ["broken YAML", "steps: [clone\nalways: }", /line 2: /],
    [
      "an alias bomb",
      `a: &a [x, x, x]\nb: &b [${"*a, ".repeat(60)}]\nc: [${"*b, ".repeat(60)}]\nsteps: [clone]${always}`,
      /alias/i,
    ],
    ["deep nesting", `steps: ${"[".repeat(5_000)}`, /nests too deeply/],
    ["too many parts", `steps: [${"clone, ".repeat(3_000)}]${always}`, /too many parts/],
  ])("is refused before anything is spent, by file, line and fix: %s", async (_, text, problem) => {
    const error = await opened(text).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StepFailure);
    expect(error).toMatchObject({
      reason: "invalid-pipeline",
      message: matching(/^custom\/pipelines\/implement\.yml, line \d+: .*Mend it/s),
    });
    expect(error).toMatchObject({ message: matching(problem) });
  });
});

describe("the operator's folder in the runner's image (§10.1)", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "ai-implement-custom-"));
    await mkdir(join(folder, "pipelines"));
    await mkdir(join(folder, "steps"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("brings pipelines and steps, and those of the claim win file by file", async () => {
    await writeFile(join(folder, "pipelines", "plan.yml"), "of the image");
    await writeFile(join(folder, "pipelines", "revise.yml"), "of the image");
    await writeFile(join(folder, "steps", "extra.ts"), "of the image");
    await writeFile(join(folder, "steps", "lint.js"), "of the image");
    const claim = { pipelines: { plan: "of the claim" }, steps: [own("of the claim")] };
    expect(mergeCustomizations(await readCustomFolder(folder), claim)).toEqual({
      pipelines: { plan: "of the claim", revise: "of the image" },
      steps: [own("of the claim"), { id: "lint", language: "javascript", source: "of the image" }],
    });
  });

  it("may be empty", async () => {
    expect(await readCustomFolder(folder)).toEqual(noCustomization);
    await rm(join(folder, "steps"), { recursive: true });
    expect(await readCustomFolder(folder)).toEqual(noCustomization);
    expect(await readdir(folder)).toEqual(["pipelines"]);
  });

  it.each([
    ["pipelines/deploy.yml", "x", "it names no pipeline: call it plan.yml"],
    ["steps/Lint.ts", "x", "the name of a step has to be a lower-case letter"],
    ["steps/lint.py", "x", "a step is a file <id>.ts or <id>.js"],
    ["steps/guard.ts", "x", 'the step "guard" cannot be replaced'],
    ["steps/push.js", "x", 'the step "push" cannot be replaced'],
    ["pipelines/plan.yml", "x".repeat(20_001), "20000 are the limit"],
    ["steps/big.js", "x".repeat(900_001), "900000 are the limit"],
  ])("names what cannot be used: %s", async (name, text, problem) => {
    await writeFile(join(folder, name), text);
    const error = await readCustomFolder(folder).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ reason: "invalid-pipeline" });
    expect(String(error)).toContain(name);
    expect(String(error)).toContain(problem);
  });

  it("does not let a claim replace what keeps the work safe", () => {
    expect(() =>
      mergeCustomizations(noCustomization, { pipelines: {}, steps: [{ ...own(), id: "guard" }] }),
    ).toThrow('the step "guard" cannot be replaced');
  });
});
