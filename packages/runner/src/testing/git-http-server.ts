import { spawn } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { path as searchPath } from "./sample-remote.ts";

export interface GitHttpServer {
  /** Of a repository below the root: `remote.git`. */
  cloneUrl(name: string): string;
  /** `DELETE` with the token as bearer ends it. */
  readonly revokeUrl: string;
  /** Passwords that are taken, with any user name. */
  readonly tokens: Set<string>;
  /** Basic authentication of every git request, as it came; null where there was none. */
  readonly authorizations: readonly (string | null)[];
  /** Bearers of the revocations. */
  readonly revoked: readonly string[];
  /** Status of the next revocations, before the usual 204. */
  readonly revokeStatuses: number[];
  /** The arguments of every process of this machine, as they were while a git request was answered. */
  readonly processes: readonly string[];
  /** Called before every git request is looked at. */
  onRequest: (path: string) => void;
  close(): Promise<void>;
}

/** Real git over HTTP, which asks for a password: `git http-backend` behind a server on loopback. */
export const startGitHttpServer = async (root: string): Promise<GitHttpServer> => {
  const tokens = new Set<string>();
  const authorizations: (string | null)[] = [];
  const revoked: string[] = [];
  const processes: string[] = [];

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const authorization = request.headers.authorization ?? null;
    if (request.url === "/installation/token") {
      revoked.push((authorization ?? "").replace("Bearer ", ""));
      response.writeHead(state.revokeStatuses.shift() ?? 204).end();
      return;
    }
    state.onRequest(request.url ?? "");
    authorizations.push(authorization);
    processes.push(...(await runningProcesses()));
    if (!tokens.has(passwordOf(authorization))) {
      request.resume();
      response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end("no");
      return;
    }
    await serve(root, request, response);
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const state: GitHttpServer = {
    cloneUrl: (name) => `${url}/${name}`,
    revokeUrl: `${url}/installation/token`,
    tokens,
    authorizations,
    revoked,
    revokeStatuses: [],
    processes,
    onRequest: () => undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return state;
};

const passwordOf = (authorization: string | null): string => {
  const [scheme, value = ""] = (authorization ?? "").split(" ");
  if (scheme !== "Basic") return "";
  const [user, password = ""] = Buffer.from(value, "base64").toString("utf8").split(":");
  return user === "x-access-token" ? password : "";
};

/** The CGI protocol, as far as git speaks it. */
const serve = async (root: string, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const url = new URL(request.url ?? "/", "http://loopback");
  const body = await buffer(request);
  const child = spawn("git", ["http-backend"], {
    env: {
      PATH: searchPath,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: "1",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_PROTOCOL: headerOf(request, "git-protocol"),
      HTTP_CONTENT_ENCODING: headerOf(request, "content-encoding"),
      CONTENT_TYPE: headerOf(request, "content-type"),
      CONTENT_LENGTH: String(body.length),
      REQUEST_METHOD: request.method ?? "GET",
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      // Only somebody who is known may push.
      REMOTE_USER: "x-access-token",
    },
  });
  // A backend that needs no more input ends without reading it all.
  child.stdin.on("error", () => undefined);
  child.stdin.end(body);
  const output = await buffer(child.stdout);
  const end = output.indexOf("\r\n\r\n");
  const headers = Object.fromEntries(
    output
      .subarray(0, end)
      .toString("latin1")
      .split("\r\n")
      .map((line) => line.split(": ", 2)),
  ) as Record<string, string>;
  const { Status: status = "200", ...rest } = headers;
  response.writeHead(Number.parseInt(status, 10), rest).end(output.subarray(end + 4));
};

const headerOf = (request: IncomingMessage, name: string): string => {
  const value = request.headers[name];
  return typeof value === "string" ? value : "";
};

const runningProcesses = async (): Promise<readonly string[]> => {
  const pids = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    // Ended meanwhile: nothing to read.
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")),
  );
  return lines.map((line) => line.replaceAll("\0", " ").trim()).filter((line) => line !== "");
};
