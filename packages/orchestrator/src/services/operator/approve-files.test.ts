import type { RunReport } from "@ai-implement/contracts";
import { describe, expect, it } from "vitest";
import { aProject, aTicket } from "../../core/testing/builders.ts";
import { createTestApp } from "../../http/testing/test-app.ts";
import { useScene } from "../testing/scene.ts";

const ticket = aTicket();
const workflow = ".github/workflows/ci.yml";

const refusal: Extract<RunReport, { outcome: "failed" }> = {
  outcome: "failed",
  reason: "guard",
  message: `The guard refuses this change:\n- "${workflow}" (ci): runs at once`,
  needsApproval: [workflow, "deploy/main.tf"],
  usage: null,
  agent: "an agent",
};

describe("files that the guard holds back wait for a person (§11.4)", () => {
  const scene = useScene({
    projects: [aProject({ planningEnabled: false, protectedPaths: ["deploy"] })],
  });
  const jobOf = async () => {
    const claimed = await scene.claim((await scene.runs()).at(-1) ?? (await scene.theRun("implement")));
    if (claimed.kind !== "granted") throw new Error(claimed.kind);
    return claimed.job;
  };
  const refused = async (report: RunReport = refusal) => {
    scene.world.tracker.add(ticket);
    await scene.poll();
    const run = await scene.theRun("implement");
    await scene.claim(run);
    await scene.report(run, report);
    await scene.poll();
  };
  const app = async () => createTestApp({ operator: scene.services.operator });
  const path = `/api/issues/${encodeURIComponent(ticket.id)}/approve-files`;

  it("the comment names them and says how to agree, and the ticket is parked", async () => {
    await refused();
    const comment = scene.world.tracker.comments.map(({ body }) => body).join("\n");
    expect(comment).toContain(`- \`${workflow}\``);
    expect(comment).toContain(`POST ${path}`);
    expect((await scene.store.findKnownTicket(ticket.id))?.decision?.reason).toBe("parked");
  });

  it("once a person has agreed, the next run's job has the approved paths", async () => {
    await refused();
    const test = await app();
    const answer = await test.ask("POST", path, { payload: { paths: [workflow] } });
    expect(answer).toMatchObject({ status: 200, body: { ok: true } });
    expect(await scene.store.approvedFiles(ticket.id)).toMatchObject([{ path: workflow, by: "admin" }]);
    const { history } = (await scene.store.runDetails((await scene.theRun("implement")).id)) ?? {};
    expect(history?.at(-1)).toEqual({
      runId: (await scene.theRun("implement")).id,
      at: scene.world.clock.now(),
      event: "files-approved",
      cause: `admin agreed to "${workflow}"`,
      applied: true,
    });
    await scene.poll();
    expect((await jobOf()).guard).toEqual({ protectedPaths: ["deploy"], approvedPaths: [workflow] });
    await test.app.close();
  });

  it("nothing else can be agreed to, and nothing where no run has asked", async () => {
    const test = await app();
    const ask = async (paths: readonly string[]) =>
      (await test.ask("POST", path, { payload: { paths } })).status;
    expect(await ask([workflow])).toBe(404);
    scene.world.tracker.add(ticket);
    await scene.poll();
    expect(await ask([workflow])).toBe(409);
    const run = await scene.theRun("implement");
    await scene.claim(run);
    await scene.report(run, refusal);
    expect(await ask([workflow, "src/other.ts"])).toBe(409);
    expect(await ask([])).toBe(400);
    expect(await scene.store.approvedFiles(ticket.id)).toEqual([]);
    await test.app.close();
  });

  it.each([
    ["another failure", { reason: "agent-failed" as const }],
    ["one that is tried again by itself", { reason: "transport" as const }],
    ["no file at all", { needsApproval: [] }],
  ])("a runner that asks for files with %s is not heard", async (_, said) => {
    await refused({ ...refusal, ...said });
    const test = await app();
    expect((await test.ask("POST", path, { payload: { paths: [workflow] } })).status).toBe(409);
    expect(scene.world.tracker.comments.map(({ body }) => body).join("\n")).not.toContain("approve-files");
    await test.app.close();
  });

  it("only the very path that was named can be agreed to, in no other spelling", async () => {
    await refused({ ...refusal, needsApproval: [".github/caf\u00e9.yml"] });
    const test = await app();
    const ask = async (spelling: string) =>
      (await test.ask("POST", path, { payload: { paths: [spelling] } })).status;
    for (const spelling of [
      "./.github/caf\u00e9.yml",
      ".github//caf\u00e9.yml",
      ".github/cafe\u0301.yml",
      ".github/*",
    ])
      expect(await ask(spelling)).toBe(409);
    expect(await ask(".github/caf\u00e9.yml")).toBe(200);
    await test.app.close();
  });

  it("an approval is for its ticket, and not for another that asks for the same file", async () => {
    const other = aTicket({ id: "linear:ACME-2", identifier: "ACME-2" });
    await refused();
    scene.world.tracker.add(other);
    const test = await app();
    await test.ask("POST", path, { payload: { paths: [workflow] } });
    expect(await scene.store.approvedFiles(other.id)).toEqual([]);
    await test.app.close();
  });

  it("agreeing twice leads to one run", async () => {
    await refused();
    const test = await app();
    const agree = () => test.ask("POST", path, { payload: { paths: [workflow] } });
    expect((await Promise.all([agree(), agree()])).map(({ status }) => status)).toEqual([200, 200]);
    await scene.poll();
    await scene.poll();
    expect(await scene.runs()).toHaveLength(2);
    expect((await agree()).status).toBe(409);
    await test.app.close();
  });

  it("marking the ticket again instead agrees to nothing", async () => {
    await refused();
    await scene.services.operator.unpark(ticket.id);
    await scene.poll();
    expect((await jobOf()).guard?.approvedPaths).toEqual([]);
  });
});
