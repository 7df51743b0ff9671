import {
  jsonAnswer,
  type LoopbackAnswer,
  type LoopbackRequest,
  startLoopbackServer,
} from "@ai-implement/emulators/shared/loopback-server.ts";
import { audienceOf } from "./fake-identity.ts";

export const roleArn = "arn:aws:iam::123456789012:role/ai-implement-models";

export interface FakeSts {
  readonly url: string;
  /** Every exchange that was granted: what was sent, and the session it got. */
  readonly granted: readonly { readonly form: URLSearchParams; readonly sessionToken: string }[];
  /** Answers that come before the usual one. */
  readonly answers: LoopbackAnswer[];
  /** How long the credentials live, in seconds. */
  lifetime: number;
  close(): Promise<void>;
}

/** The one operation of AWS STS that a runner calls. It takes a request only as STS does. */
export const startFakeSts = async (): Promise<FakeSts> => {
  const granted: { readonly form: URLSearchParams; readonly sessionToken: string }[] = [];
  const answers: LoopbackAnswer[] = [];
  const server = await startLoopbackServer({
    receive: (request) => ({
      fault: null,
      rateLimited: () => refusal(400, "Throttling", "Rate exceeded"),
      act: () => {
        const forced = answers.shift();
        if (forced !== undefined) return forced;
        const form = new URLSearchParams(request.body);
        const problem = problemOf(request, form);
        if (problem !== null) return refusal(400, "ValidationError", problem);
        const number = granted.length + 1;
        const sessionToken = `session-token-${number}`;
        granted.push({ form, sessionToken });
        return jsonAnswer(200, {
          AssumeRoleWithWebIdentityResponse: {
            AssumeRoleWithWebIdentityResult: {
              Credentials: {
                AccessKeyId: `ASIATESTACCESSKEY00${number}`,
                SecretAccessKey: `secret-access-key-${number}`,
                SessionToken: sessionToken,
                Expiration: Math.floor(Date.now() / 1000) + state.lifetime,
              },
            },
          },
        });
      },
    }),
  });
  const state: FakeSts = {
    url: `${server.url}/`,
    granted,
    answers,
    lifetime: 3_600,
    close: () => server.close(),
  };
  return state;
};

export const refusal = (status: number, code: string, message: string): LoopbackAnswer =>
  jsonAnswer(status, { Error: { Code: code, Message: message, Type: "Sender" }, RequestId: "r-1" });

const problemOf = ({ method, path, headers }: LoopbackRequest, form: URLSearchParams): string | null => {
  const expected: Readonly<Record<string, RegExp>> = {
    Action: /^AssumeRoleWithWebIdentity$/,
    Version: /^2011-06-15$/,
    RoleArn: /^arn:aws:iam::123456789012:role\/ai-implement-models$/,
    RoleSessionName: /^[\w+=,.@-]{2,64}$/,
    DurationSeconds: /^3600$/,
    WebIdentityToken: /^\S{4,20000}$/,
  };
  if (method !== "POST" || path !== "/") return `${method} ${path} is not an operation`;
  if (headers["content-type"] !== "application/x-www-form-urlencoded") return "not a form";
  if (headers["accept"] !== "application/json") return "the answer would be XML";
  if (headers["authorization"] !== undefined) return "this operation is not signed";
  const names = [...form.keys()].sort().join();
  if (names !== Object.keys(expected).sort().join()) return `the form has ${names}`;
  const wrong = Object.entries(expected).find(([name, shape]) => !shape.test(form.get(name) ?? ""));
  if (wrong !== undefined) return `${wrong[0]} is wrong`;
  return audienceOf(form.get("WebIdentityToken") ?? "") === "sts.amazonaws.com" ? null : "another audience";
};
