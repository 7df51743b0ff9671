import { request as httpRequest, type IncomingMessage } from "node:http";
import type { z } from "zod";
import { redact } from "../../../core/redact.ts";
import { DeliveryError, permanent } from "../../../ports/delivery-error.ts";
import { parseEngineAddress } from "./engine-address.ts";
import { refusalSchema } from "./schema.ts";

export interface EngineRequest {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: { readonly contentType: string; readonly bytes: string | Uint8Array };
  /** Of the whole exchange, in ms; 30 s where it is not said. */
  readonly timeoutMs?: number;
  /** 4 MiB where it is not said. */
  readonly maxBytes?: number;
}

export interface EngineAnswer {
  readonly status: number;
  readonly bytes: Buffer;
}

/** Docker's Engine API, which podman speaks as well: as much of it as a container for an attempt needs. */
export interface EngineClient {
  /** Any status is an answer. @throws AnswerTooLarge @throws DeliveryError when there is no answer */
  ask(request: EngineRequest): Promise<EngineAnswer>;
  /** Hands a successful answer's body over as it comes. @throws DeliveryError */
  stream(request: EngineRequest, read: (body: AsyncIterable<Buffer>) => Promise<void>): Promise<void>;
}

export class AnswerTooLarge extends Error {
  override readonly name = "AnswerTooLarge";
}

const usualTimeoutMs = 30_000;
const usualMaxBytes = 4 * 1024 * 1024;

/**
 * The path bears no version: each engine then speaks its own, and what is asked here is in all of them since 1.40.
 * @param host as in `DOCKER_HOST`
 * @throws DeliveryError when it is no address of an engine
 */
export const createEngineClient = (host: string): EngineClient => {
  const address = parseEngineAddress(host);
  if (address === null)
    throw permanent(
      `DOCKER_HOST has to be unix:///path or tcp://host:port, not ${JSON.stringify(redact(host, []))}.`,
    );
  const target =
    address.kind === "socket" ? { socketPath: address.path } : { host: address.host, port: address.port };

  const open = ({ method, path, query, body }: EngineRequest, signal: AbortSignal) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const search = query === undefined ? "" : `?${new URLSearchParams(query).toString()}`;
      const outgoing = httpRequest(
        {
          ...target,
          method,
          path: path + search,
          // Else the host would be the socket's path, which is no host.
          headers: { host: "engine", ...(body === undefined ? {} : { "content-type": body.contentType }) },
          agent: false,
          signal,
        },
        resolve,
      );
      outgoing.once("error", reject);
      outgoing.end(body?.bytes);
    });

  const answering = async <Result>(
    request: EngineRequest,
    read: (answer: IncomingMessage) => Promise<Result>,
  ): Promise<Result> => {
    const { timeoutMs = usualTimeoutMs } = request;
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      return await read(await open(request, signal));
    } catch (error) {
      if (error instanceof AnswerTooLarge || error instanceof DeliveryError) throw error;
      throw noAnswer(host, error, signal.aborted ? timeoutMs : null);
    }
  };

  return {
    ask: (request) =>
      answering(request, async (answer) => ({
        status: answer.statusCode ?? 0,
        bytes: await collect(answer, request.maxBytes ?? usualMaxBytes),
      })),
    stream: (request, read) =>
      answering(request, async (answer) => {
        const status = answer.statusCode ?? 0;
        if (status !== 200)
          throw refused(request.path, { status, bytes: await collect(answer, usualMaxBytes) });
        await read(answer);
        // What was not read is not wanted.
        answer.destroy();
      }),
  };
};

const collect = async (answer: AsyncIterable<Buffer>, maxBytes: number): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer) {
    size += chunk.length;
    // Leaving the loop ends the connection.
    if (size > maxBytes)
      throw new AnswerTooLarge(`The container engine's answer has more than ${maxBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

const noAnswer = (host: string, error: unknown, timedOutAfterMs: number | null): DeliveryError => {
  const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
  const why =
    timedOutAfterMs === null
      ? `cannot be reached (${code}): is it running, may this service use it, is DOCKER_HOST right?`
      : `did not answer within ${timedOutAfterMs / 1000} s.`;
  return new DeliveryError(`The container engine at ${host} ${why}`, { retryable: true, cause: error });
};

/** What the engine said of a request that it did not fulfil. */
export const refusalMessage = ({ status, bytes }: EngineAnswer): string => {
  const text = bytes.toString("utf8");
  try {
    return refusalSchema.parse(JSON.parse(text)).message.slice(0, 1_000);
  } catch {
    // Some proxy's words instead.
    return `HTTP ${status} ${text.slice(0, 200)}`.trim();
  }
};

/** Retryable: who knows what was the matter with the engine. */
export const refused = (what: string, answer: EngineAnswer): DeliveryError =>
  new DeliveryError(`The container engine refused ${what}: ${refusalMessage(answer)}`, { retryable: true });

/** @throws DeliveryError when the answer is no success, or another than expected */
export const parsedAnswer = <Value>(what: string, answer: EngineAnswer, schema: z.ZodType<Value>): Value => {
  if (answer.status !== 200) throw refused(what, answer);
  try {
    return schema.parse(JSON.parse(answer.bytes.toString("utf8")));
  } catch (error) {
    throw new DeliveryError(`The container engine answered ${what} with something else than that.`, {
      retryable: true,
      cause: error,
    });
  }
};
