import { randomBytes } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RepositoryRef } from "@ai-implement/emulators/github/api.ts";
import { type Github, startGithub, tally } from "./github.ts";
import { runsOf } from "./outcome.ts";
import { eventually, makeSandbox, type Sandbox, type Service, Stop, startService } from "./service.ts";
import { jiraRepoField, jiraStatusField, sendWebhooks, startVendors, type Vendors } from "./vendors.ts";

export interface Schemas {
  readonly openApi: string;
  readonly linearSchema: string;
  readonly jiraSchema: string;
}

export interface SceneOptions {
  readonly schemas: Schemas;
  readonly hasCallbacks: boolean;
  readonly hasWebhooks: boolean;
  /** What the scripted agent does before and after the review; null: the real CLI works. */
  readonly agentScript: RehearsalScripts | null;
  readonly machine?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  /** The repository has the App's id and key: it needs them where the runner cannot call back (§4.2). */
  readonly knowsApp?: boolean;
}

export interface RehearsalScripts {
  readonly first: object;
  readonly revised: object;
}

/** A ticket in the tracker that holds it. */
export interface TrackedTicket {
  readonly identifier: string;
  isDone(): boolean;
  comments(): readonly string[];
}

export interface GithubScene {
  readonly github: Github;
  readonly vendors: Vendors;
  readonly service: Service;
  readonly sandbox: Sandbox;
  readonly repository: RepositoryRef;
  /** What the service wrote, whatever its level. */
  serviceLog(): Promise<string>;
  linearTicket(teamKey: string, title: string): Promise<TrackedTicket>;
  jiraTicket(projectKey: string, title: string): Promise<TrackedTicket>;
  /** From now on the scripted agent does what it does in a revision. */
  revise(): Promise<void>;
  /** `kill -9`, and a start over what is left. */
  crash(): Promise<void>;
  close(): Promise<void>;
}

/** One file of its own, which the revision writes again. */
export const rehearse = (
  identifier: string,
  { first, revised, gaps }: { readonly first: string; readonly revised: string; readonly gaps: object },
): RehearsalScripts => {
  const script = (content: string) => ({
    tickets: {
      [identifier]: {
        plan: [{ kind: "architecture", body: "One function in src/greet.js." }],
        iterations: [{ summary: "Wrote `greet`.", edits: [{ path: "src/greet.js", content }] }],
        reviews: [{ approved: true, findings: [] }],
        gaps,
        secondsPerStep: 0.02,
      },
    },
  });
  return { first: script(first), revised: script(revised) };
};

/** The service with GitHub, Linear and Jira around it, and nothing of ours in the repository yet. */
export const openGithubScene = async (options: SceneOptions): Promise<GithubScene> => {
  const { schemas, hasCallbacks, hasWebhooks, agentScript } = options;
  const sandbox = await makeSandbox(
    agentScript === null ? { environment: { ANTHROPIC_API_KEY: "unused" } } : {},
  );
  for (const name of ["TALLY-1.md", "TALLY-2.md", "TALLY-3.md"]) await rm(join(sandbox.tickets, name));
  const scriptFile = join(sandbox.path, "rehearsal.json");
  if (agentScript !== null) await writeFile(scriptFile, JSON.stringify(agentScript.first));
  const vendors = await startVendors(schemas);
  const { machine = {}, secrets = {} } = options;
  const github = await startGithub({ openApi: schemas.openApi, directory: sandbox.path, machine, secrets });
  if (options.knowsApp === true) {
    github.emulator.site.setSecret(tally, "AI_IMPLEMENT_APP_ID", github.settings["GITHUB_APP_ID"] ?? "");
    const key = (github.settings["GITHUB_APP_PRIVATE_KEY"] ?? "").replaceAll("\\n", "\n");
    github.emulator.site.setSecret(tally, "AI_IMPLEMENT_PRIVATE_KEY", key);
  }
  const environment = {
    ...vendors.settings,
    ...github.settings,
    LOG_LEVEL: "debug",
    ...(hasCallbacks
      ? {
          RUNNER_CALLBACK_BASE_URL: `http://127.0.0.1:${sandbox.settings["PORT"]}`,
          RUNNER_TOKEN_SECRET: randomBytes(32).toString("hex"),
        }
      : {}),
  };
  let service = await startService(sandbox, environment);
  if (hasWebhooks) {
    sendWebhooks(vendors, service.url);
    github.sendWebhooks(service.url);
  }
  return {
    github,
    vendors,
    get service() {
      return service;
    },
    sandbox,
    repository: tally,
    serviceLog: () => readFile(join(sandbox.path, "service.log"), "utf8"),
    async linearTicket(teamKey, title) {
      vendors.linear.workspace.addTeam({ key: teamKey });
      const linear = { teamKey, ticketingProvider: "linear", ticketingConfig: { kind: "linear" } };
      await addProject(service, linear);
      await mergeWorkflows(github);
      return addLinearTicket(vendors, teamKey, title);
    },
    async jiraTicket(projectKey, title) {
      vendors.jira.site.addProject({ key: projectKey });
      vendors.jira.site.addField({ name: jiraRepoField, type: "text" });
      const jql = `project = ${projectKey}`;
      await addProject(service, {
        teamKey: projectKey,
        ticketingProvider: "jira",
        ticketingConfig: { kind: "jira", jql, repoFieldValue },
      });
      await mergeWorkflows(github);
      return addJiraTicket(vendors, projectKey, title);
    },
    async revise() {
      if (agentScript !== null) await writeFile(scriptFile, JSON.stringify(agentScript.revised));
    },
    async crash() {
      await service.kill();
      service = await startService(sandbox, environment);
    },
    async close() {
      await service.stop();
      await github.close();
      await vendors.close();
      await sandbox.remove();
    },
  };
};

const mapping = {
  forge: "github",
  ...{ owner: tally.owner, repo: tally.name },
  defaultBranch: "main",
  executionMode: "github-actions",
} as const;

/** As an operator does it: the project is checked and saved, and brings its workflows as a pull request. */
const addProject = async (service: Service, fields: object): Promise<void> => {
  const { status, body } = await service.send("POST", "/api/mappings", { ...mapping, ...fields });
  if (status !== 201) throw new Error(`The project was refused: ${JSON.stringify(body)}`);
};

/** The reviewer of the sync's pull request. */
const mergeWorkflows = async ({ emulator: { site } }: Github): Promise<void> => {
  const proposed = () =>
    site.pullRequests(tally).find(({ state, head }) => state === "open" && head.includes("sync"));
  await eventually("the workflows are proposed", async () => proposed() !== undefined);
  await site.merge(tally, proposed()?.number ?? 0, "ada");
};

const repoFieldValue = `${tally.owner}/${tally.name}`;

const addLinearTicket = ({ linear }: Vendors, teamKey: string, title: string): TrackedTicket => {
  const { id } = linear.workspace.addIssue({ teamKey, title, description: title, labels: ["AI-Implement"] });
  return {
    identifier: `${teamKey}-1`,
    isDone: () => linear.workspace.issue(id)?.state.type === "completed",
    comments: () => linear.workspace.comments(id),
  };
};

const addJiraTicket = ({ jira }: Vendors, projectKey: string, title: string): TrackedTicket => {
  const { id, key } = jira.site.addIssue({
    projectKey,
    summary: title,
    fields: { [jiraStatusField]: "Ready", [jiraRepoField]: repoFieldValue },
  });
  return {
    identifier: key,
    isDone: () => jira.site.issue(id)?.fields[jiraStatusField] === "Merged",
    comments: () => jira.site.comments(id).map((body) => JSON.stringify(body)),
  };
};

/** From a marked ticket to one that is done: plan, implement, review, revise, merge. */
export const mainLine = async (scene: GithubScene, ticket: TrackedTicket): Promise<void> => {
  const { github, service, repository } = scene;
  const { site } = github.emulator;
  const opened = () => site.pullRequests(repository).find(({ state }) => state === "open");
  const step = (what: string, check: () => boolean): Promise<void> =>
    eventually(
      `${what}\n${github.log.slice(-40).join("\n")}`,
      async () => {
        await failOnEnd(service, ticket.identifier);
        return check();
      },
      { timeoutMs: 90_000 },
    );

  await step("the pull request is open", () => opened() !== undefined);
  const number = opened()?.number ?? 0;
  await step("the gap analysis stands on it", () =>
    site.comments(repository, number).some(({ body }) => body.startsWith("## 🔍")),
  );
  await scene.revise();
  site.setPermission(repository, "ada", "write");
  site.comment(repository, number, "ada", "/ai-implement also greet in the morning");
  await step("the revision is finished", () => {
    const runs = site.workflowRuns(repository);
    return runs.length === 3 && runs.every(({ status }) => status === "completed");
  });
  await eventually("the revision is recorded", async () => {
    const runs = await runsOf(service, ticket.identifier);
    return runs.some(({ phase, status }) => phase === "revise" && status === "completed");
  });
  await site.merge(repository, number, "ada");
  await step("the ticket is done", ticket.isDone);
};

/** Waiting longer cannot help once a run has failed. */
const failOnEnd = async (service: Service, identifier: string): Promise<void> => {
  const failed = (await runsOf(service, identifier)).find(({ failure }) => failure !== null);
  if (failed !== undefined) throw new Stop(`a run failed: ${JSON.stringify(failed)}`);
};
