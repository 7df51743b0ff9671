import { createPrivateKey } from "node:crypto";
import { SignJWT } from "jose";
import { z } from "zod";
import type { ActionEmulation, ActionJob } from "../action-emulation.ts";
import { type ActionInputs, readActionInputs } from "./action-inputs.ts";

const known = [
  "app-id",
  "client-id",
  "private-key",
  "owner",
  "repositories",
  "skip-token-revoke",
  "github-api-url",
  "permission-*",
];
const installationSchema = z.object({ id: z.number(), app_slug: z.string() });
const tokenSchema = z.object({ token: z.string() });

/** `actions/create-github-app-token`: asks the API for a narrowed token, and revokes it when the job is over. */
export const createGithubAppToken: ActionEmulation = {
  async run(given, _, job) {
    const inputs = readActionInputs(given, known);
    const issuer = inputs.text("client-id") || inputs.required("app-id");
    const api = inputs.text("github-api-url") || job.request.apiUrl;
    const jwt = await appJwt(issuer, inputs.required("private-key"));
    const { owner, repositories } = scopeOf(inputs, job);
    const installation = installationSchema.parse(
      await ask(job.signal, `${api}/repos/${owner}/${repositories[0]}/installation`, "GET", jwt),
    );
    const made = await ask(
      job.signal,
      `${api}/app/installations/${installation.id}/access_tokens`,
      "POST",
      jwt,
      { repositories, ...permissionsOf(given) },
    );
    const { token } = tokenSchema.parse(made);
    job.mask(token);
    if (!inputs.flag("skip-token-revoke", false))
      job.atEnd(async () => {
        await ask(AbortSignal.timeout(timeoutMs), `${api}/installation/token`, "DELETE", token);
      });
    return { token, "installation-id": String(installation.id), "app-slug": installation.app_slug };
  },
};

/** Issued a minute ago, for clocks that go wrong; valid for less than GitHub's ten minutes. */
const appJwt = (issuer: string, privateKey: string): Promise<string> => {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({})
    .setProtectedHeader({ alg: "RS256" })
    .setIssuer(issuer)
    .setIssuedAt(now - 60)
    .setExpirationTime(now + 540)
    .sign(createPrivateKey(privateKey.replaceAll("\\n", "\n")));
};

/** Without owner and repositories it is the workflow's own repository. @throws Error for an owner alone: that is all it has */
const scopeOf = (
  inputs: ActionInputs,
  { request }: ActionJob,
): { readonly owner: string; readonly repositories: readonly [string, ...string[]] } => {
  const owner = inputs.text("owner");
  const named = inputs
    .text("repositories")
    .split(/[\s,]+/)
    .filter((name) => name !== "");
  const [first, ...rest] = named.map((name) => name.split("/").at(-1) ?? name);
  if (first !== undefined)
    return { owner: owner || request.repository.owner, repositories: [first, ...rest] };
  if (owner !== "") throw new Error("An owner without repositories is not emulated: name the repositories");
  return { owner: request.repository.owner, repositories: [request.repository.name] };
};

/** `permission-pull-requests: write` → `{ pull_requests: "write" }`; none: all that the installation has. */
const permissionsOf = (given: Readonly<Record<string, string>>): object => {
  const prefix = "permission-";
  const wanted = Object.entries(given)
    .filter(([name, level]) => name.startsWith(prefix) && level.trim() !== "")
    .map(([name, level]) => [name.slice(prefix.length).replaceAll("-", "_"), level.trim()] as const);
  return wanted.length === 0 ? {} : { permissions: Object.fromEntries(wanted) };
};

const timeoutMs = 10_000;

const ask = async (
  signal: AbortSignal,
  url: string,
  method: string,
  bearer: string,
  body?: object,
): Promise<unknown> => {
  const response = await fetch(url, {
    method,
    headers: {
      accept: "application/vnd.github+json",
      authorization: `Bearer ${bearer}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${text.slice(0, 500)}`);
  return text === "" ? null : (JSON.parse(text) as unknown);
};
