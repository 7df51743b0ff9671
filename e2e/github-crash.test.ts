import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { SeenPullRequest } from "@ai-implement/emulators/github/api.ts";
import { vendorSchema } from "@ai-implement/emulators/testing/schemas.ts";
import { afterEach, describe, expect, it } from "vitest";
import { type GithubScene, openGithubScene, rehearse, type TrackedTicket } from "./support/github-scene.ts";
import { seededRandom } from "./support/seeded-random.ts";
import { eventually } from "./support/service.ts";
import { type Watch, watchDatabase } from "./support/watch.ts";

const [openApi, linearSchema, jiraSchema] = [
  vendorSchema("github.openapi.json"),
  vendorSchema("linear.schema.graphql"),
  vendorSchema("jira.openapi.json"),
];

/** `npm run crash-sweep -- --github N` sets both; without it there is one story that is drawn. */
const stories = Number(process.env["AI_IMPLEMENT_SWEEP_STORIES"] ?? 1);
const firstSeed = Number(process.env["AI_IMPLEMENT_SWEEP_SEED"] ?? randomInt(2 ** 31));
const isSweep = process.env["AI_IMPLEMENT_SWEEP_STORIES"] !== undefined;
const seeds = Array.from({ length: stories }, (_, story) => firstSeed + story);

/** A kill while GitHub is being asked costs 3 minutes, in which no list of it is believed: in the sweep only. */
const patience = { timeoutMs: isSweep ? 15 * 60_000 : 60_000 };
const mostKills = isSweep ? 12 : 6;
const longestLifeMs = 1_000;

const greeting = (words: string): string => `export const greet = (name) => "${words}, " + name;\n`;
const gaps = { implemented: [{ claim: "A greeting" }], gaps: [{ claim: "Mornings" }], manualSteps: [] };
const dispatchUnderWay =
  "select 1 from effects where kind = 'dispatch-attempt' and delivered_at is null and abandoned_at is null";

describe.skipIf(openApi === null || linearSchema === null || jiraSchema === null)(
  "kill -9 of the service along the main line of GitHub (§1, §8.3, §9, §15)",
  () => {
    let scene: GithubScene;
    let watch: Watch;
    afterEach(async () => {
      watch.close();
      await scene.close();
    });

    /** At moments that nobody chose, for as long as there is something to do. */
    const killAtRandom = async (seed: number, isOver: () => boolean): Promise<void> => {
      const random = seededRandom(seed);
      for (let kills = 0; kills < mostKills && !isOver(); kills += 1) {
        await sleep(random() * longestLifeMs);
        if (!isSweep)
          await eventually("nobody is asked to start a run", async () => isAnswered(), { everyMs: 1 });
        await scene.crash();
      }
    };
    const isAnswered = (): boolean => watch.column(dispatchUnderWay).length === 0;

    const ours = (): readonly SeenPullRequest[] => {
      const all = scene.github.emulator.site.pullRequests(scene.repository);
      return all.filter(({ head }) => head.startsWith("ai-implement/lin-1"));
    };
    const comments = (number: number): readonly string[] =>
      scene.github.emulator.site.comments(scene.repository, number).map(({ body }) => body);
    const gapAnalyses = (number: number): readonly string[] =>
      comments(number).filter((body) => body.startsWith("## 🔍 AI-Implement: gap analysis"));

    /** A person at work, who does not know that the service dies again and again. */
    const walk = async (ticket: TrackedTicket): Promise<void> => {
      const { site } = scene.github.emulator;
      const until = (what: string, isSo: () => boolean) => eventually(what, async () => isSo(), patience);
      await until(
        "the pull request has its gap analysis",
        () => gapAnalyses(ours()[0]?.number ?? 0).length > 0,
      );
      const number = ours()[0]?.number ?? 0;
      await scene.revise();
      site.setPermission(scene.repository, "ada", "write");
      site.comment(scene.repository, number, "ada", "/ai-implement also greet in the morning");
      const revised = "select 1 from runs where phase = 'revise' and state = 'succeeded'";
      await until("the revision is published", () => watch.column(revised).length > 0);
      await site.merge(scene.repository, number, "ada");
      await until("the ticket is done", ticket.isDone);
    };

    it.each(seeds)(
      "at random: each phase is done once, and everything is said once (seed %i)",
      {
        timeout: patience.timeoutMs * 4,
      },
      async (seed) => {
        if (openApi === null || linearSchema === null || jiraSchema === null) return;
        scene = await openGithubScene({
          schemas: { openApi, linearSchema, jiraSchema },
          hasCallbacks: true,
          hasWebhooks: true,
          agentScript: rehearse("LIN-1", {
            first: greeting("Hello"),
            revised: greeting("Good morning"),
            gaps,
          }),
          secrets: { ANTHROPIC_API_KEY: "sk-ant-key-of-the-repository" },
        });
        watch = watchDatabase(scene.sandbox);
        const ticket = await scene.linearTicket("LIN", "Greet people");
        let isOver = false;
        const walking = walk(ticket).finally(() => {
          isOver = true;
        });
        await Promise.all([killAtRandom(seed, () => isOver), walking]);
        await eventually("nothing is left to deliver", async () => {
          return watch.column("select id from effects where delivered_at is null").length === 0;
        });

        const runs = watch.column("select phase || ' ' || attempt || ' ' || state from runs order by id");
        expect(runs).toEqual(["plan 1 succeeded", "implement 1 succeeded", "revise 1 succeeded"]);
        const claims = "select run_id from run_history where event = 'claimed' and applied = 1";
        expect(new Set(watch.column(claims)).size).toBe(3);
        expect(watch.column(claims)).toHaveLength(3);
        const { site } = scene.github.emulator;
        const worked = site.workflowRuns().filter(({ conclusion }) => conclusion === "success");
        expect(worked.map(({ inputs }) => inputs["phase"])).toEqual(["plan", "implement", "revise"]);

        expect(ours()).toMatchObject([{ merged: true, author: "ai-implement[bot]" }]);
        const number = ours()[0]?.number ?? 0;
        expect(gapAnalyses(number)).toHaveLength(1);
        expect(comments(number).filter((body) => body.startsWith("/ai-implement"))).toHaveLength(1);
        const subjects = await site.commits(scene.repository, "main");
        expect(subjects.filter((subject) => subject.startsWith("LIN-1"))).toHaveLength(2);
        expect(await site.file(scene.repository, "main", "src/greet.js")).toBe(greeting("Good morning"));

        const kinds = ticket.comments().map((body) => body.split("\n")[0]?.replace(/#\d+.*/, ""));
        expect(new Set(kinds).size).toBe(kinds.length);
        expect(kinds.filter((kind) => kind?.includes("pull request"))).toHaveLength(2);
      },
    );
  },
);
