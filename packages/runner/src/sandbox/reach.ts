import { lookup } from "node:dns/promises";
import { connect, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import type { AllowList } from "./allow-list.ts";
import { plainAddress } from "./private-addresses.ts";

export interface Destination {
  /** A name or an address, without brackets. */
  readonly host: string;
  readonly port: number;
}

export type Reached =
  | { readonly kind: "connected"; readonly socket: Socket }
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "failed"; readonly why: string };

/** Every address of a name. @throws Error when it has none */
export type Resolve = (host: string) => Promise<readonly string[]>;

const lookUpMs = 10_000;
const connectMs = 15_000;
/** Of one name; the others are not tried. */
const maxAddresses = 3;

/**
 * Connects where the list permits it. A name is looked up once, and the connection goes to an address that was looked at:
 * a second answer that leads elsewhere is never asked for. A name that is not on the list is not looked up at all, since
 * that would tell its owner what it says.
 */
export const connectTo = async (
  { host, port }: Destination,
  allowList: AllowList,
  resolve: Resolve = resolveHere,
): Promise<Reached> => {
  if (!allowList.permits(host, port)) return { kind: "refused", why: "it is not on the list of hosts" };
  const found = await addressesOf(host, resolve);
  if (typeof found === "string") return { kind: "failed", why: found };
  const permitted = found.filter((address) => allowList.permitsAddress(address, port));
  if (permitted.length === 0)
    return {
      kind: "refused",
      why: "it leads to an address that is not public, and that is not on the list itself",
    };
  let why = "there is no address";
  for (const address of permitted.slice(0, maxAddresses)) {
    const socket = await connected(address, port);
    if (typeof socket !== "string") return { kind: "connected", socket };
    why = socket;
  }
  return { kind: "failed", why };
};

const addressesOf = async (host: string, resolve: Resolve): Promise<readonly string[] | string> => {
  const plain = plainAddress(host);
  if (plain !== null) return [plain];
  const found = resolve(host).catch(() => `the name ${host} cannot be looked up`);
  return Promise.race([
    found,
    wait(lookUpMs, `the name ${host} could not be looked up in time`, { ref: false }),
  ]);
};

const resolveHere: Resolve = async (host) =>
  (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);

/** Why not, where it cannot. */
const connected = (address: string, port: number): Promise<Socket | string> =>
  new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: connectMs });
    const fail = (why: string) => {
      socket.destroy();
      resolve(why);
    };
    const onError = (error: Error) => fail(error.message);
    socket.once("timeout", () => fail("it did not answer in time"));
    socket.once("error", onError);
    socket.once("connect", () => {
      socket.off("error", onError);
      socket.removeAllListeners("timeout");
      resolve(socket);
    });
  });
