import { detachedJobSchema } from "@ai-implement/contracts";
import type { GithubRequest } from "@ai-implement/emulators/github/api.ts";
import { uuidv7 } from "uuidv7";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hours, minutes } from "../../../core/time.ts";
import { DeliveryError, isPermanent } from "../../../ports/delivery-error.ts";
import type { AttemptReference, Executor } from "../../../ports/executor.ts";
import {
  type GithubActionsScene,
  githubOpenApi,
  openGithubActionsScene,
  tally,
} from "./testing/github-actions-scene.ts";
import { workflowFile } from "./testing/workflow-file.ts";

const dispatches = /^POST .*\/dispatches$/;

describe.skipIf(githubOpenApi === null)("§8.4 a dispatch", () => {
  let scene: GithubActionsScene;
  beforeEach(async () => {
    scene = await openGithubActionsScene();
  });
  afterEach(() => scene.close());

  const bodyOf = (request: GithubRequest | undefined): Record<string, unknown> =>
    request?.body as Record<string, unknown>;
  const refusalOf = async (attempt: AttemptReference, executor = scene.executor): Promise<unknown> =>
    executor.dispatch(attempt).then(
      () => null,
      (error: unknown) => error,
    );

  it("starts the workflow on the default branch, and is told as which run", async () => {
    const attempt = scene.attempt({ identifier: "ACME-7", image: "ghcr.io/acme/runner:1" });
    const resource = await scene.executor.dispatch(attempt);
    const [run] = scene.emulator.site.workflowRuns(tally);
    expect(resource?.id).toBe(String(run?.id));
    expect(resource?.url).toContain(`/actions/runs/${run?.id}`);
    expect(run?.workflow).toBe("claude-plan.yml");
    expect(run?.displayTitle).toBe(`AI-Implement plan ACME-7 · ${attempt.runId}`);
    const [request] = scene.requests(dispatches);
    expect(bodyOf(request)).toEqual({
      ref: "main",
      return_run_details: true,
      inputs: {
        attempt: attempt.runId,
        phase: "plan",
        identifier: "ACME-7",
        orchestrator_url: "https://ai-implement.acme.example",
        job_minutes: "90",
        runner_image: "ghcr.io/acme/runner:1",
        provider: "anthropic",
      },
    });
  });

  it("costs one request once there is a token", async () => {
    for (let count = 0; count < 5; count += 1) await scene.executor.dispatch(scene.attempt());
    expect(scene.requests()).toHaveLength(5);
  });

  it("carries neither content nor token where the runner calls back with an identity of its own (§8.1)", async () => {
    await scene.executor.dispatch(scene.attempt({ claimToken: "claim-secret" }));
    expect(JSON.stringify(scene.requests(dispatches))).not.toMatch(/claim-secret|Add a total|run-token/);
  });

  it("carries the claim token where there are no identities", async () => {
    const executor = await scene.restarted({ needsClaimToken: true });
    await executor.dispatch(scene.attempt({ claimToken: "claim-secret" }));
    expect(bodyOf(scene.requests(dispatches).at(-1))["inputs"]).toMatchObject({
      claim_token: "claim-secret",
    });
  });

  it("tells bedrock's region, and whole minutes", async () => {
    await scene.executor.dispatch(
      scene.attempt({ provider: "bedrock", awsRegion: "eu-central-1", maxJobMinutes: 12.5 }),
    );
    const { inputs } = bodyOf(scene.requests(dispatches).at(-1));
    expect(inputs).toMatchObject({ provider: "bedrock", aws_region: "eu-central-1", job_minutes: "13" });
  });

  it.each([70_000, 300_000])(
    "without callbacks carries the job, whose description of %d characters is cut and not refused",
    async (length) => {
      const executor = await scene.restarted({ callback: null });
      const attempt = scene.attempt();
      const whole = await attempt.job();
      const description = 'Say "hello" to \u65e5\u672c\n'.repeat(length / 18);
      const job = async () => ({ ...whole, ticket: { ...whole.ticket, description } });
      await executor.dispatch({ ...attempt, job });
      const [run] = scene.emulator.site.workflowRuns(tally);
      const carried = detachedJobSchema.parse(JSON.parse(run?.inputs["job"] ?? ""));
      expect(carried.ticket.description).toContain("[Cut here: too long for a GitHub dispatch.]");
      expect(carried.ticket.description.length).toBeGreaterThan(40_000);
      expect(run?.inputs["orchestrator_url"]).toBe("");
      expect(JSON.stringify(run?.inputs)).not.toMatch(/run-token|claim-token/);
    },
  );

  describe("that GitHub refuses", () => {
    it("for a workflow that is not there names the file, and the sync", async () => {
      const error = await refusalOf(scene.attempt({ workflowFile: "claude-gone.yml" }));
      expect(isPermanent(error)).toBe(true);
      expect(String(error)).toMatch(/claude-gone\.yml is not on the default branch.*[Ss]ync/);
    });

    it("for inputs that the workflow does not have says to sync the project's workflows", async () => {
      const other = workflowFile(["attempt", "phase"]);
      await scene.emulator.site.commit(tally, "main", { ".github/workflows/claude-plan.yml": other });
      const error = await refusalOf(scene.attempt());
      expect(isPermanent(error)).toBe(true);
      expect(String(error)).toMatch(/claude-plan\.yml.*Sync the project's workflows.*Unexpected inputs/);
    });

    it("for an archived repository says so", async () => {
      scene.emulator.site.archive(tally);
      const error = await refusalOf(scene.attempt());
      expect(isPermanent(error)).toBe(true);
      expect(String(error)).toMatch(/acme\/tally is archived: unarchive it/);
    });

    it("for a permission names it, and is tried again when a person has mended it", async () => {
      scene.emulator.site.install("acme", { permissions: { actions: "read", metadata: "read" } });
      const error = await refusalOf(scene.attempt());
      expect(String(error)).toContain("lacks the permission actions: write and contents: read");
      expect(error).toMatchObject({ retryable: true, nothingDone: true, retryAfterMs: minutes(1) });
      expect(scene.requests(dispatches)).toHaveLength(0);
    });

    it("for a permission that only its end would need is not begun: no money is spent on it", async () => {
      const permissions = { actions: "write", contents: "write", issues: "write" } as const;
      scene.emulator.site.install("acme", { permissions });
      expect(await refusalOf(scene.attempt({ phase: "plan" }))).toBeNull();
      const error = await refusalOf(scene.attempt({ phase: "implement" }));
      expect(String(error)).toContain("lacks the permission pull_requests: write");
    });

    it("for a repository that is gone says so, whether GitHub still takes our token or not", async () => {
      expect(await refusalOf(scene.attempt())).toBeNull();
      await scene.emulator.site.removeRepository(tally);
      const attempt = scene.attempt();
      const errors = [
        await refusalOf(attempt),
        await (await scene.restarted()).dispatch(attempt).catch((error: unknown) => error),
      ];
      for (const error of errors) {
        expect(String(error)).toContain("GitHub does not show the repository acme/tally to the App");
        expect(isPermanent(error)).toBe(false);
      }
    });

    it("for a default branch that is not there names the branch", async () => {
      const repository = { ...tally, defaultBranch: "trunk" };
      const error = await refusalOf(scene.attempt({ repository }));
      expect(isPermanent(error)).toBe(true);
      expect(String(error)).toContain("no branch trunk");
    });

    it("for an id that is none is not sent", async () => {
      expect(isPermanent(await refusalOf(scene.attempt({ runId: "../../x" })))).toBe(true);
      expect(scene.requests(dispatches)).toHaveLength(0);
    });
  });

  it("for a disabled workflow says how it is enabled", async () => {
    const path = "/repos/acme/tally/actions/workflows/claude-plan.yml/disable";
    await scene.client.write(tally, "work", { method: "PUT", path, counts: "plain" });
    const error = await refusalOf(scene.attempt());
    expect(isPermanent(error)).toBe(true);
    expect(String(error)).toContain("gh workflow enable claude-plan.yml --repo acme/tally");
  });

  it.each(["reset-after", "reset-before", "cut-off", "empty", "server-error"] as const)(
    "whose answer is lost (%s) is not repeated here: whether it runs is unknown (§9)",
    async (kind) => {
      scene.emulator.setFaults(({ path }) => (path.endsWith("/dispatches") ? { kind } : null));
      const error = await refusalOf(scene.attempt());
      expect(error).toBeInstanceOf(DeliveryError);
      expect(error).toMatchObject({ retryable: true, nothingDone: false });
      expect(scene.requests(dispatches)).toHaveLength(1);
    },
  );
});

describe.skipIf(githubOpenApi === null)("§8.4 the fallback where a server names no runs", () => {
  let scene: GithubActionsScene;
  afterEach(() => scene.close());

  const asks = (): readonly boolean[] =>
    scene
      .requests(dispatches)
      .map(({ body }) => (body as Record<string, unknown>)["return_run_details"] === true);
  const dispatch = async (executor: Executor = scene.executor) =>
    executor.dispatch(scene.attempt({ runId: uuidv7() }));

  it("a server that refuses the field is asked without it, at once and for an hour", async () => {
    scene = await openGithubActionsScene({ returnRunDetails: false });
    expect(await dispatch()).toBeNull();
    expect(await dispatch()).toBeNull();
    expect(asks()).toEqual([true, false, false]);
    expect(scene.emulator.site.workflowRuns()).toHaveLength(2);
    scene.advance(hours(1));
    await dispatch();
    expect(asks().slice(3)).toEqual([true, false]);
  });

  it("a server that answers without a run is asked without the field", async () => {
    scene = await openGithubActionsScene({ returnRunDetails: "ignored" });
    expect(await dispatch()).toBeNull();
    expect(await dispatch()).toBeNull();
    expect(asks()).toEqual([true, false]);
  });

  it("a run without a name is found by its title", async () => {
    scene = await openGithubActionsScene({ returnRunDetails: false });
    const attempt = scene.attempt();
    await scene.executor.dispatch(attempt);
    const [run] = scene.emulator.site.workflowRuns();
    expect(await scene.executor.observe(attempt)).toMatchObject({
      kind: "running",
      waits: true,
      resource: { id: String(run?.id) },
    });
  });
});
