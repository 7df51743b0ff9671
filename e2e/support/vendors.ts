import { readFile } from "node:fs/promises";
import type { JiraEmulator } from "@ai-implement/emulators/jira/api.ts";
import { startJiraEmulator } from "@ai-implement/emulators/jira/emulator.ts";
import type { LinearEmulator } from "@ai-implement/emulators/linear/api.ts";
import { startLinearEmulator } from "@ai-implement/emulators/linear/emulator.ts";
import { requireConformance } from "@ai-implement/emulators/testing/conformance-ledger.ts";

export const jiraStatusField = "AI-Implement Status";
export const jiraRepoField = "AI-Implement Repo";

/** The words of §7.1, as an operator sets the field up. */
const statusOptions = [
  "Ready",
  "Planning",
  "Plan Approved",
  "Implementing",
  "PR Ready",
  "Planning Failed",
  "Implementation Failed",
  "Merged",
];

export interface Vendors {
  readonly linear: LinearEmulator;
  readonly jira: JiraEmulator;
  /** What the service needs to find them. */
  readonly settings: Readonly<Record<string, string>>;
  /** Ends both. @throws Error when the service sent what a vendor's own schema does not allow */
  close(): Promise<void>;
}

const secret = "a webhook secret of the tests";

export interface VendorOptions {
  readonly linearSchema: string;
  readonly jiraSchema: string;
  readonly latencyMs?: number;
  readonly searchLagMs?: number;
  /** False: nobody has made the label `AI-Implement` in Linear yet. */
  readonly hasLabel?: boolean;
}

/** Both vendors' clouds, set up as `docs/trackers.md` says. */
export const startVendors = async (options: VendorOptions): Promise<Vendors> => {
  const { linearSchema, jiraSchema, latencyMs = 0, searchLagMs = 0, hasLabel = true } = options;
  const linear = await startLinearEmulator({
    schema: await readFile(linearSchema, "utf8"),
    apiKey: "lin_api_of_the_tests",
    latencyMs,
  });
  const jira = await startJiraEmulator({
    openApi: JSON.parse(await readFile(jiraSchema, "utf8")) as unknown,
    token: "jira-token-of-the-tests",
    cloudId: "cloud-1",
    latencyMs,
    searchLagMs,
  });
  if (hasLabel) linear.workspace.addLabel({ name: "AI-Implement" });
  jira.site.addField({ name: jiraStatusField, type: "select", options: statusOptions });
  return {
    linear,
    jira,
    settings: {
      LINEAR_API_KEY: "lin_api_of_the_tests",
      LINEAR_API_URL: linear.url,
      LINEAR_WEBHOOK_SECRET: secret,
      JIRA_TOKEN: "jira-token-of-the-tests",
      JIRA_CLOUD_ID: "cloud-1",
      JIRA_SITE_URL: "https://acme.example",
      JIRA_API_URL: jira.url,
      JIRA_WEBHOOK_SECRET: secret,
    },
    async close() {
      await Promise.all([linear.close(), jira.close()]);
      requireConformance(linear.conformance());
      requireConformance(jira.conformance());
    },
  };
};

/** From now on every change is told to the service. */
export const sendWebhooks = ({ linear, jira }: Vendors, serviceUrl: string): void => {
  linear.setWebhook({ url: `${serviceUrl}/api/linear/webhook`, secret });
  jira.setWebhook({ url: `${serviceUrl}/api/jira/webhook`, secret });
};
