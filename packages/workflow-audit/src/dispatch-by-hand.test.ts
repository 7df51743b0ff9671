import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { executeWorkflow } from "../../emulators/src/actions/execute-workflow.ts";
import { knownActions } from "../../emulators/src/actions/known-actions.ts";
import { type OpenGithub, openGithub } from "../../emulators/src/github/testing/open-github.ts";
import { vendorSchema } from "../../emulators/src/testing/schemas.ts";
import { type FreshMachine, freshMachine } from "./testing/fresh-machine.ts";
import { readTemplate } from "./testing/templates.ts";

const schemaFile = vendorSchema("github.openapi.json");
const tally = { owner: "acme", name: "tally" };
const workflow = "claude-implement.yml";
const attempt = "0199c0de-0000-7000-8000-000000000001";
const second = "0199c0de-0000-7000-8000-000000000002";
const third = "0199c0de-0000-7000-8000-000000000003";
const ours = { attempt, phase: "implement", identifier: "ACME-12" };

describe.skipIf(schemaFile === null)("a person who starts the workflow beside us (§8.4)", () => {
  let github: OpenGithub;
  let machine: FreshMachine;
  let folder: string;
  let log: string[];
  const started = (): readonly string[] => readdirSync(join(folder, "started"));
  const letGo = (): void => writeFileSync(join(folder, "go"), "");

  beforeEach(async () => {
    log = [];
    folder = mkdtempSync(join(tmpdir(), "dispatch-by-hand-"));
    mkdirSync(join(folder, "started"));
    machine = freshMachine();
    const program = join(machine.path, "ai-implement-runner");
    writeFileSync(program, patientRunner(folder));
    chmodSync(program, 0o755);
    const execute = executeWorkflow({
      directory: join(folder, "machines"),
      path: machine.path,
      actions: knownActions,
      onLog: (line) => log.push(line),
    });
    github = await openGithub(schemaFile ?? "", { execute });
    await github.emulator.site.commit(tally, "main", {
      [`.github/workflows/${workflow}`]: readTemplate(workflow),
    });
  });
  afterEach(async () => {
    letGo();
    await github.close();
    machine.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const dispatch = (inputs: Readonly<Record<string, string>>): Promise<number> =>
    github.emulator.site.dispatchByHand(tally, workflow, inputs);
  const conclusions = (): readonly (string | null)[] =>
    github.emulator.site.workflowRuns(tally).map(({ conclusion }) => conclusion);

  it("waits for our run of the ticket, however its name is written; one that only looks like it does not", async () => {
    await dispatch(ours);
    await dispatch({ ...ours, attempt: second, identifier: "acme-12" });
    await dispatch({ ...ours, attempt: third, identifier: `ACME-12 \u00b7 ${attempt}` });
    await expect.poll(() => started().toSorted(), { timeout: 10_000 }).toEqual([attempt, third]);
    const states = github.emulator.site.workflowRuns(tally).map(({ status }) => status);
    expect(states).toEqual(["in_progress", "queued", "in_progress"]);
    letGo();
    await github.emulator.idle();
    expect(started().toSorted()).toEqual([attempt, second, third]);
  });

  it("does not repeat our attempt", async () => {
    letGo();
    await dispatch(ours);
    await dispatch(ours);
    await github.emulator.idle();
    expect([started(), conclusions()]).toEqual([[attempt], ["success", "failure"]]);
    expect(log.join("\n")).toMatch(/##\[error\]Run \d+ has this attempt already\./);
  });

  it("puts nothing but text into a title", async () => {
    github.emulator.site.setSecret(tally, "KEY", "s3cr3t");
    await dispatch({ ...ours, identifier: `\${{ secrets.KEY }} \${{ github.token }}` });
    const [run] = github.emulator.site.workflowRuns(tally);
    expect(run?.displayTitle).toBe(
      `AI-Implement implement \${{ secrets.KEY }} \${{ github.token }} \u00b7 ${attempt}`,
    );
  });
});

/** Says that it was started, and ends when it may. */
const patientRunner = (folder: string): string => `#!${process.execPath}
const fs = require("node:fs");
fs.writeFileSync(${JSON.stringify(join(folder, "started"))} + "/" + process.env.AI_IMPLEMENT_RUN_ID, "");
setInterval(() => fs.existsSync(${JSON.stringify(join(folder, "go"))}) && process.exit(0), 20);
`;
