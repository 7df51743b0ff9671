import type {
  GithubAnswer,
  GithubClient,
  GithubRead,
  GithubWrite,
} from "../../../shared/github/github-client.ts";

/** A client of GitHub's whose answers are the test's own; what the executor never asks for throws. */
export const answeringClient = (answers: {
  readonly read: (request: GithubRead) => GithubAnswer | Promise<GithubAnswer>;
  readonly write?: (request: GithubWrite) => GithubAnswer | Promise<GithubAnswer>;
}): GithubClient => {
  const never = (): never => {
    throw new Error("an executor does not ask for this");
  };
  const { read, write = never } = answers;
  return {
    read: async (_repository, _purpose, request) => read(request),
    write: async (_repository, _purpose, request) => write(request),
    readAll: never,
    graphql: never,
    grant: never,
    revoke: never,
    requirePermissions: async () => undefined,
    installation: never,
    app: never,
    webUrl: never,
    forget: never,
    accessChanged: never,
  };
};

export const githubAnswer = (
  status: number,
  json: unknown,
  headers: Readonly<Record<string, string>> = {},
): GithubAnswer => ({
  status,
  headers: new Headers(headers),
  json,
  text: json === undefined ? "" : JSON.stringify(json),
});
