import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createGithubWebhook } from "../../adapters/forge/github/github-webhook.ts";
import {
  makeTemporaryDatabase,
  type TemporaryDatabase,
} from "../../adapters/store/sqlite/testing/temporary-database.ts";
import type { Run } from "../../core/run.ts";
import { admit } from "../../core/runs/admit.ts";
import { anAdmission, aProject, aRunId, aTicket, aTime } from "../../core/testing/builders.ts";
import { minutes, seconds } from "../../core/time.ts";
import type { KnownPullRequest, Store } from "../../ports/store.ts";
import { createRecordingLogger, type RecordingLogger } from "../testing/recording-logger.ts";
import { settle } from "../testing/still-alarm.ts";
import { createForgeWebhooks, type ForgeWebhooks, type ForgeWebhooksDependencies } from "./forge-webhooks.ts";
import {
  commentOn,
  deliverFromGithub as deliver,
  type GithubDelivery,
  githubDelivery,
  githubSecret,
  workflowRun,
} from "./testing/github-sender.ts";

const tally = { forge: "github", owner: "Acme", name: "Tally", defaultBranch: "main" } as const;
const ticket = aTicket();

const pullRequest = (number: number, change: Partial<KnownPullRequest> = {}): KnownPullRequest => ({
  ticketId: ticket.id,
  projectKey: "ACME",
  repository: tally,
  pullRequest: {
    number,
    url: `https://forge.example/Acme/Tally/pull/${number}`,
    title: "ACME-1: Say hello",
    body: "",
    head: `ai-implement/acme-1-${number}`,
    base: "main",
    state: "open",
    draft: false,
  },
  updatedAt: aTime,
  ...change,
});

describe("news from GitHub (§12)", () => {
  let database: TemporaryDatabase;
  let store: Store;
  let logger: RecordingLogger;
  let now: number;
  let looks: (number | string)[];
  let webhooks: ForgeWebhooks;

  const webhooksOver = (change: Partial<ForgeWebhooksDependencies> = {}): ForgeWebhooks =>
    createForgeWebhooks({
      store,
      reader: createGithubWebhook({ secret: githubSecret }),
      onPullRequest: ({ pullRequest: { number } }) => void looks.push(number),
      onRun: ({ id }) => void looks.push(id),
      onAccess: () => void looks.push("access"),
      clock: { now: () => now },
      logger,
      ...change,
    });
  beforeEach(async () => {
    database = await makeTemporaryDatabase();
    now = aTime;
    ({ store } = await database.open({ now: () => now }));
    logger = createRecordingLogger();
    looks = [];
    webhooks = webhooksOver();
    await store.createProject(aProject({ repository: tally }));
  });
  afterEach(async () => {
    vi.useRealTimers();
    await store.close();
    await database.remove();
  });

  /** And all that follows from it at once. */
  const tell = async (delivery: GithubDelivery, to = webhooks) => {
    const reception = await deliver(to, delivery);
    await settle();
    await settle();
    return reception;
  };
  const know = (...all: readonly KnownPullRequest[]) => store.commit({ pullRequests: all });
  const admitRun = async (change: Partial<Run> = {}): Promise<Run> => {
    const { run, lease } = admit(anAdmission(), aTime);
    await store.commit({ admissions: [{ run: { ...run, ...change }, lease }] });
    return { ...run, ...change };
  };

  describe("make us look", () => {
    it("at the open pull request of ours that they name, in whatever case GitHub writes it", async () => {
      await know(pullRequest(7));
      expect(await tell(commentOn(tally, 7))).toBe("accepted");
      expect(await tell(commentOn({ owner: "acme", name: "TALLY" }, 7))).toBe("accepted");
      expect(looks).toEqual([7, 7]);
    });

    it("at the live run whose resource or title they name, and at no other", async () => {
      const run = await admitRun({ resource: { id: "41" } });
      await tell(workflowRun(41, "renamed by hand"));
      await tell(workflowRun(42, `AI-Implement implement ACME-1 · ${run.id}`));
      await tell(workflowRun(43, `AI-Implement implement ACME-1 · ${aRunId(9)}`));
      await tell(workflowRun(44, ""));
      expect(looks).toEqual([run.id, run.id]);
    });

    it("at what we may reach, once that changed", async () => {
      await tell(githubDelivery("installation", { action: "suspend" }));
      expect(looks).toEqual(["access"]);
    });
  });

  describe("lead to nothing", () => {
    it.each([
      ["a pull request of somebody else", commentOn(tally, 8)],
      ["the same number in another repository", commentOn({ owner: "acme", name: "other" }, 7)],
      ["a repository that was renamed or moved", commentOn({ owner: "acme-labs", name: "tally" }, 7)],
      ["a number that is too large", commentOn(tally, Number.MAX_SAFE_INTEGER)],
      ["a name that is no name", commentOn({ owner: "acme'; --", name: "tally%" }, 7)],
    ])("where they are about %s", async (_, delivery) => {
      await know(pullRequest(7));
      expect(await tell(delivery)).toBe("accepted");
      expect(looks).toEqual([]);
    });

    it.each(["closed", "merged"] as const)("where the pull request is %s", async (state) => {
      const known = pullRequest(7);
      await know({ ...known, pullRequest: { ...known.pullRequest, state } });
      expect(await tell(commentOn(tally, 7))).toBe("accepted");
      expect(looks).toEqual([]);
    });

    it("where the run has ended", async () => {
      const run = await admitRun({ resource: { id: "41" } });
      const found = await store.findRun(run.id);
      if (found === null) throw new Error("The run is gone.");
      await store.commit({ runs: [{ ...found, value: { ...run, state: "succeeded", endedAt: aTime } }] });
      await tell(workflowRun(41, `AI-Implement implement ACME-1 · ${run.id}`));
      expect(looks).toEqual([]);
    });

    it("and are not even remembered where they say nothing to us", async () => {
      const remembered: string[] = [];
      const writing = webhooksOver({
        store: { ...store, rememberDelivery: async (_, id) => remembered.push(id) > 0 },
      });
      expect(await tell(githubDelivery("push", { ref: "refs/heads/main" }), writing)).toBe("accepted");
      expect(remembered).toEqual([]);
    });
  });

  describe("are worked on once", () => {
    it("of ten redeliveries at once and ten afterwards, also after a restart (§1)", async () => {
      await know(pullRequest(7));
      const delivery = commentOn(tally, 7, "72d3162e-cc78-11e3-81ab-4c9367dc0958");
      const tenTimes = (to: ForgeWebhooks) =>
        Promise.all(Array.from({ length: 10 }, () => deliver(to, delivery)));
      expect(new Set(await tenTimes(webhooks))).toEqual(new Set(["accepted"]));
      expect(new Set(await tenTimes(webhooksOver()))).toEqual(new Set(["accepted"]));
      await settle();
      await settle();
      expect(looks).toEqual([7]);
    });
  });

  describe("that cannot be recorded", () => {
    it("are for GitHub to deliver again: the store fails now, and works later", async () => {
      await know(pullRequest(7));
      const delivery = commentOn(tally, 7);
      const failing = webhooksOver({
        store: { ...store, rememberDelivery: () => Promise.reject(new Error("database or disk is full")) },
      });
      expect(await tell(delivery, failing)).toBe("unavailable");
      expect(looks).toEqual([]);
      expect(await tell(delivery)).toBe("accepted");
      expect(looks).toEqual([7]);
    });

    it("in time are answered before GitHub gives up, and still acted on: nobody brings them again as new", async () => {
      await know(pullRequest(7));
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
      let answer: (isNew: boolean) => void = () => undefined;
      const hanging = webhooksOver({
        store: {
          ...store,
          rememberDelivery: () =>
            new Promise((resolve) => {
              answer = resolve;
            }),
        },
      });
      const received = deliver(hanging, commentOn(tally, 7));
      await vi.advanceTimersByTimeAsync(seconds(5));
      expect(await received).toBe("unavailable");
      expect(looks).toEqual([]);
      answer(true);
      for (let turn = 0; turn < 3; turn += 1) await settle();
      expect(looks).toEqual([7]);
    });

    it("while we follow them up are logged, and found by the poll", async () => {
      const failing = webhooksOver({
        store: { ...store, findPullRequestByNumber: () => Promise.reject(new Error("disk I/O error")) },
      });
      expect(await tell(commentOn(tally, 7), failing)).toBe("accepted");
      expect(logger.lines).toContainEqual(
        expect.objectContaining({ level: "warn", fields: { error: "disk I/O error" } }),
      );
    });
  });

  it("are left to whoever comes next once we stop (§15)", async () => {
    await know(pullRequest(7));
    webhooks.stop();
    const delivery = commentOn(tally, 7);
    expect(await tell(delivery)).toBe("unavailable");
    expect(await tell(delivery, webhooksOver())).toBe("accepted");
    expect(looks).toEqual([7]);
  });

  it("in a flood are acknowledged, and no more of them are followed up at once than memory is for (§11.9)", async () => {
    let underWay = 0;
    const flooded = webhooksOver({
      store: {
        rememberDelivery: async () => true,
        listLiveRuns: async () => [],
        findPullRequestByNumber: () => {
          underWay += 1;
          return new Promise<null>(() => undefined);
        },
      },
    });
    const receptions = await Promise.all(
      Array.from({ length: 1_200 }, (_, n) => deliver(flooded, commentOn(tally, n + 1))),
    );
    await settle();
    await settle();
    expect(new Set(receptions)).toEqual(new Set(["accepted"]));
    expect(underWay).toBe(1_000);
  });

  it("are refused while no secret is set, and an operator reads why once a minute (§4.1)", async () => {
    const closed = webhooksOver({ reader: null });
    for (let n = 0; n < 100; n += 1) expect(await tell(commentOn(tally, 7), closed)).toBe("refused");
    now += minutes(1);
    expect(await tell(commentOn(tally, 7), closed)).toBe("refused");
    const complaints = logger.lines.filter(({ level }) => level === "warn");
    expect(complaints.map(({ fields }) => fields)).toEqual([
      { vendor: "github", why: "GITHUB_WEBHOOK_SECRET is not set.", unsaid: 0 },
      { vendor: "github", why: "GITHUB_WEBHOOK_SECRET is not set.", unsaid: 99 },
    ]);
  });

  it("are refused where anybody else signed them, and nothing of them is logged (§11.10)", async () => {
    await know(pullRequest(7));
    const { headers, rawBody } = commentOn(tally, 7);
    const forged = { headers: { ...headers, "x-hub-signature-256": `sha256=${"0".repeat(64)}` }, rawBody };
    expect(await tell(forged)).toBe("refused");
    expect(looks).toEqual([]);
    expect(JSON.stringify(logger.lines)).not.toMatch(/Tally|0000/);
  });
});
