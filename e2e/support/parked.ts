import { sidecar } from "./outcome.ts";
import { eventually, type Sandbox, type Service } from "./service.ts";

interface Parked {
  readonly identifier: string;
  readonly decision: { readonly reason: string; readonly explanation: string };
  /** The request that clears it, ready to be sent: `POST /api/…`. */
  readonly action: string | null;
}

const find = async (service: Service, identifier: string): Promise<Parked | undefined> =>
  (await service.get<{ items: readonly Parked[] }>("/api/blockers?limit=200")).items.find(
    (item) => item.identifier === identifier && item.decision.reason === "parked",
  );

/** The ticket once it is parked, as `/api/blockers` shows it. */
export const parked = async (service: Service, identifier: string): Promise<Parked> => {
  let found: Parked | undefined;
  await eventually(`${identifier} is parked`, async () => {
    found = await find(service, identifier);
    return found !== undefined;
  });
  if (found === undefined) throw new Error(`${identifier} is not parked`);
  return found;
};

/** Sends the very request that the service says un-parks the ticket. */
export const unpark = async (service: Service, identifier: string): Promise<void> => {
  const [method = "", path = ""] = (await parked(service, identifier)).action?.split(" ") ?? [];
  const { status, body } = await service.send(method, path);
  if (status !== 200) throw new Error(`${method} ${path} answered ${status}: ${JSON.stringify(body)}`);
};

/** What the ticket was told about runs that failed for good, oldest first; waits for the first. */
export const failureComments = async (sandbox: Sandbox, identifier: string): Promise<readonly string[]> => {
  let found: readonly string[] = [];
  await eventually(`${identifier} says what happened`, async () => {
    const { comments } = await sidecar(sandbox, identifier);
    found = comments.map(({ body }) => body).filter((body) => body.startsWith("🤖 AI-Implement stopped"));
    return found.length > 0;
  });
  return found;
};
