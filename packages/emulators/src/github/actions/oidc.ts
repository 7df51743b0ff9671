import { randomUUID } from "node:crypto";
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import { jsonAnswer, type LoopbackAnswer } from "../../shared/loopback-server.ts";
import type { GithubApi } from "../operations/operation.ts";
import { accountId, fullName } from "../render.ts";
import { shortRef, workflowName } from "./render-run.ts";
import { type RunDetail, splitJobToken } from "./run-detail.ts";
import type { Runs } from "./runs.ts";

/** The issuer of the jobs' identities, as `https://token.actions.githubusercontent.com` is. */
export interface Oidc {
  /** For `/oidc/…`, with its query; null: not its path. */
  handleOidc(path: string, headers: Readonly<Record<string, string>>): Promise<LoopbackAnswer> | null;
  token(detail: RunDetail, audience: string, change?: Readonly<Record<string, unknown>>): Promise<string>;
  rotateKeys(): Promise<void>;
}

interface SigningKey {
  readonly privateKey: CryptoKey;
  readonly published: JWK;
}

const lifeSeconds = 5 * 60;
/** GitHub's tokens are valid from ten minutes before they are issued. */
const clockDriftSeconds = 10 * 60;

export const createOidc = (api: GithubApi, runs: Pick<Runs, "get">): Oidc => {
  let key: Promise<SigningKey> | null = null;
  const currentKey = (): Promise<SigningKey> => {
    key ??= newKey();
    return key;
  };
  const issuer = (): string => `${api.url()}/oidc`;
  const token: Oidc["token"] = async (detail, audience, change = {}) => {
    const { privateKey, published } = await currentKey();
    const claims = { ...identityClaims(api, detail), iss: issuer(), aud: audience, ...change };
    return new SignJWT(claims)
      .setProtectedHeader({ alg: "RS256", typ: "JWT", kid: published.kid ?? "" })
      .sign(privateKey);
  };
  const answer = async (path: string, headers: Readonly<Record<string, string>>): Promise<LoopbackAnswer> => {
    const { pathname, searchParams } = new URL(path, "http://loopback");
    if (pathname === "/oidc/.well-known/openid-configuration") return jsonAnswer(200, discovery(issuer()));
    if (pathname === "/oidc/.well-known/jwks")
      return jsonAnswer(200, { keys: [(await currentKey()).published] });
    const [, id = ""] = /^\/oidc\/token\/(\d+)$/.exec(pathname) ?? [];
    const detail = runs.get(Number(id));
    if (detail === null) return jsonAnswer(404, { message: "Not Found" });
    const refusal = refusalOf(detail, headers["authorization"] ?? "");
    if (refusal !== null) return refusal;
    const audience = searchParams.get("audience") ?? `${api.url()}/${detail.run.repository.owner}`;
    return jsonAnswer(200, { value: await token(detail, audience) });
  };
  return {
    handleOidc: (path, headers) => (path.startsWith("/oidc/") ? answer(path, headers) : null),
    token,
    async rotateKeys() {
      key = newKey();
      await key;
    },
  };
};

/** Null: the job may have its identity. */
const refusalOf = (
  { run, identityToken, header }: RunDetail,
  authorization: string,
): LoopbackAnswer | null => {
  const [scheme = "", shown = ""] = authorization.split(/ +/, 2);
  const job = scheme.toLowerCase() === "bearer" ? splitJobToken(shown) : null;
  if (job === null || job.token !== identityToken || run.status === "completed")
    return jsonAnswer(401, { message: "Unauthorized" });
  const mayIdentify = header.jobs.get(job.jobId)?.permissions["id-token"] === "write";
  return mayIdentify ? null : jsonAnswer(403, { message: "The job has not got id-token: write" });
};

const newKey = async (): Promise<SigningKey> => {
  const { privateKey, publicKey } = await generateKeyPair("RS256");
  return {
    privateKey,
    published: { ...(await exportJWK(publicKey)), kid: randomUUID(), alg: "RS256", use: "sig" },
  };
};

const discovery = (issuer: string): object => ({
  issuer,
  jwks_uri: `${issuer}/.well-known/jwks`,
  subject_types_supported: ["public", "pairwise"],
  response_types_supported: ["id_token"],
  id_token_signing_alg_values_supported: ["RS256"],
  scopes_supported: ["openid"],
});

/** https://docs.github.com/actions/reference/security/oidc: numbers are texts there too. */
const identityClaims = (api: GithubApi, detail: RunDetail): Readonly<Record<string, unknown>> => {
  const { run, workflow, number } = detail;
  const { repository, ref, actor, headSha } = run;
  const workflowRef = `${fullName(repository)}/${workflow.path}@${ref}`;
  const issued = Math.floor(api.now() / 1000);
  return {
    jti: randomUUID(),
    sub: `repo:${fullName(repository)}:ref:${ref}`,
    repository: fullName(repository),
    repository_id: String(repository.id),
    repository_owner: repository.owner,
    repository_owner_id: String(accountId(repository.owner)),
    repository_visibility: "private",
    workflow: workflowName(workflow),
    workflow_ref: workflowRef,
    workflow_sha: headSha,
    job_workflow_ref: workflowRef,
    job_workflow_sha: headSha,
    ref,
    ref_type: ref.startsWith("refs/tags/") ? "tag" : "branch",
    ref_protected: String(repository.protectedBranches.has(shortRef(ref))),
    base_ref: "",
    head_ref: "",
    sha: headSha,
    run_id: String(run.id),
    run_number: String(number),
    run_attempt: "1",
    actor,
    actor_id: String(accountId(actor)),
    event_name: run.event,
    runner_environment: "github-hosted",
    iat: issued,
    nbf: issued - clockDriftSeconds,
    exp: issued + lifeSeconds,
  };
};
