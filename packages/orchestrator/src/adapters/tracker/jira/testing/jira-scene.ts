import { readFileSync } from "node:fs";
import type {
  JiraEmulator,
  JiraEmulatorOptions,
  JiraRequest,
  NewJiraIssue,
} from "@ai-implement/emulators/jira/api.ts";
import { startJiraEmulator } from "@ai-implement/emulators/jira/emulator.ts";
import { requireConformance } from "@ai-implement/emulators/testing/conformance-ledger.ts";
import { vendorSchema } from "@ai-implement/emulators/testing/schemas.ts";
import type { Project } from "../../../../core/project.ts";
import type { TicketRef } from "../../../../core/runs/effects.ts";
import type { TicketId } from "../../../../core/ticket.ts";
import { contractProject } from "../../contract-project.ts";
import { adfToMarkdown } from "../adf/to-markdown.ts";
import { createJiraTracker, type JiraTracker, type JiraTrackerOptions } from "../jira-tracker.ts";
import type { JiraTicketing } from "../marks.ts";
import { statusWords } from "../stage-words.ts";

const schemaFile = vendorSchema("jira.openapi.json");

/** Jira Cloud's own description; null: what needs it is skipped. */
export const jiraOpenApi: unknown =
  schemaFile === null ? null : (JSON.parse(readFileSync(schemaFile, "utf8")) as unknown);

export const statusField = "AI-Implement Status";
export const repoField = "AI-Implement Repo";

/** A Jira site with the project ACME and both fields, and a tracker that looks at it. */
export interface JiraScene {
  readonly emulator: JiraEmulator;
  readonly tracker: JiraTracker;
  /** All issues of ACME whose repository is `shop`. */
  readonly project: Project;
  /** What a restart of the service would have: nothing in memory. */
  restarted(options?: Partial<JiraTrackerOptions>): JiraTracker;
  /** Passes for the trackers, in ms; the emulator lives in real time. */
  advance(ms: number): void;
  /** Marked `Ready` for `shop` unless the issue says otherwise; an empty field is unset. */
  addIssue(issue?: Partial<NewJiraIssue>): { readonly id: string; readonly key: string };
  /** Status word of an issue as Jira stores it; null: unset. */
  word(issueId: string): string | null;
  /** As a person reads them, without our reference. */
  comments(issueId: string): readonly string[];
  /** Requests whose path ends so, oldest first. */
  requests(path?: string): readonly JiraRequest[];
  close(): Promise<void>;
}

export const jiraProject = (key: string, ticketing: Partial<JiraTicketing> = {}): Project =>
  contractProject({ kind: "jira", jql: "project = ACME", repoFieldValue: "shop", ...ticketing }, key);

export const ticketIdOf = ({ id }: { readonly id: string }): TicketId => `jira:${id}`;

export const refOf = (issue: { readonly id: string; readonly key: string }, scope = "acme"): TicketRef => ({
  id: ticketIdOf(issue),
  tracker: "jira",
  scope,
  identifier: issue.key,
});

export const openJiraScene = async (
  options: Partial<JiraEmulatorOptions> & { readonly repoType?: "select" | "text" } = {},
): Promise<JiraScene> => {
  const { repoType = "select", ...emulatorOptions } = options;
  const emulator = await startJiraEmulator({ openApi: jiraOpenApi, ...emulatorOptions });
  const { site } = emulator;
  site.addProject({ key: "ACME" });
  site.addField({ name: statusField, type: "select", options: [...statusWords, "Someday"] });
  site.addField({
    name: repoField,
    type: repoType,
    ...(repoType === "select" ? { options: ["shop", "api"] } : {}),
  });
  let ahead = 0;
  const restarted: JiraScene["restarted"] = (more = {}) =>
    createJiraTracker({
      token: "jira-token",
      cloudId: "cloud-1",
      siteUrl: "https://acme.atlassian.net",
      apiUrl: emulator.url,
      clock: { now: () => Date.now() + ahead },
      gate: { retryDelayMs: 1, timeoutMs: 2_000 },
      ...more,
    });
  return {
    emulator,
    tracker: restarted(),
    project: jiraProject("acme"),
    restarted,
    advance: (ms) => {
      ahead += ms;
    },
    addIssue: (issue = {}) =>
      site.addIssue({
        projectKey: "ACME",
        summary: "A title",
        ...issue,
        fields: withoutEmpty({ [statusField]: "Ready", [repoField]: "shop", ...issue.fields }),
      }),
    word: (issueId) => site.issue(issueId)?.fields[statusField] ?? null,
    comments: (issueId) => site.comments(issueId).map(withoutReference),
    requests: (path = "") => emulator.requests().filter((request) => request.path.endsWith(path)),
    async close() {
      await emulator.close();
      requireConformance(emulator.conformance());
    },
  };
};

const withoutReference = (body: unknown): string =>
  adfToMarkdown(body)
    .replace(/\n*[^\n]*AI-Implement · [0-9a-f]{12}[^\n]*\s*$/, "")
    .trim();

const withoutEmpty = (fields: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ""));
