import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import {
  claimRequestSchema,
  credentialRequestSchema,
  type Job,
  type Progress,
  progressSchema,
  type RepositoryCredential,
  type ResultRequest,
  resultRequestSchema,
} from "@ai-implement/contracts";

export interface FakeOrchestrator {
  readonly url: string;
  readonly claimToken: string;
  readonly progress: readonly Progress[];
  readonly results: readonly ResultRequest[];
  /** Answers of the result endpoint that come before its usual one. */
  readonly resultStatuses: number[];
  readonly claimStatuses: number[];
  /** Bearers of all claims, in order. */
  readonly claimBearers: readonly string[];
  /** Which bearers may claim; by default, the claim token. */
  accepts: (bearer: string) => boolean;
  /** What the next requests for a fresh credential get; 404 when there is nothing left. */
  readonly credentials: (RepositoryCredential | number)[];
  /** How often a fresh credential was asked for. */
  credentialRequests: number;
  /** What every progress report is answered with. */
  stop: boolean;
  /** Called with every result, before it is answered. */
  onResult: (result: ResultRequest) => void | Promise<void>;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** The runner's side of the orchestrator, on loopback: it takes only what the wire format allows. */
export const startFakeOrchestrator = async (job: Job): Promise<FakeOrchestrator> => {
  const progress: Progress[] = [];
  const results: ResultRequest[] = [];
  const claimBearers: string[] = [];
  const claimToken = "claim-token-of-the-test";
  let claimedBy: string | null = null;

  const answerTo = async (url: string, bearer: string, body: unknown): Promise<Answer> => {
    switch (url) {
      case "/runner/claim": {
        claimBearers.push(bearer);
        const forced = state.claimStatuses.shift();
        if (forced !== undefined) return { status: forced, body: { error: "forced" } };
        if (!state.accepts(bearer)) return { status: 401, body: { error: "unauthorised" } };
        const { instance } = claimRequestSchema.parse(body);
        claimedBy ??= instance;
        return claimedBy === instance
          ? { status: 200, body: job }
          : { status: 409, body: { error: "already-claimed" } };
      }
      case "/runner/credential": {
        if (bearer !== job.runToken) return { status: 401, body: { error: "unauthorised" } };
        const { instance } = credentialRequestSchema.parse(body);
        if (instance !== claimedBy) return { status: 409, body: { error: "already-claimed" } };
        state.credentialRequests += 1;
        const next = state.credentials.shift() ?? 404;
        return typeof next === "number"
          ? { status: next, body: { error: "no-credential" } }
          : { status: 200, body: next };
      }
      case "/runner/progress":
        if (bearer !== job.runToken) return { status: 401, body: { error: "unauthorised" } };
        progress.push(progressSchema.parse(body));
        return { status: 200, body: { stop: state.stop } };
      case "/runner/result": {
        const forced = state.resultStatuses.shift();
        if (forced !== undefined) return { status: forced, body: { error: "forced" } };
        if (bearer !== job.runToken) return { status: 401, body: { error: "unauthorised" } };
        const result = resultRequestSchema.parse(body);
        await state.onResult(result);
        results.push(result);
        return { status: 200, body: {} };
      }
      default:
        return { status: 404, body: { error: "not-found" } };
    }
  };

  const server = createServer((request, response) => {
    void (async () => {
      const bearer = (request.headers.authorization ?? "").replace("Bearer ", "");
      const answer = await answerTo(request.url ?? "", bearer, await bodyOf(request)).catch(
        (error: unknown): Answer => ({ status: 400, body: { error: String(error).slice(0, 900) } }),
      );
      response.writeHead(answer.status, { "content-type": "application/json" });
      response.end(JSON.stringify(answer.body));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;

  const state: FakeOrchestrator = {
    url: `http://127.0.0.1:${port}`,
    claimToken,
    progress,
    results,
    resultStatuses: [],
    claimStatuses: [],
    claimBearers,
    accepts: (bearer) => bearer === claimToken,
    credentials: [],
    credentialRequests: 0,
    stop: false,
    onResult: () => undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return state;
};

const bodyOf = async (request: IncomingMessage): Promise<unknown> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString("utf8"));
};
