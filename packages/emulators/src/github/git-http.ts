import { spawn } from "node:child_process";
import { relative } from "node:path";
import type { LoopbackAnswer, LoopbackRequest } from "../shared/loopback-server.ts";
import { covers, type Identity, permits } from "./credentials.ts";
import { gitEnvironment } from "./git-plumbing.ts";
import type { Caller, GithubRepository } from "./model.ts";
import { protectedRefsVariable, workflowsVariable } from "./push-rules.ts";
import { mayChangeWorkflows } from "./ref-rules.ts";
import { fullName } from "./render.ts";
import type { EditableGithubStore } from "./store.ts";

/** What a git client asks for. */
interface GitTarget {
  readonly owner: string;
  readonly name: string;
  /** `/info/refs`, `/git-upload-pack`, `/git-receive-pack`. */
  readonly service: string;
  readonly isPush: boolean;
}

/** Git over HTTP, served by git itself: a clone needs `contents: read`, a push `contents: write`. */
export const createGitHttp =
  (store: EditableGithubStore) =>
  async (arrived: LoopbackRequest, identity: Identity): Promise<LoopbackAnswer> => {
    const url = new URL(arrived.path, "http://loopback");
    const target = targetOf(url);
    if (target === null) return text(404, "Not Found");
    if (identity.kind === "refused" || identity.caller.kind === "nobody") return unauthenticated;
    const { caller } = identity;
    const repository = store.find(target.owner, target.name);
    if (repository === null || !covers(caller, repository)) return text(404, "Repository not found.");
    const refusal = refusalOf(store, caller, repository, target.isPush);
    if (refusal !== null) return text(403, refusal);
    const answer = await runBackend(store, caller, repository, arrived, url, target.service);
    if (target.service === "/git-receive-pack") await store.refsChanged(repository);
    return answer;
  };

const targetOf = ({ pathname, searchParams }: URL): GitTarget | null => {
  const match = /^\/([\w.-]+)\/([\w.-]+?)(?:\.git)?(\/info\/refs|\/git-(?:upload|receive)-pack)$/.exec(
    pathname,
  );
  const [, owner, name, service] = match ?? [];
  if (owner === undefined || name === undefined || service === undefined) return null;
  const asked = service === "/info/refs" ? searchParams.get("service") : service.slice(1);
  return { owner, name, service, isPush: asked === "git-receive-pack" };
};

/** @returns GitHub's words, or null where it may be done */
const refusalOf = (
  { app }: EditableGithubStore,
  caller: Caller,
  repository: GithubRepository,
  isPush: boolean,
): string | null => {
  if (caller.kind !== "installation") return "Bad credentials";
  if (caller.installation.suspended) return "This installation has been suspended";
  if (!permits(caller.permissions, { contents: "read" })) return "Write access to repository not granted.";
  if (!isPush) return null;
  if (repository.archived) return "This repository was archived so it is read-only.";
  return permits(caller.permissions, { contents: "write" })
    ? null
    : `Permission to ${fullName(repository)}.git denied to ${app.login}.`;
};

const text = (
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): LoopbackAnswer => ({ status, headers: { "content-type": "text/plain; charset=utf-8", ...headers }, body });

const unauthenticated = text(401, "Invalid username or token.", {
  "www-authenticate": 'Basic realm="GitHub"',
});

/** As a web server runs git's own CGI program. */
const runBackend = async (
  { directory }: EditableGithubStore,
  caller: Caller,
  repository: GithubRepository,
  { method, headers, bytes }: LoopbackRequest,
  { search }: URL,
  service: string,
): Promise<LoopbackAnswer> => {
  const environment = {
    ...gitEnvironment,
    GIT_PROJECT_ROOT: directory,
    GIT_HTTP_EXPORT_ALL: "1",
    PATH_INFO: `/${relative(directory, repository.directory)}${service}`,
    QUERY_STRING: search.slice(1),
    REQUEST_METHOD: method,
    REMOTE_USER: "x-access-token",
    REMOTE_ADDR: "127.0.0.1",
    CONTENT_TYPE: headers["content-type"] ?? "",
    CONTENT_LENGTH: String(bytes.length),
    HTTP_CONTENT_ENCODING: headers["content-encoding"] ?? "",
    GIT_PROTOCOL: headers["git-protocol"] ?? "",
    [protectedRefsVariable]: [...repository.protectedBranches].map((name) => `refs/heads/${name}`).join("\n"),
    [workflowsVariable]: mayChangeWorkflows(caller) ? "write" : "none",
  };
  return cgiAnswer(await run(environment, bytes));
};

const run = (environment: Readonly<Record<string, string>>, input: Uint8Array): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const child = spawn("git", ["http-backend"], { env: environment, cwd: "/" });
    const output: Buffer[] = [];
    const said: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => said.push(chunk));
    // A refused push ends before its pack was read; the answer says why.
    child.stdin.on("error", () => child.stdin.destroy());
    child.on("error", reject);
    child.on("close", (code) => {
      if (output.length > 0) return resolve(Buffer.concat(output));
      reject(new Error(`git http-backend exited with ${code}: ${Buffer.concat(said).toString("utf8")}`));
    });
    child.stdin.end(input);
  });

/** Headers, an empty line, and the body; the status is a header among them. */
const cgiAnswer = (output: Buffer): LoopbackAnswer => {
  const end = output.indexOf("\r\n\r\n");
  const lines = output.subarray(0, Math.max(0, end)).toString("latin1").split("\r\n");
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
  const status = Number.parseInt(headers.get("status") ?? "200", 10);
  headers.delete("status");
  return { status, headers: Object.fromEntries(headers), body: output.subarray(end + 4) };
};
