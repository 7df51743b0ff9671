import { beforeEach, describe, expect, it } from "vitest";
import { useScene } from "../testing/scene.ts";
import { adaptersOf } from "../testing/world.ts";
import { createWorldTracker } from "../testing/world-tracker.ts";
import { createProjectService, type ProjectService } from "./project-service.ts";
import { inFolder, inJira, input } from "./testing/mapping-inputs.ts";

// vitest types its matchers as `any`.
const words = (pattern: RegExp): unknown => expect.stringMatching(pattern);

describe("projects and what only others can say of them (§5.1)", () => {
  const scene = useScene({ projects: [] });
  const moreTrackers = () =>
    (["jira", "folder"] as const).map((kind) => [kind, createWorldTracker(kind)] as const);
  let projects: ProjectService;
  beforeEach(() => {
    const { trackers, ...rest } = adaptersOf(scene.world);
    const adapters = { ...rest, trackers: new Map([...trackers, ...moreTrackers()]) };
    projects = createProjectService({
      store: scene.store,
      adapters,
      clock: scene.world.clock,
      onChange: () => undefined,
    });
  });
  const fields = async (given: unknown) => {
    const outcome = await projects.create(given);
    return outcome.kind === "invalid" ? outcome.problems.map(({ field }) => field) : outcome.kind;
  };

  it("say whose a key is, and what to do where Linear needs it", async () => {
    await projects.create(inJira("SHOP", {}));
    expect(await projects.create(input)).toEqual({
      kind: "conflict",
      why: words(/"SHOP" is taken by the Jira project for acme\/shop, .* delete that project/),
    });
    expect(await projects.create(inFolder("SHOP", "shop"))).toEqual({
      kind: "conflict",
      why: words(/is taken by the Jira project .* choose another key/),
    });
    expect(await projects.list()).toHaveLength(1);
  });

  it("of Jira are told apart by repository value or JQL: two with both the same are refused", async () => {
    expect(await fields(inJira("ONE", {}))).toBe("saved");
    expect(
      await projects.create(inJira("TWO", { jql: " project  = SHOP", repoFieldValue: "Acme/Shop" })),
    ).toEqual({
      kind: "invalid",
      problems: [
        {
          field: "ticketingConfig.jql",
          problem:
            'The project ONE has the same JQL for "Acme/Shop", so their tickets would belong to neither. Make one of the two narrower, or give this project a repoFieldValue of its own.',
        },
      ],
    });
    expect(await fields(inJira("TWO", { jql: "project = SHOP AND labels = web" }))).toBe("saved");
    expect(await fields(inJira("THREE", { repoFieldValue: "acme/till" }))).toBe("saved");
    expect(await fields(inJira("FOUR", { repoFieldOverride: "Where to" }))).toBe("saved");
    expect(
      await projects.update("THREE", { ticketingConfig: inJira("THREE", {}).ticketingConfig }, null),
    ).toMatchObject({ kind: "invalid", problems: [{ field: "ticketingConfig.jql" }] });
    expect(await projects.update("ONE", { paused: true }, null)).toMatchObject({ kind: "saved" });
  });

  it("show what a tracker finds wrong at its field, or in a sentence that names it", async () => {
    const fix = "Add what is missing to the field's options.";
    const lacks = (word: string) => ({
      subject: `the option "${word}"`,
      problem: { what: `The field "Status" has no enabled option "${word}".`, fix },
    });
    const found = [
      { subject: "ticketingConfig.jql", problem: { what: "No field 'statsu'.", fix: "Correct the JQL." } },
      { subject: "ticketingConfig.repoFieldValue", problem: { what: "not offered", fix: "Add it." } },
      { subject: "ticketingConfig.path", problem: { what: "It is not there.", fix: "Make it." } },
      { subject: "JIRA_TOKEN", problem: { what: "JIRA_TOKEN is not accepted by Jira.", fix: "Make one." } },
      { subject: "the label AI-Implement", problem: { what: "Linear has no such label.", fix: "Make it." } },
      lacks("Ready"),
      lacks("Merged"),
    ];
    Object.assign(scene.world.tracker, { check: async () => found });
    expect(await projects.create(input)).toEqual({
      kind: "invalid",
      problems: [
        { field: "ticketingConfig.jql", problem: "No field 'statsu'. Correct the JQL." },
        { field: "ticketingConfig.repoFieldValue", problem: "Not offered. Add it." },
        { field: "ticketingConfig.path", problem: "It is not there. Make it." },
        { field: "ticketingConfig", problem: "JIRA_TOKEN is not accepted by Jira. Make one." },
        {
          field: "ticketingConfig",
          problem: "The label AI-Implement: Linear has no such label. Make it.",
        },
        {
          field: "ticketingConfig",
          problem: `The field "Status" has no enabled option "Ready". The field "Status" has no enabled option "Merged". ${fix}`,
        },
      ],
    });
  });

  it("do not share a folder, however its path is written; they may share a repository", async () => {
    expect(await fields(inFolder("ONE", "team/one"))).toBe("saved");
    expect(await fields(inFolder("TWO", "team//./one"))).toEqual(["ticketingConfig.path"]);
    expect(await fields(inFolder("TWO", "team/one/"))).toEqual(["ticketingConfig.path"]);
    expect(await fields(inFolder("TWO", "../outside"))).toEqual(["ticketingConfig.path"]);
    expect(await fields(inFolder("TWO", "team/two"))).toBe("saved");
    expect(await projects.update("ONE", { paused: true }, null)).toMatchObject({ kind: "saved" });
  });
});
