/** A Linear project as it is posted, with the least that is needed. */
export const input = {
  teamKey: "SHOP",
  forge: "local",
  owner: "acme",
  repo: "shop",
  defaultBranch: "main",
  ticketingProvider: "linear",
  ticketingConfig: { kind: "linear" },
  executionMode: "process",
};

export const inFolder = (teamKey: string, path: string) => ({
  ...input,
  teamKey,
  ticketingProvider: "folder",
  ticketingConfig: { kind: "folder", path },
});

export const inJira = (teamKey: string, ticketing: Readonly<Record<string, string>>) => ({
  ...input,
  teamKey,
  ticketingProvider: "jira",
  ticketingConfig: { kind: "jira", jql: "project = SHOP", repoFieldValue: "acme/shop", ...ticketing },
});
