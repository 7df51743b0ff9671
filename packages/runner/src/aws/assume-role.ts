import type { RunnerFailureReason } from "@ai-implement/contracts";
import { exchange, type HttpAnswer, isTransient } from "../http/exchange.ts";
import { type Patience, patiently } from "../http/patiently.ts";
import { oneLine } from "../text/clip.ts";
import { assumedRoleSchema, refusalSchema } from "./schema.ts";

/** Credentials of a role, for at most an hour. */
export interface AwsSession {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiresAt: Date;
}

export type AwsSessionAnswer =
  | { readonly kind: "session"; readonly session: AwsSession }
  | { readonly kind: "failed"; readonly reason: RunnerFailureReason; readonly message: string };

export interface Role {
  readonly arn: string;
  /** Of STS and of the models. */
  readonly region: string;
}

export interface StsOptions {
  /** `https://sts.<region>.amazonaws.com/` where none is given. */
  readonly url: string | null;
  readonly sessionName: string;
  readonly signal: AbortSignal;
  readonly patience?: Patience;
  /** Of one request, in ms. */
  readonly timeoutMs?: number;
}

const defaultPatience: Patience = { firstDelay: 500, maxDelay: 5_000, inAll: 30_000 };
const maxAnswerBytes = 256 * 1024;
const sessionSeconds = 3_600;

/**
 * A job's identity token for credentials of the role: STS `AssumeRoleWithWebIdentity`, which is not signed, as the token
 * is the proof (docs.aws.amazon.com, STS API reference, version 2011-06-15). Never rejects.
 * @param identify called before every try: the token lives five minutes
 */
export const assumeRole = async (
  { arn, region }: Role,
  identify: () => Promise<string>,
  { url, sessionName, signal, patience = defaultPatience, timeoutMs = 10_000 }: StsOptions,
): Promise<AwsSessionAnswer> => {
  const ask = async (): Promise<HttpAnswer> => {
    const form = new URLSearchParams({
      Action: "AssumeRoleWithWebIdentity",
      Version: "2011-06-15",
      RoleArn: arn,
      RoleSessionName: sessionName,
      DurationSeconds: String(sessionSeconds),
      WebIdentityToken: await identify(),
    });
    const answer = await exchange({
      method: "POST",
      url: url ?? `https://sts.${region}.amazonaws.com/`,
      headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
      body: form.toString(),
      timeoutMs,
      maxBytes: maxAnswerBytes,
    });
    if (isTransient(answer) || isPassing(answer)) throw new Error(describe(answer));
    return answer;
  };
  const tried = await patiently(patience, ask, signal);
  if (tried.kind === "none")
    return {
      kind: "failed",
      reason: tried.isFinal ? "unauthorised" : "transport",
      message: noAnswer(arn, region, tried.message),
    };
  if (tried.value.status !== 200)
    return { kind: "failed", reason: "unauthorised", message: refused(arn, tried.value) };
  const parsed = assumedRoleSchema.safeParse(tried.value.body);
  if (!parsed.success)
    return { kind: "failed", reason: "transport", message: noAnswer(arn, region, "its answer is not known") };
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = parsed.data;
  return {
    kind: "session",
    session: {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      expiresAt: Expiration,
    },
  };
};

const codeOf = ({ body }: HttpAnswer): string => refusalSchema.safeParse(body).data?.Error.Code ?? "";

/** These come as 400 and may be another answer in a moment. */
const isPassing = (answer: HttpAnswer): boolean =>
  /^(?:Throttling|IDPCommunicationError)/.test(codeOf(answer));

const describe = ({ status, body }: HttpAnswer): string => {
  const said = refusalSchema.safeParse(body).data?.Error;
  return said === undefined
    ? `HTTP ${status}`
    : oneLine(`HTTP ${status} ${said.Code}: ${said.Message}`, 1_000);
};

const noAnswer = (arn: string, region: string, why: string): string =>
  `AWS gave no credentials of ${arn} (AWS_BEDROCK_ROLE_ARN) in ${region}: ${why}.`;

const refused = (arn: string, answer: HttpAnswer): string =>
  `AWS does not give this job the role ${arn} (AWS_BEDROCK_ROLE_ARN). ${fixFor(codeOf(answer))} It said: ${describe(answer)}`;

const fixFor = (code: string): string => {
  switch (code) {
    case "AccessDenied":
      return "The role's trust policy has to allow sts:AssumeRoleWithWebIdentity to the jobs of this repository, with the audience sts.amazonaws.com.";
    case "InvalidIdentityToken":
      return "The role's account needs an IAM identity provider for the issuer of the jobs' tokens (token.actions.githubusercontent.com on github.com), with the audience sts.amazonaws.com.";
    default:
      return "Check the ARN, the role's trust policy and the account's IAM identity provider.";
  }
};
