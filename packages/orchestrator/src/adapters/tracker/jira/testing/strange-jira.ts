import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export interface HonestAnswer {
  readonly status: number;
  /** Parsed; null where it is no JSON. */
  readonly json: unknown;
}

export interface StrangeAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string or bytes as they are; anything else as JSON. */
  readonly body: unknown;
}

/** What is answered instead; null: what the honest one said. */
export type Twist = (request: { readonly path: string }, honest: HonestAnswer) => StrangeAnswer | null;

/** Stands before an honest Jira and twists what it answers, as no vendor's documentation says. */
export interface StrangeJira {
  readonly url: string;
  twist(twist: Twist): void;
  /** Paths without their query, oldest first. */
  paths(): readonly string[];
  close(): Promise<void>;
}

export const startStrangeJira = async (honestUrl: string): Promise<StrangeJira> => {
  let twist: Twist = () => null;
  const paths: string[] = [];
  const server = createServer((request, response) => {
    const path = (request.url ?? "/").split("?")[0] ?? "/";
    paths.push(path);
    forwarded(honestUrl, request)
      .then(({ status, text }) => {
        const strange = twist({ path }, { status, json: jsonOf(text) });
        const body = strange === null ? text : strange.body;
        response.writeHead(strange?.status ?? status, {
          "content-type": "application/json",
          ...strange?.headers,
        });
        response.end(typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body));
      })
      .catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    twist(next) {
      twist = next;
    },
    paths: () => [...paths],
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
};

const forwarded = async (
  honestUrl: string,
  request: IncomingMessage,
): Promise<{ readonly status: number; readonly text: string }> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array));
  const { authorization = "" } = request.headers;
  const answer = await fetch(`${honestUrl}${request.url ?? "/"}`, {
    method: request.method ?? "GET",
    headers: { authorization, ...(chunks.length === 0 ? {} : { "content-type": "application/json" }) },
    ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks).toString("utf8") }),
  });
  return { status: answer.status, text: await answer.text() };
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // 204 has no body.
    return null;
  }
};
