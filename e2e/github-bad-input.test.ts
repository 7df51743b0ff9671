import type { GithubSite, Permissions } from "@ai-implement/emulators/github/api.ts";
import { vendorSchema } from "@ai-implement/emulators/testing/schemas.ts";
import { workflowFile } from "@ai-implement/orchestrator/adapters/executor/github-actions/testing/workflow-file.ts";
import { minutes } from "@ai-implement/orchestrator/core/time.ts";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { claim, newestRun, work } from "./support/bad-input/jobs.ts";
import {
  type BadInputWorld,
  dispatched,
  failedForGood,
  openBadInputWorld,
  problemsOfSaving,
  readOpenApi,
} from "./support/bad-input/world.ts";
import { tally } from "./support/github.ts";

const schema = vendorSchema("github.openapi.json");
const implementFile = ".github/workflows/claude-implement.yml";
const workflows = { [implementFile]: workflowFile() };

const everything: Permissions = {
  actions: "write",
  checks: "read",
  contents: "write",
  issues: "write",
  pull_requests: "write",
  statuses: "read",
  workflows: "write",
};
const without = (name: string): Permissions =>
  Object.fromEntries(Object.entries(everything).filter(([each]) => each !== name));

interface Trouble {
  readonly spoil: (site: GithubSite) => void | Promise<void>;
  readonly mend: (site: GithubSite) => void | Promise<void>;
  /** What people are told, wherever they look; and at which field of the project. */
  readonly words: RegExp;
  readonly field?: string;
  /** Where it is told differently at the project. */
  readonly savingWords?: RegExp;
}

const install = (site: GithubSite) => site.install(tally.owner, { permissions: everything });
const lacks = (permission: string): Trouble => ({
  spoil: (site) => site.install(tally.owner, { permissions: without(permission) }),
  mend: install,
  words: new RegExp(`lacks the permission ${permission}: write.*Permissions & events`),
  field: "repo",
});

/** All at once: nobody meets it without its workflows. */
const restore = async (site: GithubSite): Promise<void> => {
  const hidden = { ...tally, name: "tally-to-be" };
  await site.addRepository({ ...hidden, files: workflows });
  site.renameRepository(hidden, tally.name);
};

/** A person mends each of these on GitHub, and no ticket has to be touched for it. */
const thingsThatAreMended: Readonly<Record<string, Trouble>> = {
  "an App that is not installed": {
    spoil: (site) => site.uninstall(tally.owner),
    mend: install,
    words: /not installed on "acme".*Install the GitHub App on acme/,
    field: "owner",
  },
  "an installation that is suspended": {
    spoil: (site) => site.suspend(tally.owner),
    mend: install,
    words: /suspended.*Unsuspend it in the settings of acme/,
    field: "owner",
  },
  "an App without the permission actions": lacks("actions"),
  "an App without the permission contents": lacks("contents"),
  "an App without the permission pull_requests": lacks("pull_requests"),
  "a repository that the App was not given": {
    spoil: (site) => site.install(tally.owner, { permissions: everything, repositories: ["other"] }),
    mend: install,
    words: /does not show the repository acme\/tally.*Give the App's installation on acme the repository/,
    field: "repo",
  },
  "a repository that is gone": {
    spoil: (site) => site.removeRepository(tally),
    mend: restore,
    words: /does not show the repository acme\/tally.*correct the project's owner and repo/,
    field: "repo",
  },
  "a repository that was renamed": {
    spoil: (site) => site.renameRepository(tally, "abacus"),
    mend: (site) => site.renameRepository({ ...tally, name: "abacus" }, tally.name),
    // Whoever asks with a token from before is told the first.
    words: /has (moved|another name).*correct the project's owner and repo/,
    field: "repo",
  },
};

/** Each of these is refused by GitHub for good: it is said on the ticket, which waits until it is marked again. */
const thingsThatAreRefused: Readonly<Record<string, Trouble>> = {
  "a repository that is archived": {
    spoil: (site) => site.archive(tally),
    mend: async (site) => {
      await site.removeRepository(tally);
      await restore(site);
    },
    words: /acme\/tally is archived: unarchive it/,
    field: "repo",
    savingWords: /acme\/tally is archived.*Unarchive it on GitHub/,
  },
  "a default branch that is gone": {
    spoil: async (site) => {
      await site.removeRepository(tally);
      await site.addRepository({ ...tally, defaultBranch: "trunk", files: workflows });
    },
    mend: async (site) => void (await site.commit(tally, "main", workflows)),
    words: /no branch main: correct the project's default branch/,
    field: "defaultBranch",
    savingWords: /has no branch "main"; its default branch is "trunk"/,
  },
  "a workflow that is missing": {
    spoil: async (site) => void (await site.commit(tally, "main", { [implementFile]: null })),
    mend: async (site) => void (await site.commit(tally, "main", workflows)),
    words: /claude-implement\.yml is not on the default branch \(main\).*sync the project's workflows/,
  },
  "a workflow with other inputs": {
    spoil: async (site) =>
      void (await site.commit(tally, "main", { [implementFile]: workflowFile(["team"]) })),
    mend: async (site) => void (await site.commit(tally, "main", workflows)),
    words: /does not take what it is started with.*Sync the project's workflows/,
  },
};

describe.skipIf(schema === null)("bad input on GitHub: what cannot be started (§1, §8.4, §9)", () => {
  let openApi: unknown;
  let world: BadInputWorld;
  beforeAll(async () => {
    openApi = await readOpenApi(schema ?? "");
  });
  afterEach(() => world.close());

  /** One ticket was begun already: GitHub is known, and its tokens are. */
  const beganOne = async (): Promise<void> => {
    world = await openBadInputWorld(openApi);
    world.mark({ identifier: "ACME-1" });
    await dispatched(world);
  };
  const isHeldUp = async (identifier: string, words: RegExp): Promise<boolean> =>
    words.test((await world.seen(identifier)).decision?.explanation ?? "");

  const seenWhenSaved = Object.entries({ ...thingsThatAreMended, ...thingsThatAreRefused }).filter(
    ([, { field }]) => field !== undefined,
  );
  it.each(seenWhenSaved)(
    "%s is said at the project's field, and nothing is saved",
    async (_name, trouble) => {
      const { spoil, field, words, savingWords = words } = trouble;
      world = await openBadInputWorld(openApi);
      await spoil(world.emulator.site);
      const { problems, status } = await problemsOfSaving(world);
      expect(status).toBe(400);
      expect(problems.filter((problem) => problem.field === field)).toMatchObject([
        { problem: expect.stringMatching(savingWords) as unknown },
      ]);
      expect((await world.service.app.ask("GET", "/api/mappings/OTHER")).status).toBe(404);
    },
  );

  it.each(Object.entries(thingsThatAreMended))(
    "%s holds a run up, which says so on the API and on the ticket, and goes on once it is mended",
    async (_name, { spoil, mend, words }) => {
      await beganOne();
      const { site } = world.emulator;
      await spoil(site);
      world.service.github.forget();
      world.mark({ identifier: "ACME-2" });
      await world.until("it says why", () => isHeldUp("ACME-2", words));
      expect(await world.run()).toMatchObject({ state: "dispatching" });
      expect(await world.seen("ACME-2")).toMatchObject({ stage: "implementing", comments: [] });
      expect(site.workflowRuns()).toHaveLength(1);

      world.pass(minutes(11));
      await world.until("the ticket says why", async () => (await world.seen("ACME-2")).comments.length > 0);
      await mend(site);
      await world.untilInTime(
        "it goes on",
        async () => (await world.run("ACME-2")).dispatchedAt !== undefined,
      );
      const begun = site.workflowRuns().filter(({ inputs }) => inputs["identifier"] === "ACME-2");
      expect(begun).toHaveLength(1);
      const { comments } = await world.seen("ACME-2");
      expect(comments).toMatchObject([expect.stringMatching(/cannot start implementing this ticket yet/)]);
      expect(comments.join().replaceAll("\n", " ")).toMatch(words);
      expect(await world.run("ACME-2")).toMatchObject({ attempt: 1, tryNumber: 1 });
    },
  );

  it.each(["a repository that is gone", "a repository that was renamed"])(
    "%s is called that even while GitHub takes the token from before",
    async (name) => {
      const { spoil, words = /^$/ } = thingsThatAreMended[name] ?? {};
      await beganOne();
      await spoil?.(world.emulator.site);
      world.mark({ identifier: "ACME-2" });
      await world.until("it says why", () => isHeldUp("ACME-2", words));
      expect(await world.run()).toMatchObject({ state: "dispatching" });
      expect(world.emulator.site.workflowRuns()).toHaveLength(1);
    },
  );

  it.each(Object.entries(thingsThatAreRefused))(
    "%s parks the ticket with a comment that says what to do, and marked again it is begun at once",
    async (_name, { spoil, mend, words }) => {
      world = await openBadInputWorld(openApi);
      const { site } = world.emulator;
      await spoil(site);
      world.mark();
      await failedForGood(world, "dispatch-refused", words);
      expect(site.workflowRuns()).toEqual([]);

      await mend(site);
      world.service.tracker.edit("linear:ACME-1", { stage: "marked" });
      await dispatched(world);
      expect(await world.run()).toMatchObject({ attempt: 2, tryNumber: 1 });
      expect(site.workflowRuns()).toHaveLength(1);
      expect((await world.seen()).comments).toHaveLength(1);
    },
  );

  it("a workflow that is disabled parks the ticket, and says how it is enabled", async () => {
    await beganOne();
    const path = `/repos/acme/tally/actions/workflows/claude-implement.yml/disable`;
    await world.service.github.write(tally, "work", { method: "PUT", path, counts: "plain" });
    world.mark({ identifier: "ACME-2" });
    const words = /is disabled: enable it there under "Actions", or with `gh workflow enable/;
    await failedForGood(world, "dispatch-refused", words, "ACME-2");
  });

  it("a permission that goes while a run waits for its job is no fault of the runner: it is told to ask again", async () => {
    world = await openBadInputWorld(openApi);
    world.mark();
    await dispatched(world);
    const { site } = world.emulator;
    site.install(tally.owner, { permissions: without("contents") });
    world.service.github.forget();
    const instance = "6f0d6f5e-2f4c-4a39-9f0c-000000000001";
    const refused = await claim(world, newestRun(site), { instance });
    expect(refused).toMatchObject({ status: 503, body: { error: "vendor_unavailable" } });
    site.install(tally.owner, { permissions: everything });
    world.pass(minutes(1));
    expect(await claim(world, newestRun(site), { instance })).toMatchObject({ status: 200 });
  });

  it("a permission that goes while a run works: its pull request waits, and the ticket says for what", async () => {
    world = await openBadInputWorld(openApi);
    world.mark();
    await dispatched(world);
    const { site } = world.emulator;
    site.install(tally.owner, { permissions: without("pull_requests") });
    world.service.github.forget();
    await work(world);
    const words = /lacks the permission pull_requests: write/;
    await world.until("it says why", () => isHeldUp("ACME-1", words));
    world.pass(minutes(11));
    await world.until("the ticket says why", async () => (await world.seen()).comments.length > 0);
    expect((await world.seen()).comments).toMatchObject([
      expect.stringMatching(/cannot open the pull request/),
    ]);
    site.install(tally.owner, { permissions: everything });
    await world.untilInTime(
      "the pull request is open",
      async () => (await world.run()).state === "succeeded",
    );
    expect(site.pullRequests(tally)).toHaveLength(1);
    expect(site.workflowRuns()).toHaveLength(1);
  });
});
