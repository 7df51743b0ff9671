import { stripVTControlCharacters } from "node:util";
import type { StepReport } from "@ai-implement/contracts";
import { createColors } from "picocolors";
import { describe, expect, it } from "vitest";
import { aClaimedRun, aTime } from "../../core/testing/builders.ts";
import { renderFrame } from "./screen.ts";
import type { RunView, TicketView } from "./view.ts";

const aStep = (name: string, overrides: Partial<StepReport> = {}): StepReport => ({
  index: 0,
  name,
  status: "succeeded",
  startedAt: "2026-11-22T09:00:00.000Z",
  ...overrides,
});

const aTicketView = (overrides: Partial<TicketView> = {}): TicketView => ({
  identifier: "ACME-1",
  title: "Say hello",
  state: "waiting",
  note: "the project is paused",
  runs: [],
  ...overrides,
});

const aRunView = (overrides: Partial<RunView> = {}): RunView => ({
  run: aClaimedRun(),
  steps: [],
  activity: null,
  ...overrides,
});

const frame = (ticket: Partial<TicketView>, width = 100, colours = false): readonly string[] =>
  renderFrame({ tickets: [aTicketView(ticket)], now: aTime + 2_500 }, createColors(colours), width).slice(1);

const ended = { ...aClaimedRun(), endedAt: aTime + 5_000 };

describe("a frame of the demo", () => {
  it("says why a ticket waits (promise 3)", () => {
    expect(frame({})).toEqual(["  ○ ACME-1 Say hello", "      the project is paused"]);
  });

  it("shows what a working ticket's run has done, does, and for how long", () => {
    const steps = [
      aStep("clone"),
      aStep("install", { status: "skipped" }),
      aStep("setup", { status: "running" }),
    ];
    expect(frame({ state: "working", runs: [aRunView({ steps, activity: "Read README.md" })] })).toEqual([
      "  ● ACME-1 Say hello",
      "      implement   2.5 s  clone install setup…",
      "                ↳ Read README.md",
    ]);
  });

  it("shows what the reviewer sent back, and not that another round was approved", () => {
    const steps = [
      aStep("feedback-loop", { status: "running" }),
      aStep("review 1", { detail: "- It greets nobody." }),
      aStep("review 2", { detail: "approved" }),
    ];
    expect(
      frame({
        state: "review",
        note: "pull request #1 is open",
        runs: [{ ...aRunView({ steps }), run: ended }],
      }),
    ).toEqual([
      "  ◆ ACME-1 Say hello",
      "      implement   5.0 s  review 1 review 2",
      "                ↺ review 1: It greets nobody.",
      "      pull request #1 is open",
    ]);
  });

  it("shows a merged ticket as done", () => {
    expect(frame({ state: "merged", note: "pull request #1 merged" })).toEqual([
      "  ✔ ACME-1 Say hello",
      "      pull request #1 merged",
    ]);
  });

  it("marks a failed step, and says that the runner starts before it says anything itself", () => {
    const steps = [aStep("clone", { status: "failed" })];
    const lines = frame({ state: "working", runs: [aRunView({ steps })] });
    expect(lines[1]).toContain("clone ✗");
    expect(lines[2]).toBe("                ↳ starting the runner");
  });

  it("drops the first steps, never the last, where there is no room for all", () => {
    const steps = ["clone", "install", "setup", "implement 1", "review 1", "preflight", "push"].map((name) =>
      aStep(name),
    );
    expect(frame({ state: "working", runs: [aRunView({ steps })] }, 50)[1]).toBe(
      "      implement   2.5 s  … review 1 preflight push",
    );
  });
});

describe("what others wrote, on the screen (§11)", () => {
  const hostile = "\u001b[2J\u001b[H\rx\n\n\u0007\u202Etxt";
  const everywhere: Partial<TicketView> = {
    identifier: `ACME-${hostile}`,
    title: hostile,
    note: hostile,
    runs: [
      aRunView({
        steps: [aStep(hostile), aStep("review 1", { detail: hostile })],
        activity: hostile,
      }),
    ],
  };

  it.each(["working", "waiting", "review", "merged"] as const)("moves no cursor while %s", (state) => {
    for (const line of frame({ ...everywhere, state })) expect(line).not.toMatch(/[\p{Cc}\u202E]/u);
  });

  const long = "never ending ".repeat(100);
  const names = ["clone", "install", "implement 1", "review 1", "gap-analysis"];
  const wordy: Partial<TicketView> = {
    identifier: "A".repeat(60),
    title: long,
    note: long,
    runs: [
      aRunView({
        steps: [
          ...names.map((name) => aStep(name)),
          aStep("review 2", { detail: long }),
          aStep("gap-analysis", { status: "failed" }),
        ],
        activity: long,
      }),
      aRunView({ steps: [aStep(long)] }),
    ],
  };

  it.each([40, 41, 60, 80, 81, 160])("never wraps at a width of %i", (width) => {
    for (const state of ["working", "waiting", "review", "merged"] as const)
      for (const line of frame({ ...wordy, state }, width, true))
        expect(stripVTControlCharacters(line).length).toBeLessThanOrEqual(width);
  });
});
