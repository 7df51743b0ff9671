import { beforeEach, describe, expect, it } from "vitest";
import { minutes } from "../../core/time.ts";
import { useScene } from "../testing/scene.ts";
import { adaptersOf } from "../testing/world.ts";
import { createWorldExecutor } from "../testing/world-executor.ts";
import { createWorldForge } from "../testing/world-forge.ts";
import { createWorldTracker } from "../testing/world-tracker.ts";
import { createProjectService, type ProjectService } from "./project-service.ts";
import { inFolder, input } from "./testing/mapping-inputs.ts";

// vitest types its matchers as `any`.
const words = (pattern: RegExp): unknown => expect.stringMatching(pattern);

describe("projects of GitHub Actions bring their workflows with them (§12)", () => {
  const scene = useScene({ projects: [] });
  let projects: ProjectService;
  const onActions = { ...input, forge: "github", executionMode: "github-actions" };
  beforeEach(() => {
    const { forges, executors, trackers } = adaptersOf(scene.world);
    projects = createProjectService({
      store: scene.store,
      adapters: {
        trackers: new Map([...trackers, ["folder", createWorldTracker("folder")]]),
        forges: new Map([...forges, ["github", createWorldForge("github")]]),
        executors: new Map([...executors, ["github-actions", createWorldExecutor("github-actions")]]),
      },
      clock: scene.world.clock,
      onChange: () => undefined,
    });
  });
  /** What waits, oldest first; each is settled, so that the next one of its lane comes. */
  const wanted = async () => {
    const now = scene.world.clock.now();
    const records = [];
    for (;;) {
      const taken = await scene.store.effects.take(now, now + minutes(1), 10);
      if (taken.length === 0) return records;
      records.push(...taken);
      await scene.store.commit({ deliveredEffects: taken.map(({ id }) => ({ id, at: now })) });
    }
  };

  it("when they are made, and when an edit changes what the repository has to carry", async () => {
    expect(await projects.create(onActions)).toMatchObject({ kind: "saved" });
    await projects.update("SHOP", { paused: true }, null);
    await projects.update("SHOP", { workflowFile: "robot.yml" }, null);
    const records = await wanted();
    expect(records.map(({ key }) => key.split(":").slice(0, 3).join(":"))).toEqual([
      "sync:SHOP:1",
      "sync:SHOP:3",
    ]);
    expect(records[0]).toMatchObject({
      ticketId: "project:SHOP",
      runId: null,
      receiver: "forge:github",
      effect: { kind: "sync-templates", projectKey: "SHOP", forge: "github" },
    });
  });

  it("again when they are made again", async () => {
    await projects.create(onActions);
    expect(await wanted()).toHaveLength(1);
    await projects.remove("SHOP");
    scene.world.clock.pass(1);
    await projects.create(onActions);
    expect(await wanted()).toHaveLength(1);
  });

  it("and no others do, nor those that were not saved", async () => {
    await projects.create(input);
    expect(await projects.create({ ...onActions, teamKey: "TILL", repo: "../x" })).toMatchObject({
      kind: "invalid",
    });
    await projects.update("SHOP", { maxTurns: 5 }, 7);
    expect(await wanted()).toEqual([]);
  });

  it("under names that are workflows' and nobody else's", async () => {
    const refused = (workflowFile: string, teamKey: string) =>
      projects.create({
        ...onActions,
        ...inFolder(teamKey, teamKey),
        forge: "github",
        executionMode: "github-actions",
        workflowFile,
      });
    await projects.create(onActions);
    expect(await refused("../../src/main.yml", "TILL")).toMatchObject({
      kind: "invalid",
      problems: [{ field: "workflowFile", problem: words(/^has to be the name of a file in/) }],
    });
    expect(await refused("claude-plan.yml", "TILL")).toEqual({
      kind: "invalid",
      problems: [
        {
          field: "workflowFile",
          problem: words(/^names claude-plan\.yml, which is the file of the planning workflow/),
        },
      ],
    });
  });
});
