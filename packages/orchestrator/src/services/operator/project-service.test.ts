import { beforeEach, describe, expect, it } from "vitest";
import { aTicket } from "../../core/testing/builders.ts";
import type { Adapters } from "../adapters.ts";
import { transient } from "../testing/faults.ts";
import { useScene } from "../testing/scene.ts";
import { adaptersOf } from "../testing/world.ts";
import { createWorldTracker } from "../testing/world-tracker.ts";
import { createProjectService, type ProjectService } from "./project-service.ts";
import { inJira, input } from "./testing/mapping-inputs.ts";

// vitest types its matchers as `any`.
const words = (pattern: RegExp): unknown => expect.stringMatching(pattern);

describe("projects as the API sees them (§5.1)", () => {
  const scene = useScene({ projects: [] });
  const moreTrackers = () =>
    (["jira", "folder"] as const).map((kind) => [kind, createWorldTracker(kind)] as const);
  let adapters: Adapters;
  let projects: ProjectService;
  let changes: number;
  beforeEach(() => {
    const { trackers, ...rest } = adaptersOf(scene.world);
    adapters = { ...rest, trackers: new Map([...trackers, ...moreTrackers()]) };
    changes = 0;
    projects = createProjectService({
      store: scene.store,
      adapters,
      clock: scene.world.clock,
      onChange: () => {
        changes += 1;
      },
    });
  });
  const fields = async (given: unknown) => {
    const outcome = await projects.create(given);
    return outcome.kind === "invalid" ? outcome.problems.map(({ field }) => field) : outcome.kind;
  };

  it("are created with every default filled in, and found again", async () => {
    const outcome = await projects.create(input);
    expect(outcome).toMatchObject({
      kind: "saved",
      mapping: { value: { ...input, maxInProgressAiIssues: 3, maxIterations: 3, autoApprovePlans: true } },
    });
    const mapping = outcome.kind === "saved" ? outcome.mapping : null;
    expect(await projects.find("SHOP")).toEqual(mapping);
    expect(await projects.list()).toEqual([mapping]);
    expect(await projects.find("NONE")).toBeNull();
  });

  it("have a key that is taken once", async () => {
    await projects.create(input);
    expect(await projects.create({ ...input, repo: "other" })).toEqual({
      kind: "conflict",
      why: 'The teamKey "SHOP" is taken by the Linear project for acme/shop, and one Linear team is one project: PATCH that one, or delete it first.',
    });
    expect((await projects.find("SHOP"))?.value.repo).toBe("shop");
  });

  it("are told all that is wrong with them at once, by field", async () => {
    expect(
      await fields({ ...input, owner: "../acme", branchPrefix: "a..b", budget: { perDayUsd: -1 } }),
    ).toEqual(["owner", "branchPrefix", "budget.perDayUsd"]);
    expect(await fields("not an object")).toEqual([""]);
    expect(await projects.create({ ...input, owner: undefined, executionMode: "cloud" })).toMatchObject({
      problems: [
        { field: "owner", problem: "is required" },
        { field: "executionMode", problem: words(/^has to be one of github-actions, .*process$/) },
      ],
    });
    expect(await projects.list()).toEqual([]);
  });

  it("may not ask for a conversation, nor for bedrock anywhere but on Actions", async () => {
    expect(await fields({ ...input, sessionMode: "interactive" })).toEqual(["sessionMode"]);
    expect(await fields({ ...input, provider: "bedrock" })).toEqual(["awsRegion", "executionMode"]);
  });

  it("name what is not configured here, and what is", async () => {
    const { trackers, ...rest } = adapters;
    const withoutJira = new Map([...trackers].filter(([kind]) => kind !== "jira"));
    const here = createProjectService({
      store: scene.store,
      adapters: { ...rest, trackers: withoutJira },
      clock: scene.world.clock,
      onChange: () => undefined,
    });
    const outcome = await here.create({
      ...input,
      forge: "github",
      ticketingProvider: "jira",
      ticketingConfig: inJira("SHOP", {}).ticketingConfig,
      executionMode: "docker",
    });
    expect(outcome).toEqual({
      kind: "invalid",
      problems: [
        {
          field: "ticketingProvider",
          problem: 'the tracker "jira" is not configured here; configured: linear, folder',
        },
        { field: "forge", problem: 'the forge "github" is not configured here; configured: local' },
        {
          field: "executionMode",
          problem: 'the executor "docker" is not configured here; configured: process',
        },
      ],
    });
  });

  it("do not send the local forge's work into containers, which do not see its folders (§8.6)", async () => {
    expect(await projects.create({ ...input, executionMode: "docker" })).toMatchObject({
      problems: expect.arrayContaining([
        { field: "executionMode", problem: expect.stringContaining("use process") as unknown },
      ]) as unknown,
    });
  });

  it("are checked against tracker and forge before they are saved", async () => {
    Object.assign(scene.world.tracker, {
      check: async () => [
        { subject: "LINEAR_API_KEY", problem: null },
        { subject: "teamKey", problem: { what: "There is no team SHOP.", fix: "Correct the key." } },
      ],
    });
    Object.assign(scene.world.forge, {
      check: async () => [
        { subject: "defaultBranch", problem: { what: "There is no branch main.", fix: "Push it." } },
      ],
    });
    expect(await projects.create(input)).toEqual({
      kind: "invalid",
      problems: [
        { field: "teamKey", problem: "There is no team SHOP. Correct the key." },
        { field: "defaultBranch", problem: "There is no branch main. Push it." },
      ],
    });
    expect(await projects.list()).toEqual([]);
  });

  it("ask nobody outside about an edit of ours alone: it can be paused while its tracker is down", async () => {
    await projects.create(input);
    scene.world.tracker.faults.next("check", transient);
    expect(await projects.update("SHOP", { paused: true }, null)).toMatchObject({ kind: "saved" });
    expect(await projects.update("SHOP", { repo: "till" }, null)).toMatchObject({
      kind: "invalid",
      problems: [{ field: "ticketingConfig" }],
    });
  });

  it("keep what an edit leaves out", async () => {
    await projects.create({ ...input, maxTurns: 7, branchPrefix: "team" });
    const outcome = await projects.update("SHOP", { paused: true }, null);
    expect(outcome).toMatchObject({
      kind: "saved",
      mapping: { value: { paused: true, maxTurns: 7, branchPrefix: "team" } },
    });
  });

  it("are seen by the next decision at once, when they are created and when they are edited", async () => {
    await projects.create(input);
    expect(changes).toBe(1);
    await projects.update("SHOP", { paused: true }, null);
    expect(changes).toBe(2);
    await projects.update("SHOP", { paused: "perhaps" }, null);
    expect(changes).toBe(2);
  });

  it("may protect paths, and may not ask for variables that nothing gives them yet", async () => {
    expect(await fields({ ...input, protectedPaths: ["deploy/"], extraEnv: { STAGE: "test" } })).toEqual([
      "extraEnv",
    ]);
  });

  it("lose an optional field that an edit sets to null", async () => {
    await projects.create({ ...input, maxOpenPullRequests: 4 });
    await projects.update("SHOP", { maxOpenPullRequests: null }, null);
    expect((await projects.find("SHOP"))?.value.maxOpenPullRequests).toBeUndefined();
    expect(await projects.update("SHOP", { owner: null }, null)).toMatchObject({
      kind: "invalid",
      problems: [{ field: "owner" }],
    });
  });

  it("refuse a field that they do not have: a misspelt edit must not look like one", async () => {
    await projects.create(input);
    expect(await projects.update("SHOP", { maxInProgres: 5 }, null)).toMatchObject({
      kind: "invalid",
      problems: [{ field: "maxInProgres", problem: "is not a setting of a project: look for a misspelling" }],
    });
    expect(await fields(inJira("TILL", { statusField: "Robot" }))).toEqual(["ticketingConfig.statusField"]);
    expect(await fields({ ...input, teamKey: "TILL", budget: { perWeekUsd: 3 } })).toEqual([
      "budget.perWeekUsd",
    ]);
  });

  it("name a tracker or a forge that cannot be asked", async () => {
    scene.world.tracker.faults.next("check", transient);
    expect(await projects.create(input)).toMatchObject({
      kind: "invalid",
      problems: [{ field: "ticketingConfig", problem: "The linear tracker answers 503." }],
    });
  });

  it("are edited on the version that was read: of two editors, the second is told", async () => {
    await projects.create(input);
    const version = (await projects.find("SHOP"))?.version ?? -1;
    expect(await projects.update("SHOP", { maxTurns: 10 }, version)).toMatchObject({ kind: "saved" });
    expect(await projects.update("SHOP", { maxTurns: 20 }, version)).toMatchObject({ kind: "conflict" });
    expect((await projects.find("SHOP"))?.value.maxTurns).toBe(10);
    const both = await Promise.all([1, 2].map((maxTurns) => projects.update("SHOP", { maxTurns }, null)));
    expect(both.map(({ kind }) => kind).sort()).toEqual(["conflict", "saved"]);
  });

  it("keep their key, and are checked as a whole when they are edited", async () => {
    await projects.create(input);
    expect(await projects.update("SHOP", { teamKey: "OTHER" }, null)).toMatchObject({
      problems: [{ field: "teamKey" }],
    });
    expect(await projects.update("SHOP", { provider: "bedrock" }, null)).toMatchObject({ kind: "invalid" });
    expect(await projects.update("NONE", {}, null)).toEqual({ kind: "not-found" });
    expect((await projects.find("SHOP"))?.value).toMatchObject({ teamKey: "SHOP", provider: "anthropic" });
  });

  it("are not removed while they have live runs", async () => {
    await projects.create(input);
    const ticket = aTicket({ scope: "SHOP" });
    scene.world.tracker.add(ticket);
    await scene.poll();
    expect(await projects.remove("SHOP")).toBe("busy");
    await scene.services.operator.cancel(ticket.id);
    expect(await projects.remove("SHOP")).toBe("removed");
    expect(await projects.remove("SHOP")).toBe("not-found");
    await scene.poll();
    expect(await scene.runs()).toHaveLength(1);
  });
});
